package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal.Presence;
import org.lastmile.channel.Signal.State;

/** What one can expect of a loudspeaker if a warning came now, said in words and in time. */
class ConditionsTest {
  private static final Instant BEGIN = Instant.ofEpochSecond(1_795_318_200);
  private static final String FINE = "\"volume\":80";

  private final List<Presence> told = new ArrayList<>();
  private final MemoryInHeap memory = new MemoryInHeap();
  private long nanos;
  private Devices devices = devices();

  private Devices devices() {
    InstantSource clock = () -> BEGIN.plusNanos(nanos);
    return new Devices(
        clock,
        () -> nanos,
        Duration.ofSeconds(90),
        30,
        presence -> {
          told.add(presence);
          return CompletableFuture.completedFuture(null);
        });
  }

  @Test
  void one_that_never_connected_is_told_when_it_had_time_to() {
    devices.expect(Set.of("a"));
    assertThat(at("a")).isEqualTo(Condition.NEVER_SEEN);
    pass(60);
    assertThat(told).isEmpty();
    pass(31);
    assertThat(told).singleElement().extracting(Presence::state).isEqualTo(State.OFFLINE);
    assertThat(told.get(0).why()).isEqualTo("it has never connected");
    assertThat(told.get(0).facts()).containsEntry("condition", "NEVER_SEEN");
    pass(3600);
    assertThat(told).hasSize(1);
    assertThat(devices.find("a").orElseThrow().seen()).isNull();
  }

  @Test
  void each_thing_that_is_wrong_is_said_in_both_languages() throws Unreadable {
    for (String[] wrong :
        new String[][] {
          {"\"muted\":true", "muted", "已静音"},
          {"\"volume\":10", "volume below 30", "音量低于 30"},
          {"\"mains\":false", "no mains power", "市电断开，正在用电池"},
          {"\"battery\":12", "battery below 20 %", "电池电量低于 20 %"},
          {"\"signal\":-112", "signal below -105 dBm", "信号弱于 -105 dBm"},
          {"\"temperature\":81.5", "hotter than 75 °C", "机箱温度高于 75 ℃"},
          {"\"at\":1", "clock off by more than 60 s", "时钟偏差超过 60 秒"}
        }) {
      devices.said("a", state("heartbeat", 1, wrong[0]), false, false);
      Supervised a = devices.find("a").orElseThrow();
      assertThat(a.condition()).as(wrong[0]).isEqualTo(Condition.DEGRADED);
      assertThat(a.why()).isEqualTo(new Remark(wrong[1], wrong[2]));
    }
    devices = devices();
    devices.said("a", state("birth", 1, "\"fault\":\"AMPLIFIER\""), false, false);
    assertThat(at("a")).isEqualTo(Condition.FAULTY);
    assertThat(last().state()).isEqualTo(State.FAULTY);
    assertThat(last().why()).isEqualTo("fault AMPLIFIER");
    assertThat(last().facts()).containsEntry("whyZh", "设备报故障 AMPLIFIER");
  }

  @Test
  void since_is_when_the_condition_began_not_when_it_was_said_last() throws Unreadable {
    devices.said("a", state("birth", 1, FINE), false, false);
    heartbeats("a", 600, "\"battery\":15");
    Supervised a = devices.find("a").orElseThrow();
    assertThat(a.since()).isEqualTo(BEGIN.plusSeconds(30));
    assertThat(a.seen()).isEqualTo(BEGIN.plusSeconds(600));
  }

  @Test
  void its_own_word_that_its_test_was_not_heard_makes_it_faulty_until_one_was() throws Unreadable {
    long at = BEGIN.getEpochSecond() - 5;
    String test = "\"test\":{\"at\":%d,\"outcome\":\"played\",\"heard\":%b}";
    devices.said("a", state("birth", 1, test.formatted(at, false)), false, false);
    assertThat(at("a")).isEqualTo(Condition.FAULTY);
    assertThat(last().why()).isEqualTo("its last self-test was not heard");
    devices.said("a", state("heartbeat", 1, test.formatted(at + 3600, true)), false, false);
    assertThat(at("a")).isEqualTo(Condition.ONLINE);
  }

  @Test
  void three_plays_that_fail_in_a_row_make_it_faulty_and_one_that_is_heard_ends_it()
      throws Unreadable {
    devices.said("a", state("birth", 1, FINE), false, false);
    devices.played("a", receipt("d1", "failed", "NO_SOUND"), false);
    devices.played("a", receipt("d1", "failed", "NO_SOUND"), false);
    devices.played("a", receipt("d1", "failed", "NO_SOUND"), false);
    assertThat(at("a")).as("one play, told three times").isEqualTo(Condition.ONLINE);
    devices.played("a", receipt("d2", "failed", "NO_SOUND"), false);
    devices.played("a", receipt("d3", "failed", "NO_SOUND"), false);
    assertThat(at("a")).isEqualTo(Condition.FAULTY);
    assertThat(last().why()).isEqualTo("its last plays failed: NO_SOUND");
    devices.played("a", receipt("d4", "played", ""), true);
    assertThat(at("a")).isEqualTo(Condition.ONLINE);
  }

