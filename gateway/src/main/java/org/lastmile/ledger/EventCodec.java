package org.lastmile.ledger;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.lastmile.warning.Event;

/**
 * The stored form of events: one entry per batch, 5 to 8 bytes for an ordinary event. Times are
 * kept to the millisecond.
 *
 * <p>An entry is a version byte, the time of its first event (milliseconds since 1970) and the
 * events. An event is its type code; flags that say which fields follow; the time since the event
 * before; then delivery (difference to the last delivery of the entry), attempt, point, due (time
 * after the event) and detail (length, UTF-8). Numbers are LEB128 varints, zigzag where they may be
 * negative.
 */
final class EventCodec {
  /** Changes when an older program could misread the bytes. */
  static final int VERSION = 1;

  private static final int DELIVERY = 1;
  private static final int ATTEMPT = 2;
  private static final int POINT = 4;
  private static final int DUE = 8;
  private static final int DETAIL = 16;
  private static final int ALL = DELIVERY | ATTEMPT | POINT | DUE | DETAIL;

  private static final Event.Type[] TYPES = new Event.Type[128];

  static {
    for (Event.Type type : Event.Type.values()) {
      TYPES[type.code()] = type;
    }
  }

  private EventCodec() {}

  /** One entry. */
  static byte[] encode(List<Event> events) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 + events.size() * 8);
    out.write(VERSION);
    long time = events.isEmpty() ? 0 : events.get(0).at().toEpochMilli();
    signed(out, time);
    int delivery = 0;
    for (Event event : events) {
      if (event.delivery() < -1 || event.point() < -1) {
        throw new IllegalArgumentException("a delivery or point is not -1 or more: " + event);
      }
      String detail = event.detail() == null ? "" : event.detail();
      out.write(event.type().code());
      out.write(
          (event.delivery() >= 0 ? DELIVERY : 0)
              | (event.attempt() != 0 ? ATTEMPT : 0)
              | (event.point() >= 0 ? POINT : 0)
              | (event.due() != null ? DUE : 0)
              | (detail.isEmpty() ? 0 : DETAIL));
      long at = event.at().toEpochMilli();
      signed(out, at - time);
      time = at;
      if (event.delivery() >= 0) {
        signed(out, event.delivery() - delivery);
        delivery = event.delivery();
      }
      if (event.attempt() != 0) {
        signed(out, event.attempt());
      }
      if (event.point() >= 0) {
        unsigned(out, event.point());
      }
      if (event.due() != null) {
        signed(out, event.due().toEpochMilli() - at);
      }
      if (!detail.isEmpty()) {
        byte[] words = detail.getBytes(StandardCharsets.UTF_8);
        unsigned(out, words.length);
        out.writeBytes(words);
      }
    }
    return out.toByteArray();
  }

  /**
   * The events of one entry.
   *
   * @throws Ledger.Newer when a newer program wrote it
   */
  static List<Event> decode(byte[] entry) {
    ByteBuffer in = ByteBuffer.wrap(entry);
    int version = in.get();
    if (version != VERSION) {
      throw new Ledger.Newer(
          "events are stored in form " + version + ", this program reads form " + VERSION);
    }
    List<Event> events = new ArrayList<>();
    long time = signed(in);
    int delivery = 0;
    while (in.hasRemaining()) {
      Event.Type type = type(in.get());
      int flags = in.get();
      if ((flags & ~ALL) != 0) {
        throw new Ledger.Newer("an event has fields that this program does not know: " + flags);
      }
      time += signed(in);
      if ((flags & DELIVERY) != 0) {
        delivery += (int) signed(in);
      }
      int attempt = (flags & ATTEMPT) != 0 ? (int) signed(in) : 0;
      int point = (flags & POINT) != 0 ? (int) unsigned(in) : -1;
      Instant due = (flags & DUE) != 0 ? Instant.ofEpochMilli(time + signed(in)) : null;
      String detail = (flags & DETAIL) != 0 ? words(in) : "";
      events.add(
          new Event(
              Instant.ofEpochMilli(time),
              type,
              (flags & DELIVERY) != 0 ? delivery : -1,
              attempt,
              point,
              due,
              detail));
    }
    return events;
  }

  private static Event.Type type(int code) {
    Event.Type type = code > 0 ? TYPES[code] : null;
    if (type == null) {
      throw new Ledger.Newer("an event has a type that this program does not know: " + code);
    }
    return type;
  }

  private static String words(ByteBuffer in) {
    byte[] words = new byte[(int) unsigned(in)];
    in.get(words);
    return new String(words, StandardCharsets.UTF_8);
  }

  private static void signed(ByteArrayOutputStream out, long number) {
    unsigned(out, (number << 1) ^ (number >> 63));
  }

  private static long signed(ByteBuffer in) {
    long number = unsigned(in);
    return (number >>> 1) ^ -(number & 1);
  }

  private static void unsigned(ByteArrayOutputStream out, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static long unsigned(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      number |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
  }
}
