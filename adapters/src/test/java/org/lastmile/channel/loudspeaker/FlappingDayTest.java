package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal.State;

/**
 * A whole day of bad links, second by second, in seconds: nothing piles up, and the end is true.
 */
class FlappingDayTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-07-01T00:00:00Z");
  private static final int DEVICES = 300;
  private static final int DAY = 86_400;

  private long nanos;
  private final Map<String, State> desk = new HashMap<>();
  private final Map<String, Integer> toldOf = new HashMap<>();
  private final Random chance = new Random(20260701);

  /** What a device really does. */
  private static final class Horn {
    private final String id;
    private final int up;
    private final int down;
    private boolean on;
    private long session;
    private int until;
    private int beat;

    Horn(String id, int up, int down) {
      this.id = id;
      this.up = up;
      this.down = down;
    }
  }

  @Test
  void a_day_of_flapping_links_floods_nobody_and_ends_with_the_truth() throws Unreadable {
    int[] refused = new int[1];
    Devices devices =
        new Devices(
            () -> MIDNIGHT.plusNanos(nanos),
            () -> nanos,
            Duration.ofSeconds(90),
            30,
            p -> {
              if (chance.nextInt(20) == 0) {
                refused[0]++;
                return CompletableFuture.failedFuture(new IllegalStateException("store away"));
              }
              toldOf.merge(p.id(), 1, Integer::sum);
              desk.put(p.id(), p.state());
              return CompletableFuture.completedFuture(null);
            });
    DeviceMemory memory = new DeviceMemory(new MemoryInHeap());
    Set<String> registered = new HashSet<>();
    Horn[] horns = new Horn[DEVICES];
    for (int i = 0; i < DEVICES; i++) {
      // A third is steady, a third drops now and then, a third all the time.
      int up = i % 3 == 0 ? DAY * 2 : i % 3 == 1 ? 4000 : 20 + i % 40;
      int down = i % 3 == 1 ? 300 : 10 + i % 50;
      horns[i] = new Horn("d" + i, up, down);
      registered.add(horns[i].id);
    }
    registered.add("never");
    devices.expect(registered);
    int worst = 0;
    for (int second = 0; second < DAY; second++) {
      nanos += 1_000_000_000L;
      for (Horn horn : horns) {
        live(devices, horn, second);
      }
      devices.sweep();
      devices.keep(memory);
      if (second > 300) {
        for (Horn horn : horns) {
          // Known to be away for longer than 90 s, and not told.
          boolean hidden = !horn.on && second - since(horn) > 91;
          worst =
              Math.max(
                  worst, hidden && desk.get(horn.id) != State.OFFLINE ? second - since(horn) : 0);
        }
      }
    }
    assertThat(worst).as("seconds that somebody was gone before it was told").isLessThan(95);
    assertThat(refused[0]).isPositive();
    assertThat(toldOf.get("d0")).as("a steady one").isLessThanOrEqualTo(2);
    for (int i = 2; i < DEVICES; i += 3) {
      // Slower ones change less often than flapping begins, and are told each time.
      if (horns[i].up + horns[i].down <= 45) {
        assertThat(toldOf.get("d" + i)).as("d%d changes all the time", i).isLessThan(250);
      }
    }
    // The links are mended, and nobody touches anything.
    for (int second = DAY; second < DAY + 1200; second++) {
      nanos += 1_000_000_000L;
      for (Horn horn : horns) {
        boolean dead = horn.id.endsWith("7");
        if (dead) {
          continue;
        }
        if (!horn.on) {
          birth(devices, horn);
        } else if (second % 30 == horn.beat) {
          devices.said(horn.id, state("heartbeat", horn.session), false, false);
        }
      }
      devices.sweep();
    }
    for (Horn horn : horns) {
      boolean dead = horn.id.endsWith("7");
      Condition at = devices.find(horn.id).orElseThrow().condition();
      assertThat(at).as(horn.id).isEqualTo(dead ? Condition.SILENT : Condition.ONLINE);
      assertThat(desk.get(horn.id)).isEqualTo(dead ? State.OFFLINE : State.ONLINE);
    }
    assertThat(devices.find("never").orElseThrow().condition()).isEqualTo(Condition.NEVER_SEEN);
    assertThat(devices.all()).hasSize(DEVICES + 1);
    devices.keepAll(memory);
    assertThat(memory.read()).hasSize(DEVICES);
  }

  private static int since(Horn horn) {
    return horn.until - horn.down;
  }

  private void live(Devices devices, Horn horn, int second) throws Unreadable {
    if (second >= horn.until) {
      if (horn.on) {
        horn.on = false;
        if (chance.nextBoolean()) {
          devices.said(horn.id, state("offline", horn.session), false, false);
        }
        horn.until = second + horn.down;
      } else {
        birth(devices, horn);
        horn.until = second + horn.up / 2 + chance.nextInt(horn.up);
      }
    } else if (horn.on && second % 30 == horn.beat) {
      devices.said(horn.id, state("heartbeat", horn.session), false, false);
    }
  }

  private void birth(Devices devices, Horn horn) throws Unreadable {
    horn.on = true;
    horn.session++;
    horn.beat = chance.nextInt(30);
    devices.said(horn.id, state("birth", horn.session), false, false);
  }

  private static DeviceState state(String type, long session) throws Unreadable {
    return DeviceState.read(
        "{\"v\":1,\"type\":\"%s\",\"session\":%d,\"volume\":80}"
            .formatted(type, session)
            .getBytes(StandardCharsets.UTF_8),
        MIDNIGHT,
        false);
  }
}