  @Test
  void a_device_that_comes_and_goes_all_the_time_is_told_once() throws Unreadable {
    for (int i = 0; i < 100; i++) {
      devices.said("a", state("birth", i + 1, FINE), false, false);
      pass(20);
      devices.said("a", state("offline", i + 1, ""), false, false);
      pass(20);
    }
    assertThat(told).hasSizeLessThanOrEqualTo(Flaps.MOST + 2);
    assertThat(last().state()).isEqualTo(State.DEGRADED);
    assertThat(last().why()).startsWith("flapping");
    devices.said("a", state("birth", 1000, FINE), false, false);
    heartbeats("a", 400, FINE);
    assertThat(at("a")).isEqualTo(Condition.ONLINE);
    assertThat(told).hasSizeLessThanOrEqualTo(Flaps.MOST + 3);
  }

  @Test
  void one_that_flaps_and_then_is_gone_is_silent_within_90_seconds() throws Unreadable {
    flap("a");
    devices.said("a", state("birth", 500, FINE), false, false);
    devices.said("a", state("offline", 500, ""), false, false);
    assertThat(at("a")).isEqualTo(Condition.DEGRADED);
    pass(61);
    assertThat(at("a")).isEqualTo(Condition.SILENT);
    assertThat(last().state()).isEqualTo(State.OFFLINE);
    assertThat(devices.isGone("a")).isTrue();
  }

  @Test
  void one_that_flaps_and_dies_without_a_word_is_silent_within_90_seconds() throws Unreadable {
    flap("a");
    devices.said("a", state("birth", 500, FINE), false, false);
    pass(90);
    assertThat(at("a")).isEqualTo(Condition.DEGRADED);
    pass(1);
    assertThat(at("a")).isEqualTo(Condition.SILENT);
  }

  @Test
  void the_return_of_a_flapping_device_that_a_warning_waits_for_is_told_at_once()
      throws Unreadable {
    flap("a");
    devices.said("a", state("offline", 8, ""), false, false);
    int before = told.size();
    devices.said("a", state("birth", 700, FINE), false, false);
    assertThat(told).as("nobody waits for it").hasSize(before);
    devices.said("a", state("offline", 700, ""), false, false);
    devices.wanted("a");
    devices.said("a", state("birth", 701, FINE), false, false);
    assertThat(told).hasSize(before + 1);
    assertThat(last().state()).isEqualTo(State.DEGRADED);
    devices.said("a", state("heartbeat", 701, FINE), false, false);
    assertThat(told).hasSize(before + 1);
  }

  @Test
  void a_restart_does_not_make_a_silent_device_one_that_was_never_seen() throws Unreadable {
    devices.expect(Set.of("a", "b", "c"));
    devices.said("a", state("birth", 1, FINE), false, false);
    devices.said("c", state("birth", 1, FINE), false, false);
    devices.played("c", receipt("d1", "failed", "NO_SOUND"), false);
    devices.played("c", receipt("d2", "failed", "NO_SOUND"), false);
    devices.said("a", state("offline", 1, ""), false, false);
    pass(10);
    devices.keepAll(new DeviceMemory(memory));
    pass(86_400);
    told.clear();
    devices = devices();
    devices.recall(new DeviceMemory(memory).read());
    devices.expect(Set.of("a", "b", "c"));
    assertThat(at("a")).isEqualTo(Condition.SILENT);
    assertThat(at("b")).isEqualTo(Condition.NEVER_SEEN);
    assertThat(at("c")).isEqualTo(Condition.ONLINE);
    assertThat(told).as("nobody was heard yet").isEmpty();
    pass(91);
    assertThat(told).extracting(Presence::state).containsOnly(State.OFFLINE).hasSize(3);
    assertThat(devices.find("a").orElseThrow().since()).isEqualTo(BEGIN);
    assertThat(devices.find("c").orElseThrow().seen()).isEqualTo(BEGIN);
    devices.said("c", state("birth", 2, FINE), false, false);
    devices.played("c", receipt("d3", "failed", "NO_SOUND"), false);
    assertThat(at("c")).as("two before the restart, one after").isEqualTo(Condition.FAULTY);
  }

