package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;

/** The day's clips on a real wire: told in its hour, answered by the device, remembered. */
class PreloadDailyTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Instant ONE = Instant.parse("2026-07-01T13:00:00Z");
  private static final String SHA = "ab".repeat(32);
  private static final URI AUDIO = URI.create("http://gateway.example/audio/" + SHA + ".wav");

  private final AtomicLong passed = new AtomicLong();

  @Test
  void a_device_is_told_in_the_quiet_hour_and_its_answer_counts() throws Exception {
    Vertx vertx = Vertx.vertx();
    long begun = System.nanoTime();
    try (LoudspeakerChannel channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.embedded(0),
            new MemoryInHeap(),
            () -> ONE.plusNanos(System.nanoTime() - begun + passed.get()),
            () -> System.nanoTime() + passed.get(),
            vertx)) {
      channel.listen(signal -> CompletableFuture.completedFuture(null));
      String id = "LS-0001";
      try (TestDevice device =
          new TestDevice(
              vertx,
              channel.port().orElseThrow(),
              id,
              channel.passwordOf(id),
              channel.publicKey())) {
        device.answers = false;
        device.on();
        Presences.awaitOnline(channel, 1);
        Preloads.Wish wish =
            new Preloads.Wish(
                SHA, () -> CompletableFuture.completedFuture(new Preloads.Piece(AUDIO, SHA)));
        channel.preloadDaily(
            new PreloadPlan(LocalTime.of(13, 30), ZoneOffset.UTC, Duration.ZERO),
            () -> CompletableFuture.completedFuture(Optional.of(Set.of())),
            asked -> asked.equals(id) ? List.of(wish) : List.of());
        channel.sweep();
        assertThat(part(channel).facts()).isEmpty();

        passed.set(Duration.ofMinutes(31).toNanos());
        await()
            .atMost(SOON)
            .until(
                () -> {
                  if (device.isOn()) {
                    device.says("heartbeat"); // half an hour went by without a word
                  }
                  channel.sweep();
                  return device.bodies.stream().anyMatch(PreloadDailyTest::isPreload);
                });
        int at = device.bodies.indexOf(first(device));
        JsonNode speech = first(device).path("speech");
        assertThat(speech.path("audio").asText()).isEqualTo(AUDIO.toString());
        assertThat(speech.path("sha256").asText()).isEqualTo(SHA);
        device.publish(
            "lm/v1/d/" + id + "/rcpt",
            "{\"v\":1,\"id\":%s,\"content\":%s,\"outcome\":\"done\",\"at\":0}"
                .formatted(device.commands.get(at).path("id"), first(device).path("content")));
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(part(channel).facts())
                        .containsEntry("clips kept by devices", "1")
                        .containsEntry("told", "1"));
      }
    } finally {
      vertx.close();
    }
  }

  private static boolean isPreload(JsonNode body) {
    return body.path("kind").asText().equals("PRELOAD");
  }

  private static JsonNode first(TestDevice device) {
    return device.bodies.stream().filter(PreloadDailyTest::isPreload).findFirst().orElseThrow();
  }

  private static Health.Part part(LoudspeakerChannel channel) {
    return channel.check().parts().stream()
        .filter(p -> p.name().equals("preload"))
        .findFirst()
        .orElseThrow();
  }
}
