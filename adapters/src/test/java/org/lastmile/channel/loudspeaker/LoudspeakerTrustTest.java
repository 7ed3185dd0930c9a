package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Speech;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.Speaker;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/** The gateway's side and the simulator's, written apart, agree on floors, keys and epochs. */
class LoudspeakerTrustTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String LS = "LS-0001";

  private final Vertx vertx = Vertx.vertx();
  private final SigningKey offline = SigningKey.fresh("Ed25519", "r");
  private Memory memory = new MemoryInHeap();
  private LoudspeakerChannel channel;
  private SpeakerFleet fleet;
  private Speaker speaker;
  private Heard heard;

  @BeforeEach
  void start() throws IOException {
    open(0);
    Map<String, byte[]> keys = new HashMap<>();
    for (TrustedKey key : channel.trustedKeys()) {
      keys.put(key.key().kid(), Base64.getDecoder().decode(key.key().base64()));
    }
    fleet =
        new SpeakerFleet(
            FleetSettings.of(URI.create("mqtt://127.0.0.1:" + port()), keys)
                .withRecoveryKey(
                    offline.publicKey().kid(),
                    Base64.getDecoder().decode(offline.publicKey().base64()))
                .withPlayTime(Duration.ofMillis(20))
                .withHeartbeat(Duration.ofSeconds(1))
                .withRetry(Duration.ofMillis(50), Duration.ofMillis(200)));
    speaker =
        fleet.add(SpeakerSettings.of(LS, "510723104201").withPassword(channel.passwordOf(LS)));
  }

  @AfterEach
  void stop() {
    fleet.close();
    channel.close();
    vertx.close();
  }

  private int port() {
    return channel.port().orElseThrow();
  }

  private void open(int port) throws IOException {
    channel =
        LoudspeakerChannel.open(LoudspeakerConfig.embedded(port), memory, Clock.systemUTC(), vertx);
    heard = Heard.by(channel);
  }

  private void online() {
    fleet.start();
    Presences.awaitOnline(channel, 1);
  }

  private Outcome send(String id) throws Exception {
    return channel.send(message(id)).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Message message(String id) {
    return message(id, Content.Kind.WARN, List.of());
  }

  private static Message message(String id, Content.Kind kind, List<String> supersedes) {
    Instant now = Instant.now();
    Content content =
        new Content(
            id,
            kind,
            "about-" + id,
            "请立即转移",
            Map.of(),
            Speech.PLAIN,
            now,
            now.plusSeconds(3600),
            1,
            false,
            List.of("510723104000"),
            supersedes);
    return new Message(id + ".1", LS, content, Map.of(), Set.of());
  }

  private void awaitPlayed(String id) {
    await()
        .atMost(SOON)
        .until(
            () ->
                heard.confirmations().stream()
                    .anyMatch(
                        c -> c.attempt().equals(id + ".1") && c.evidence() == Evidence.PLAYED));
  }

  @Test
  void a_new_device_is_given_a_floor_and_plays() throws Exception {
    speaker.forgets().keepsTime(false).clockSet(false);
    online();
    await().atMost(SOON).until(() -> !speaker.needsFloor());
    assertThat(send("w1")).isInstanceOf(Outcome.Accepted.class);
    awaitPlayed("w1");
    assertThat(heard.confirmations()).noneMatch(c -> c.why().contains("NO_FLOOR"));
  }

  @Test
  void a_command_that_meets_a_reboot_is_played_after_the_floor() throws Exception {
    speaker.keepsTime(false);
    online();
    for (int i = 0; i < 5; i++) {
      int connects = (int) speaker.connects();
      speaker.reboots(Duration.ofMillis(30));
      await().atMost(SOON).until(() -> speaker.connects() > connects);
      String id = "w" + i;
      await().atMost(SOON).until(() -> send(id) instanceof Outcome.Accepted);
      awaitPlayed(id);
    }
    assertThat(heard.confirmations()).noneMatch(c -> c.evidence() == Evidence.FAILED);
  }

  @Test
  void a_lifted_warning_is_named_as_ended_to_a_device_that_never_heard_of_it() throws Exception {
    online();
    send("red");
    awaitPlayed("red");
    channel
        .send(message("lift", Content.Kind.LIFT, List.of("red")))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    awaitPlayed("lift");
    speaker.forgets().keepsTime(false).reboots(Duration.ofMillis(30));
    await().atMost(SOON).until(() -> speaker.connects() == 2 && !speaker.needsFloor());
    int before = speaker.played().size();
    channel
        .send(new Message("red.2", LS, message("red").content(), Map.of(), Set.of()))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    await()
        .atMost(SOON)
        .until(
            () ->
                heard.confirmations().stream()
                    .anyMatch(
                        c -> c.attempt().equals("red.2") && c.why().startsWith("SUPERSEDED")));
    assertThat(speaker.played()).hasSize(before);
  }

  @Test
  void keys_rotate_under_devices_that_are_there_and_that_come_later() throws Exception {
    online();
    Speaker late =
        fleet.add(
            SpeakerSettings.of("LS-0002", "510723104201")
                .withPassword(channel.passwordOf("LS-0002")));
    PublicKey first = channel.publicKey();
    PublicKey second = channel.announceKey("Ed25519");
    await().atMost(SOON).until(() -> speaker.trusted().contains(second.kid()));
    await()
        .atMost(SOON)
        .until(() -> channel.following().equals(new LoudspeakerChannel.Following(1, 1)));
    channel.useNextKey();
    send("w1");
    awaitPlayed("w1");
    channel.retireKey(first.kid());
    await().atMost(SOON).until(() -> !speaker.trusted().contains(first.kid()));
    send("w2");
    awaitPlayed("w2");
    assertThat(late.trusted()).contains(first.kid());
    late.powerOn();
    await().atMost(SOON).until(() -> !late.trusted().contains(first.kid()));
    assertThat(late.trusted()).contains(second.kid(), offline.publicKey().kid());
  }

  @Test
  void a_site_changes_to_SM2_without_touching_a_device() throws Exception {
    online();
    PublicKey sm2 = channel.announceKey("SM2");
    await().atMost(SOON).until(() -> speaker.trusted().contains(sm2.kid()));
    channel.useNextKey();
    send("w1");
    awaitPlayed("w1");
    speaker.forgets().keepsTime(false).reboots(Duration.ofMillis(30));
    await().atMost(SOON).until(() -> speaker.connects() == 2 && !speaker.needsFloor());
    send("w2");
    awaitPlayed("w2");
  }

  @Test
  void a_device_is_configured_and_asked_for_its_state() throws Exception {
    online();
    LoudspeakerChannel.Told told =
        channel.configure(LS, new DeviceSettings(70, null, null, null, List.of("river")));
    assertThat(told.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS))
        .isInstanceOf(Outcome.Accepted.class);
    await().atMost(SOON).until(() -> told.content().equals(channel.factsOf(LS).get("config")));
    assertThat(channel.factsOf(LS)).containsEntry("volume", "70");
    LoudspeakerChannel.Told asked = channel.report(LS);
    assertThat(asked.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS))
        .isInstanceOf(Outcome.Accepted.class);
    assertThat(heard.confirmations()).isEmpty();
  }

  @Test
  void a_restored_backup_begins_a_new_epoch_and_alarms() throws Exception {
    online();
    await().atMost(SOON).until(() -> send("w0") instanceof Outcome.Accepted);
    String epoch = memory.get("epoch").orElseThrow();
    for (int i = 0; i < 3; i++) {
      send("w-" + i);
    }
    awaitPlayed("w-2");
    int port = port();
    channel.close();
    // The backup knows the secrets and the epoch, and nothing of what was given since.
    Memory backup = new MemoryInHeap();
    for (String key : List.of("site-secret", "signing-key", "epoch")) {
      backup.put(key, memory.get(key).orElseThrow(), Memory.FOR_EVER);
    }
    memory = backup;
    reopen(port);
    await().atMost(SOON).until(() -> !memory.get("epoch").orElseThrow().equals(epoch));
    await()
        .atMost(SOON)
        .until(
            () ->
                heard.all().stream()
                    .anyMatch(
                        s ->
                            s instanceof Signal.Presence p
                                && p.subject() == Signal.Subject.LANE
                                && p.why().contains("restored from a backup")));
    Health.Part trust =
        channel.check().parts().stream()
            .filter(p -> p.name().equals("trust"))
            .findFirst()
            .orElseThrow();
    assertThat(trust.state()).isEqualTo(Health.State.DEGRADED);
    assertThat(trust.why()).contains("restored from a backup");
    await().atMost(SOON).until(() -> send("after") instanceof Outcome.Accepted);
    awaitPlayed("after");
  }

  @Test
  void places_that_a_restored_store_gives_twice_are_mended_before_anybody_notices()
      throws Exception {
    online();
    for (int i = 0; i < 4; i++) {
      send("w-" + i);
      awaitPlayed("w-" + i);
    }
    Speaker other =
        fleet.add(
            SpeakerSettings.of("LS-0002", "510723104201")
                .withPassword(channel.passwordOf("LS-0002")));
    speaker.powerOff();
    int port = port();
    channel.close();
    Memory backup = new MemoryInHeap();
    for (String key : List.of("site-secret", "signing-key", "epoch")) {
      backup.put(key, memory.get(key).orElseThrow(), Memory.FOR_EVER);
    }
    memory = backup;
    reopen(port);
    other.powerOn();
    Presences.awaitOnline(channel, 1);
    for (int i = 0; i < 4; i++) {
      Message shared = message("x-" + i);
      Message elsewhere = new Message("o-" + i, "LS-0002", shared.content(), Map.of(), Set.of());
      assertThat(channel.send(elsewhere).toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
    }
    speaker.powerOn();
    Presences.awaitOnline(channel, 2);
    for (int i = 0; i < 4; i++) {
      send("x-" + i);
      awaitPlayed("x-" + i);
    }
    assertThat(heard.confirmations()).noneMatch(c -> c.evidence() == Evidence.FAILED);
  }

  private void reopen(int port) {
    await()
        .atMost(SOON)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              open(port);
              return true;
            });
  }

  @Test
  void a_gateway_that_lost_its_key_is_believed_again_after_a_recovery() throws Exception {
    online();
    send("w1");
    awaitPlayed("w1");
    int port = port();
    channel.close();
    String passwords = memory.get("site-secret").orElseThrow();
    memory = new MemoryInHeap();
    memory.put("site-secret", passwords, Memory.FOR_EVER);
    reopen(port);
    Presences.awaitOnline(channel, 1);
    await().atMost(SOON).until(() -> send("w2") instanceof Outcome.Accepted);
    await()
        .atMost(SOON)
        .until(
            () -> heard.confirmations().stream().anyMatch(c -> c.why().startsWith("UNKNOWN_KEY")));
    channel.recover(
        TrustDocument.recovery(
            offline,
            List.of(
                TrustedKey.command(channel.publicKey()), TrustedKey.recovery(offline.publicKey())),
            Instant.now()));
    await().atMost(SOON).until(() -> speaker.trusted().contains(channel.publicKey().kid()));
    send("w3");
    awaitPlayed("w3");
  }

  @Test
  void a_store_older_than_the_devices_trust_lists_is_an_alarm() throws Exception {
    online();
    PublicKey second = channel.announceKey("Ed25519");
    await().atMost(SOON).until(() -> speaker.trusted().contains(second.kid()));
    int port = port();
    channel.close();
    Memory backup = new MemoryInHeap();
    for (String key : List.of("site-secret", "signing-key")) {
      backup.put(key, memory.get(key).orElseThrow(), Memory.FOR_EVER);
    }
    memory = backup;
    reopen(port);
    await().atMost(SOON).until(() -> Presences.fact(channel, "devices ahead").equals("1"));
    assertThat(channel.check().why()).contains("newer trust list");
  }

  @Test
  void a_crowd_of_new_devices_delays_no_command_to_the_others() throws Exception {
    online();
    send("warm-up");
    for (int i = 0; i < 400; i++) {
      String id = "NEW-" + i;
      fleet
          .add(SpeakerSettings.of(id, "510723104202").withPassword(channel.passwordOf(id)))
          .forgets()
          .clockSet(false)
          .powerOn();
    }
    CompletableFuture<Outcome> one = channel.send(message("now")).toCompletableFuture();
    assertThat(one.get(2, TimeUnit.SECONDS)).isInstanceOf(Outcome.Accepted.class);
    await().atMost(SOON).until(() -> fleet.devices().stream().noneMatch(Speaker::needsFloor));
    assertThat(Integer.parseInt(Presences.fact(channel, "floors given")))
        .isGreaterThanOrEqualTo(400);
  }
}
