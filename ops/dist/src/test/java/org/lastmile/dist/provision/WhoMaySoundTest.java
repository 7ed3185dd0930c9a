package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Content;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.simulators.speakers.SpeakerFleet;

/**
 * The contract's rule of who may sound, as a table that the reference device and the simulator both
 * have to keep: each case is what arrives and what the receipts then say.
 */
class WhoMaySoundTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Longer than any case takes. */
  private static final int LONG = 1_000;

  /** Long enough for the next command to find it sounding. */
  private static final int MEDIUM = 20;

  @TempDir private Path folder;

  /** One step: a command, or evidence that must have come before the next. */
  private record Step(
      String content,
      Content.Kind kind,
      String about,
      int priority,
      int issued,
      int repeats,
      List<String> ends,
      Evidence awaited) {}

  /**
   * One case.
   *
   * @param plays in this order sound began, or went on
   * @param last what each content ended with
   */
  private record Case(
      String name, List<Step> steps, List<String> plays, Map<String, String> last) {}

  private static Step send(
      String content, Content.Kind kind, String about, int priority, int repeats, String... ends) {
    return new Step(content, kind, about, priority, 0, repeats, List.of(ends), null);
  }

  private static Step warn(String content, String about, int priority, int repeats) {
    return send(content, Content.Kind.WARN, about, priority, repeats);
  }

  /** The same, issued so many seconds later. */
  private static Step later(Step step, int seconds) {
    return new Step(
        step.content(),
        step.kind(),
        step.about(),
        step.priority(),
        seconds,
        step.repeats(),
        step.ends(),
        null);
  }

  private static Step await(String content, Evidence evidence) {
    return new Step(content, null, "", 0, 0, 0, List.of(), evidence);
  }

  private static final List<Case> CASES =
      List.of(
          new Case(
              "a higher one interrupts, and the interrupted one goes on",
              List.of(
                  warn("blue", "b", 4, LONG),
                  await("blue", Evidence.PLAYING),
                  warn("red", "r", 1, 1),
                  await("red", Evidence.PLAYED),
                  send("stop", Content.Kind.STOP, "b", 4, 1, "blue")),
              List.of("blue", "red", "blue"),
              Map.of("blue", "STOPPED STOPPED", "red", "PLAYED", "stop", "STOPPED DONE")),
          new Case(
              "an equal one waits its turn, and so does a lesser one",
              List.of(
                  warn("first", "f", 2, MEDIUM),
                  await("first", Evidence.PLAYING),
                  send("notice", Content.Kind.NOTICE, "n", 7, 1),
                  await("notice", Evidence.RECEIVED),
                  warn("second", "s", 2, 1)),
              List.of("first", "second", "notice"),
              Map.of("first", "PLAYED", "second", "PLAYED", "notice", "PLAYED")),
          new Case(
              "of one warning and priority the later issued replaces the earlier",
              List.of(
                  warn("early", "w", 1, LONG),
                  await("early", Evidence.PLAYING),
                  later(warn("late", "w", 1, 1), 5)),
              List.of("early", "late"),
              Map.of("early", "STOPPED SUPERSEDED", "late", "PLAYED")),
          new Case(
              "an update ends what it names, whatever it is about, and speaks",
              List.of(
                  warn("old", "w1", 1, LONG),
                  await("old", Evidence.PLAYING),
                  send("new", Content.Kind.UPDATE, "w2", 1, 1, "old")),
              List.of("old", "new"),
              Map.of("old", "STOPPED SUPERSEDED", "new", "PLAYED")),
          new Case(
              "a downgrade ends the graver words and waits for others that are graver",
              List.of(
                  warn("other", "o", 2, MEDIUM),
                  await("other", Evidence.PLAYING),
                  warn("red", "w1", 1, LONG),
                  await("red", Evidence.PLAYING),
                  send("mild", Content.Kind.UPDATE, "w2", 4, 1, "red")),
              List.of("other", "red", "other", "mild"),
              Map.of("red", "STOPPED SUPERSEDED", "other", "PLAYED", "mild", "PLAYED")),
          new Case(
              "a lift ends what it names and what is about the same, then speaks in its turn",
              List.of(
                  warn("blue", "b", 4, MEDIUM),
                  await("blue", Evidence.PLAYING),
                  warn("named", "r1", 1, LONG),
                  await("named", Evidence.PLAYING),
                  warn("same", "r2", 1, LONG),
                  await("same", Evidence.RECEIVED),
                  later(send("lift", Content.Kind.LIFT, "r2", 1, 1, "named"), 5)),
              List.of("blue", "named", "lift", "blue"),
              Map.of(
                  "named",
                  "STOPPED STOPPED",
                  "same",
                  "STOPPED STOPPED",
                  "lift",
                  "PLAYED",
                  "blue",
                  "PLAYED")),
          new Case(
              "a lift of a lesser one ends it at once and speaks after the graver one",
              List.of(
                  warn("blue", "b", 4, LONG),
                  await("blue", Evidence.PLAYING),
                  warn("red", "r", 1, MEDIUM),
                  await("red", Evidence.PLAYING),
                  later(send("lift", Content.Kind.LIFT, "b", 4, 1), 5)),
              List.of("blue", "red", "lift"),
              Map.of("blue", "STOPPED STOPPED", "red", "PLAYED", "lift", "PLAYED")),
          new Case(
              "a stop without names ends all of the same, and nothing else",
              List.of(
                  warn("mine", "w", 3, LONG),
                  await("mine", Evidence.PLAYING),
                  send("other", Content.Kind.NOTICE, "n", 6, 1),
                  await("other", Evidence.RECEIVED),
                  later(send("stop", Content.Kind.STOP, "w", 3, 1), 5)),
              List.of("mine", "other"),
              Map.of("mine", "STOPPED STOPPED", "other", "PLAYED", "stop", "STOPPED DONE")),
          new Case(
              "when eight wait, the last of the least is refused",
              Stream.concat(
                      Stream.of(warn("red", "r", 1, LONG), await("red", Evidence.PLAYING)),
                      Stream.concat(
                          IntStream.rangeClosed(1, 9)
                              .boxed()
                              .flatMap(
                                  i ->
                                      Stream.of(
                                          send("n" + i, Content.Kind.NOTICE, "n" + i, 7, 1),
                                          await("n" + i, Evidence.RECEIVED))),
                          Stream.of(await("n9", Evidence.REFUSED))))
                  .toList(),
              List.of("red"),
              Map.of("n9", "REFUSED BUSY")));

  @Test
  void theReferenceDeviceKeepsEveryCase() throws Exception {
    Agent.need();
    try (Site site = Site.embedded(folder);
        Agent agent = new Agent(site.bundle(), folder.resolve("agent"), "--speed", "10")) {
      keepsEveryCase(site);
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void theSimulatorKeepsEveryCase() throws Exception {
    try (Site site = Site.embedded(folder);
        SpeakerFleet fleet = site.simulated(Duration.ofMillis(2_500))) {
      fleet.start();
      keepsEveryCase(site);
    }
  }

  /** One after another: what a case leaves behind is stopped. */
  private static void keepsEveryCase(Site site) {
    for (int i = 0; i < CASES.size(); i++) {
      Case one = CASES.get(i);
      String prefix = "c" + i + "-";
      one.steps().forEach(step -> take(site, step, prefix));
      Awaitility.await(one.name())
          .atMost(SOON)
          .untilAsserted(
              () -> {
                Map<String, String> last =
                    one.last().keySet().stream()
                        .collect(Collectors.toMap(c -> c, c -> site.last(prefix + c)));
                assertThat(last).isEqualTo(one.last());
              });
      assertThat(site.plays().stream().filter(c -> c.startsWith(prefix)).toList())
          .as(one.name())
          .containsExactlyElementsOf(one.plays().stream().map(c -> prefix + c).toList());
      silence(site, one, prefix);
    }
  }

  private static void take(Site site, Step step, String prefix) {
    if (step.awaited() != null) {
      site.awaitEvidence(prefix + step.content(), step.awaited());
      return;
    }
    Instant now = Instant.now();
    site.send(
        prefix + step.content(),
        new Content(
            prefix + step.content(),
            step.kind(),
            prefix + step.about(),
            step.kind() == Content.Kind.STOP ? "" : "转移",
            Map.of(),
            Site.times(step.repeats(), ""),
            now.plusSeconds(step.issued()),
            now.plusSeconds(600),
            step.priority(),
            false,
            List.of(),
            step.ends().stream().map(e -> prefix + e).toList()));
  }

  private static void silence(Site site, Case one, String prefix) {
    List<String> all =
        one.steps().stream()
            .filter(s -> s.awaited() == null)
            .map(s -> prefix + s.content())
            .toList();
    Instant now = Instant.now();
    String id = prefix + "silence";
    site.send(
        id,
        new Content(
            id,
            Content.Kind.STOP,
            id,
            "",
            Map.of(),
            Site.times(1, ""),
            now,
            now.plusSeconds(600),
            0,
            false,
            List.of(),
            all));
    site.awaitEvidence(id, Evidence.STOPPED);
  }
}