  @Test
  void what_a_broker_retained_is_no_sign_of_life_today() throws Unreadable {
    devices.said("a", state("birth", 1, FINE), true, false);
    assertThat(devices.find("a").orElseThrow().seen()).isNull();
  }

  @Test
  void one_that_left_the_registry_and_is_long_gone_is_forgotten() throws Unreadable {
    devices.expect(Set.of("a", "b"));
    devices.said("a", state("birth", 1, FINE), false, false);
    devices.said("c", state("birth", 1, FINE), false, false);
    pass(60);
    devices.expect(Set.of());
    assertThat(devices.all()).extracting(Supervised::id).containsExactlyInAnyOrder("a", "c");
    pass(8 * 86_400);
    devices.expect(Set.of());
    assertThat(devices.all()).isEmpty();
  }

  @Test
  void heartbeats_write_nothing_and_changes_of_many_are_few_writes() throws Unreadable {
    CountedMemory writes = new CountedMemory(memory);
    DeviceMemory kept = new DeviceMemory(writes);
    for (int i = 0; i < 2000; i++) {
      devices.said("d" + i, state("birth", 1, FINE), false, false);
    }
    for (int i = 0; i < DeviceMemory.SHELVES; i++) {
      devices.keep(kept);
    }
    assertThat(writes.puts).isLessThanOrEqualTo(DeviceMemory.SHELVES);
    writes.puts = 0;
    for (int s = 0; s < 3600; s += 30) {
      for (int i = 0; i < 2000; i++) {
        devices.said("d" + i, state("heartbeat", 1, FINE), false, false);
      }
      nanos += Duration.ofSeconds(30).toNanos();
      for (int i = 0; i < 30; i++) {
        devices.keep(kept);
      }
    }
    assertThat(writes.puts).isBetween(200, DeviceMemory.SHELVES);
  }

  @Test
  void a_play_that_ends_as_ever_writes_nothing() throws Unreadable {
    CountedMemory writes = new CountedMemory(memory);
    DeviceMemory kept = new DeviceMemory(writes);
    devices.said("a", state("birth", 1, FINE), false, false);
    devices.keep(kept);
    writes.puts = 0;
    devices.played("a", receipt("d1", "played", ""), true);
    devices.keep(kept);
    assertThat(writes.puts).isZero();
    devices.played("a", receipt("d2", "failed", "NO_SOUND"), false);
    devices.keep(kept);
    assertThat(writes.puts).isEqualTo(1);
    devices.played("a", receipt("d3", "played", ""), true);
    devices.keep(kept);
    assertThat(writes.puts).isEqualTo(2);
  }

  /** Counts writes. */
  private static final class CountedMemory implements Memory {
    private final Memory memory;
    private int puts;

    CountedMemory(Memory memory) {
      this.memory = memory;
    }

    @Override
    public Optional<String> get(String key) {
      return memory.get(key);
    }

    @Override
    public void put(String key, String value, Duration keep) {
      puts++;
      memory.put(key, value, keep);
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      return memory.claim(key, value, keep);
    }

    @Override
    public void remove(String key) {
      memory.remove(key);
    }

    @Override
    public long add(String counter, long amount) {
      return memory.add(counter, amount);
    }
  }

  private void flap(String id) throws Unreadable {
    for (int i = 0; i < 8; i++) {
      devices.said(id, state("birth", i + 1, FINE), false, false);
      pass(10);
      devices.said(id, state("offline", i + 1, ""), false, false);
      pass(10);
    }
    assertThat(devices.find(id).orElseThrow().why().en()).startsWith("flapping");
  }

  private void heartbeats(String id, int seconds, String more) throws Unreadable {
    for (int s = 0; s < seconds; s += 30) {
      pass(30);
      devices.said(id, state("heartbeat", 1, more), false, false);
    }
  }

  private void pass(long seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
    devices.sweep();
  }

  private Condition at(String id) {
    return devices.find(id).orElseThrow().condition();
  }

  private Presence last() {
    return told.get(told.size() - 1);
  }

  private DeviceState state(String type, long session, String more) throws Unreadable {
    String json =
        "{\"v\":1,\"type\":\"%s\",\"session\":%d%s}"
            .formatted(type, session, more.isEmpty() ? "" : "," + more);
    return DeviceState.read(json.getBytes(StandardCharsets.UTF_8), BEGIN.plusNanos(nanos), false);
  }

  private static Receipt receipt(String delivery, String outcome, String reason) throws Unreadable {
    return Receipt.read(
        "{\"v\":1,\"id\":\"%s\",\"content\":\"c\",\"outcome\":\"%s\",\"reason\":\"%s\",\"at\":0}"
            .formatted(delivery, outcome, reason)
            .getBytes(StandardCharsets.UTF_8));
  }
}
