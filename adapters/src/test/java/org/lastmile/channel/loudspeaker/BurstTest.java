package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Content;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Speech;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.Speaker;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/** A text for each of many devices on real wires: a few signatures, and every device obeys. */
class BurstTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int DEVICES = 400;

  private final Vertx vertx = Vertx.vertx();
  private LoudspeakerChannel channel;
  private SpeakerFleet fleet;
  private Heard heard;

  private void open() throws IOException {
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
                .withHeartbeat(Duration.ofSeconds(20))
                .withRetry(Duration.ofMillis(50), Duration.ofMillis(200)));
    for (int i = 0; i < DEVICES; i++) {
      String id = "LS-" + i;
      fleet.add(SpeakerSettings.of(id, "510723104201").withPassword(channel.passwordOf(id)));
    }
  }

  @AfterEach
  void close() {
    fleet.close();
    channel.close();
    vertx.close();
  }

  private static Message message(int device, String name) {
    Instant now = Instant.now();
    Content content =
        new Content(
            name + "." + device,
            Content.Kind.WARN,
            "",
            device + "组请立即转移",
            Map.of(),
            Speech.PLAIN,
            now,
            now.plusSeconds(3600),
            1,
            false,
            List.of(),
            List.of());
    return new Message(name + "." + device + ".1", "LS-" + device, content, Map.of(), Set.of());
  }

  /** A text of its own for each device, all at once. */
  private void burst(String name) throws Exception {
    long rounds = rounds();
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < DEVICES; i++) {
      outcomes.add(channel.send(message(i, name)));
    }
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(outcome.toCompletableFuture().get(60, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                heard.confirmations().stream()
                        .filter(c -> c.attempt().startsWith(name + "."))
                        .filter(c -> c.evidence() == Evidence.PLAYED)
                        .count()
                    == DEVICES);
    assertThat(heard.confirmations()).noneMatch(c -> c.evidence() == Evidence.FAILED);
    assertThat(rounds() - rounds).isLessThan(DEVICES / 4);
  }

  private long rounds() {
    return Long.parseLong(Presences.fact(channel, "signing rounds"));
  }

  @Test
  void devices_that_are_told_different_things_at_once_cost_a_few_signatures() throws Exception {
    open();
    fleet.start();
    Presences.awaitOnline(channel, DEVICES);
    burst("ed25519");
    PublicKey sm2 = channel.announceKey("SM2");
    await()
        .atMost(SOON)
        .until(() -> fleet.devices().stream().allMatch(s -> s.trusted().contains(sm2.kid())));
    channel.useNextKey();
    burst("sm2");
  }

  @Test
  void devices_that_come_back_together_have_their_floors_at_once_and_obey() throws Exception {
    open();
    fleet.devices().forEach(s -> s.forgets().clockSet(false));
    fleet.start();
    Presences.awaitOnline(channel, DEVICES);
    await().atMost(SOON).until(() -> fleet.devices().stream().noneMatch(Speaker::needsFloor));
    burst("after");
  }
}
