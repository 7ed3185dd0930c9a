package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Speech;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.Speaker;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/** A device that stands elsewhere than the registry says plays all the same, and people hear so. */
class StrangersTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String VILLAGE = "510723104201";

  private final Vertx vertx = Vertx.vertx();
  private LoudspeakerChannel channel;
  private SpeakerFleet fleet;
  private Heard heard;

  @BeforeEach
  void open() throws IOException {
    channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.embedded(0), new MemoryInHeap(), Clock.systemUTC(), vertx);
    heard = Heard.by(channel);
    PublicKey key = channel.publicKey();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(
                    URI.create("mqtt://127.0.0.1:" + channel.port().orElseThrow()),
                    Map.of(key.kid(), Base64.getDecoder().decode(key.base64())))
                .withPlayTime(Duration.ofMillis(20))
                .withRetry(Duration.ofMillis(50), Duration.ofMillis(200)));
    add("LS-1", VILLAGE);
    add("LS-2", VILLAGE);
    add("LS-3", "510723105999");
    fleet.start();
    Presences.awaitOnline(channel, 3);
  }

  @AfterEach
  void close() {
    fleet.close();
    channel.close();
    vertx.close();
  }

  private void add(String id, String area) {
    fleet.add(SpeakerSettings.of(id, area).withPassword(channel.passwordOf(id)));
  }

  private static Content content(String id) {
    Instant now = Instant.now();
    return new Content(
        id,
        Content.Kind.WARN,
        "",
        "请立即转移",
        Map.of(),
        Speech.PLAIN,
        now,
        now.plusSeconds(3600),
        1,
        false,
        List.of(VILLAGE),
        List.of());
  }

  private void tellAll(String id) throws Exception {
    Content content = content(id);
    for (Speaker speaker : fleet.devices()) {
      Message message =
          new Message(id + "-" + speaker.id(), speaker.id(), content, Map.of(), Set.of());
      assertThat(channel.send(message).toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
    }
  }

  private void await(String attempt, Evidence evidence) {
    org.awaitility.Awaitility.await()
        .atMost(SOON)
        .until(
            () ->
                heard.confirmations().stream()
                    .anyMatch(c -> c.attempt().equals(attempt) && c.evidence() == evidence));
  }

  private Health.Part targets() {
    return channel.check().parts().stream()
        .filter(p -> p.name().equals("targets"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void it_gets_the_command_again_for_itself_alone_and_later_ones_at_once() throws Exception {
    tellAll("w1");
    for (int i = 1; i <= 3; i++) {
      await("w1-LS-" + i, Evidence.PLAYED);
    }
    assertThat(heard.confirmations()).noneMatch(c -> c.evidence() == Evidence.FAILED);
    assertThat(fleet.device("LS-3").commands()).isEqualTo(2);
    assertThat(fleet.device("LS-1").commands()).isEqualTo(1);
    assertThat(targets().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(targets().why()).contains("code or groups differ from the registry's: LS-3");
    assertThat(targets().facts()).containsEntry("devices provisioned otherwise", "1");
    tellAll("w2");
    for (int i = 1; i <= 3; i++) {
      await("w2-LS-" + i, Evidence.PLAYED);
    }
    assertThat(fleet.device("LS-3").commands()).isEqualTo(3);
  }

  @Test
  void one_that_is_not_even_itself_has_failed_and_nobody_goes_in_circles() throws Exception {
    fleet.device("LS-1").refuses("NOT_FOR_ME");
    tellAll("w1");
    await("w1-LS-1", Evidence.FAILED);
    await("w1-LS-2", Evidence.PLAYED);
    assertThat(fleet.device("LS-1").commands()).isEqualTo(2);
    assertThat(heard.confirmations())
        .anyMatch(c -> c.attempt().equals("w1-LS-1") && c.why().startsWith("NOT_FOR_ME"));
  }

  @Test
  void after_a_day_it_is_named_with_the_others_again() {
    AtomicLong now = new AtomicLong();
    Strangers strangers = new Strangers(now::get);
    Content shared = content("w1");
    assertThat(strangers.content(shared, "LS-1")).isSameAs(shared);
    strangers.add("LS-1");
    assertThat(strangers.content(shared, "LS-1").targets()).isEmpty();
    assertThat(strangers.content(shared, "LS-2")).isSameAs(shared);
    now.addAndGet(Duration.ofHours(25).toNanos());
    assertThat(strangers.content(shared, "LS-1")).isSameAs(shared);
    assertThat(strangers.health().state()).isEqualTo(Health.State.UP);
  }
}
