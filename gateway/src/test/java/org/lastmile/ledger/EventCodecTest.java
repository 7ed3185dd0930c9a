package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lastmile.ledger.Samples.NOON;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Event;

class EventCodecTest {

  /** What is on disks in county offices must be readable for ever: never change these bytes. */
  @Test
  void the_bytes_are_these() {
    List<Event> events = new ArrayList<>();
    events.add(Event.of(NOON, Event.Type.RELEASED, "李"));
    events.addAll(Samples.life(300, NOON.plusMillis(1)));
    events.add(Event.ofPoint(NOON, Event.Type.STAGE, 12, 2, ""));
    String golden =
        "01"
            + "f6b9c996c068" // 2026-11-22T04:00:00.123Z
            + "06 10 00 03e69d8e" // RELEASED, detail 李
            + "14 0b 02 d804 02 80c413" // TRIED 1 ms later, delivery 300, attempt 1, due in 160 s
            + "15 0b 50 00 02 b0d20e" // SENT 40 ms later, due 119,960 ms after that
            + "1d 03 9820 00 02" // DELIVERED
            + "1e 03 e076 00 02" // CONFIRMED
            + "28 06 c99701 04 0c"; // STAGE of point 12 to rung 2, back in time
    byte[] bytes = HexFormat.of().parseHex(golden.replace(" ", ""));
    assertThat(HexFormat.of().formatHex(EventCodec.encode(events)))
        .isEqualTo(HexFormat.of().formatHex(bytes));
    assertThat(EventCodec.decode(bytes)).isEqualTo(events);
  }

  @Test
  void any_event_comes_back_as_it_was() {
    Random random = new Random(7);
    Event.Type[] types = Event.Type.values();
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      Instant at = Instant.ofEpochMilli(random.nextLong(-1L << 45, 1L << 45));
      events.add(
          new Event(
              at,
              types[random.nextInt(types.length)],
              random.nextBoolean() ? -1 : random.nextInt(Integer.MAX_VALUE),
              random.nextBoolean() ? 0 : random.nextInt(),
              random.nextBoolean() ? -1 : random.nextInt(Integer.MAX_VALUE),
              random.nextBoolean() ? null : at.plusMillis(random.nextInt()),
              random.nextBoolean() ? "" : "字".repeat(random.nextInt(300)) + i));
    }
    assertThat(EventCodec.decode(EventCodec.encode(events))).isEqualTo(events);
    assertThat(EventCodec.decode(EventCodec.encode(List.of()))).isEmpty();
  }

  @Test
  void an_ordinary_event_takes_no_more_than_twelve_bytes() {
    List<Event> events = new ArrayList<>();
    for (int delivery = 0; delivery < 1_000; delivery++) {
      events.addAll(Samples.life(delivery, NOON.plusMillis(delivery * 40L)));
    }
    assertThat(EventCodec.encode(events).length / events.size()).isLessThanOrEqualTo(12);
  }

  @Test
  void what_a_newer_program_wrote_is_refused_by_name() {
    byte[] newerForm = EventCodec.encode(List.of());
    newerForm[0]++;
    assertThatThrownBy(() -> EventCodec.decode(newerForm)).isInstanceOf(Ledger.Newer.class);
    byte[] newType = EventCodec.encode(List.of(Event.of(Instant.EPOCH, Event.Type.HELD, "")));
    newType[2] = 127;
    assertThatThrownBy(() -> EventCodec.decode(newType))
        .isInstanceOf(Ledger.Newer.class)
        .hasMessageContaining("127");
  }
}
