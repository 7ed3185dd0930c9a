package org.lastmile;

import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.loudspeaker.DeviceSettings;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.SelfTestReport;
import org.lastmile.channel.loudspeaker.Supervised;
import org.lastmile.channel.loudspeaker.Tested;
import org.lastmile.console.Speakers;

/** The loudspeaker channel's devices, in the console's words. */
record LoudspeakerWatch(LoudspeakerChannel channel) implements Speakers {
  /** Nobody who clicks waits longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  @Override
  public List<Speaker> all() {
    return channel.devices().stream().map(LoudspeakerWatch::speaker).toList();
  }

  @Override
  public Optional<Speaker> find(String id) {
    return channel.device(id).map(LoudspeakerWatch::speaker);
  }

  @Override
  public CompletionStage<Handed> test(String id, int volume) {
    return handed(channel.test(id, volume));
  }

  @Override
  public CompletionStage<Handed> report(String id) {
    return handed(channel.report(id));
  }

  @Override
  public CompletionStage<Handed> configure(String id, Settings s) {
    return handed(
        channel.configure(
            id,
            new DeviceSettings(
                s.volume(),
                s.heartbeat() == null ? null : Duration.ofSeconds(s.heartbeat()),
                time("quietFrom", s.quietFrom()),
                time("quietTo", s.quietTo()),
                s.groups())));
  }

  @Override
  public Optional<Report> selfTest() {
    return channel.selfTest().map(LoudspeakerWatch::report);
  }

  private static LocalTime time(String name, String text) {
    try {
      return text == null ? null : LocalTime.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(name + ": '" + text + "' is not a time such as 02:30", e);
    }
  }

  private static CompletionStage<Handed> handed(LoudspeakerChannel.Told told) {
    return told.outcome()
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(
            new Outcome.Unknown("it has not acknowledged it yet"),
            PATIENCE.toSeconds(),
            TimeUnit.SECONDS)
        .thenApply(outcome -> new Handed(told.content(), why(outcome)));
  }

  private static String why(Outcome outcome) {
    if (outcome instanceof Outcome.Accepted) {
      return "";
    }
    if (outcome instanceof Outcome.Retry retry) {
      return retry.why();
    }
    if (outcome instanceof Outcome.Permanent permanent) {
      return permanent.why();
    }
    if (outcome instanceof Outcome.Unknown unknown) {
      return unknown.why();
    }
    return outcome instanceof Outcome.LaneDown down ? down.why() : outcome.toString();
  }

  private static Speaker speaker(Supervised s) {
    Tested test = s.test();
    Supervised.Instructed told = s.told();
    return new Speaker(
        s.id(),
        s.registered(),
        State.valueOf(s.condition().name()),
        s.why().en(),
        s.why().zh(),
        s.since(),
        s.seen(),
        s.facts(),
        test == null
            ? null
            : new Test(
                test.at(), test.content(), test.result().name(), test.result().isBad(), test.why()),
        told == null
            ? null
            : new Told(told.content(), told.kind(), told.at(), told.answer(), told.why()));
  }

  private static Report report(SelfTestReport r) {
    Map<String, Integer> counts =
        r.counts().entrySet().stream()
            .collect(Collectors.toMap(c -> c.getKey().name(), Map.Entry::getValue));
    return new Report(
        r.day(),
        r.began(),
        r.ended(),
        counts,
        r.lines().stream()
            .map(
                l ->
                    new Line(
                        l.device(),
                        l.test().at(),
                        l.test().result().name(),
                        l.test().result().isBad(),
                        l.test().why()))
            .toList());
  }
}
