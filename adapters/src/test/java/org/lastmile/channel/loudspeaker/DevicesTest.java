package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Signal.Presence;
import org.lastmile.channel.Signal.State;

/** Nothing is silent: each change of a device is told once, and until it is kept. */
class DevicesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_318_200);

  private final List<Presence> told = new ArrayList<>();
  private long nanos;
  private boolean storeIsAway;

  private final Devices devices =
      new Devices(
          InstantSource.fixed(NOW),
          () -> nanos,
          Duration.ofSeconds(90),
          30,
          presence -> {
            told.add(presence);
            return storeIsAway
                ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                : CompletableFuture.completedFuture(null);
          });

  @Test
  void a_device_is_told_online_once_however_often_it_says_so() throws Unreadable {
    devices.said("a", birth(1, 100, false), false, false);
    devices.said("a", birth(1, 100, false), false, false);
    devices.sweep();
    assertThat(told).singleElement().extracting(Presence::state).isEqualTo(State.ONLINE);
  }

  @Test
  void silence_of_more_than_90_seconds_is_told_once() throws Unreadable {
    devices.said("a", birth(1, 100, false), false, false);
    pass(90);
    assertThat(last().state()).isEqualTo(State.ONLINE);
    pass(1);
    pass(1);
    assertThat(told).hasSize(2);
    assertThat(last().state()).isEqualTo(State.OFFLINE);
    assertThat(last().why()).isEqualTo("silent for more than 90 s");
  }

  @Test
  void a_muted_device_is_degraded_and_says_why() throws Unreadable {
    devices.said("a", birth(1, 100, true), false, false);
    assertThat(last().state()).isEqualTo(State.DEGRADED);
    assertThat(last().why()).isEqualTo("muted");
    devices.said("a", birth(1, 5, false), false, false);
    assertThat(last().why()).isEqualTo("volume below 30");
    devices.said("a", birth(1, 100, false), false, false);
    assertThat(last().state()).isEqualTo(State.ONLINE);
  }

  @Test
  void two_that_use_one_id_are_told_of_even_while_they_throw_each_other_out() throws Unreadable {
    for (int i = 0; i < 40; i++) {
      devices.said("a", birth(i, 100, false), false, true);
      devices.said("a", offline(i), false, true);
      pass(2);
    }
    devices.said("a", birth(40, 100, false), false, true);
    assertThat(last().state()).isEqualTo(State.DEGRADED);
    assertThat(last().why()).isEqualTo(Twins.WORDS);
  }

  @Test
  void the_will_of_an_old_connection_does_not_bury_the_new_one() throws Unreadable {
    devices.said("a", birth(1, 100, false), false, false);
    devices.said("a", birth(2, 100, false), false, false);
    devices.said("a", offline(1), false, false);
    assertThat(last().state()).isEqualTo(State.ONLINE);
    devices.said("a", offline(2), false, false);
    assertThat(last().state()).isEqualTo(State.OFFLINE);
    assertThat(devices.isGone("a")).isTrue();
  }

  @Test
  void a_connected_device_without_heartbeats_is_degraded_not_gone() {
    devices.joined("a");
    nanos += Duration.ofMinutes(1).toNanos();
    devices.heard("a");
    pass(40);
    assertThat(last().state()).isEqualTo(State.DEGRADED);
    assertThat(last().why()).isEqualTo("no heartbeat for more than 90 s");
    assertThat(devices.isGone("a")).isFalse();
    devices.left("a", "said goodbye");
    assertThat(last().state()).isEqualTo(State.OFFLINE);
  }

  @Test
  void what_was_not_kept_is_told_again() throws Unreadable {
    storeIsAway = true;
    devices.said("a", birth(1, 100, false), false, false);
    storeIsAway = false;
    devices.sweep();
    devices.sweep();
    assertThat(told).hasSize(2);
  }

  @Test
  void after_a_broker_was_away_silence_is_counted_anew() throws Unreadable {
    devices.said("a", birth(1, 100, false), false, false);
    nanos += Duration.ofMinutes(5).toNanos();
    devices.listenAnew();
    devices.sweep();
    assertThat(told).hasSize(1);
  }

  @Test
  void health_counts_who_is_there() throws Unreadable {
    assertThat(devices.health().why()).isEqualTo("no loudspeaker has connected yet");
    devices.said("a", birth(1, 100, false), false, false);
    devices.said("b", birth(1, 100, false), false, false);
    assertThat(devices.health().state()).isEqualTo(Health.State.UP);
    devices.said("b", offline(1), false, false);
    assertThat(devices.health().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(devices.health().why()).isEqualTo("1 of 2 loudspeakers are offline");
    devices.said("a", offline(1), false, false);
    assertThat(devices.health().state()).isEqualTo(Health.State.DOWN);
    assertThat(devices.health().facts()).containsEntry("known", "2").containsEntry("online", "0");
  }

  private void pass(long seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
    devices.sweep();
  }

  private Presence last() {
    return told.get(told.size() - 1);
  }

  private static DeviceState birth(long session, int volume, boolean muted) throws Unreadable {
    return read(
        "{\"v\":1,\"type\":\"birth\",\"session\":%d,\"at\":%d,\"volume\":%d,\"muted\":%b}"
            .formatted(session, NOW.getEpochSecond(), volume, muted));
  }

  private static DeviceState offline(long session) throws Unreadable {
    return read("{\"v\":1,\"type\":\"offline\",\"session\":%d}".formatted(session));
  }

  private static DeviceState read(String json) throws Unreadable {
    return DeviceState.read(json.getBytes(StandardCharsets.UTF_8), NOW, false);
  }
}
