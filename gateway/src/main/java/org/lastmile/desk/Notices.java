package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Reason;

/**
 * Words that belong to no warning: an operator's test message, a line that tells somebody how to
 * answer, a code that proves a phone. They are worth nothing after a few minutes, so they live in
 * memory alone: who restarts the gateway tests again.
 */
final class Notices {
  /** At the front of a test, so that it is never taken for a warning. */
  static final String TEST_MARK = "【测试】";

  private static final String PREFIX = "notice-";
  private static final Duration WORTH = Duration.ofMinutes(10);

  /** One person is told how to answer at most once in that time: two machines may talk. */
  private static final Duration QUIET = Duration.ofMinutes(10);

  /** Test messages that one house sends: enough to try 32 modems twice. */
  private static final int MOST_TESTS = 64;

  private static final Duration TESTS_WITHIN = Duration.ofHours(1);
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final int MOST = 500;
  private static final int PRIORITY = 6;

  private final Map<String, Deque<Note>> replies = new HashMap<>();
  private final Map<String, Deque<Note>> tests = new HashMap<>();
  private final Map<String, Note> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Note> eldest) {
          return size() > MOST;
        }
      };
  private final Map<String, Instant> told = new HashMap<>();
  private long count;

  private static final class Note {
    final String id;
    final String channel;
    final String address;
    final Content.Kind kind;
    final String text;
    final Instant at;

    /** Where there is more to read than the wire may show; empty = nowhere. */
    final String link;

    /** Takes what warnings leave. */
    final boolean patient;

    Instant due;
    int tries;
    DeliveryState state = DeliveryState.QUEUED;
    boolean trying;
    Instant since;
    String why = "";

    Note(
        String id,
        String channel,
        String address,
        Content.Kind kind,
        String text,
        String link,
        boolean patient,
        Instant at) {
      this.id = id;
      this.link = link;
      this.patient = patient;
      this.channel = channel;
      this.address = address;
      this.kind = kind;
      this.text = text;
      this.at = at;
      this.due = at;
      this.since = at;
    }

    void move(DeliveryState next, String because, Instant now) {
      if (state.yieldsTo(next)) {
        state = next;
        since = now;
      }
      why = because;
    }

    View.Test view() {
      return new View.Test(
          id, channel, address, text, at, state, trying, tries, since, Reason.of(why));
    }
  }

  void clear() {
    replies.clear();
    tests.clear();
    known.clear();
    told.clear();
  }

  /** Tells a person something in answer to their words; nothing when they were told just now. */
  boolean reply(long epoch, String channel, String address, String text, String link, Instant now) {
    told.values().removeIf(at -> now.isAfter(at.plus(QUIET)));
    if (told.putIfAbsent(channel + ' ' + address, now) != null) {
      return false;
    }
    say(epoch, channel, address, text, link, now);
    return true;
  }

  /** Tells a person something that they have just asked for. */
  void say(long epoch, String channel, String address, String text, String link, Instant now) {
    add(epoch, channel, address, Content.Kind.NOTICE, text, link, false, now);
  }

  /** The same, where it may wait behind warnings. */
  void sayPatiently(long epoch, String channel, String address, String text, Instant now) {
    add(epoch, channel, address, Content.Kind.NOTICE, text, "", true, now);
  }

  View.Test test(long epoch, String channel, String address, String text, Instant now) {
    long lately =
        known.values().stream()
            .filter(n -> n.kind == Content.Kind.TEST)
            .filter(n -> now.isBefore(n.at.plus(TESTS_WITHIN)))
            .count();
    if (lately >= MOST_TESTS) {
      throw new Desk.Refused(
          MOST_TESTS + " test messages within " + TESTS_WITHIN.toHours() + " hour: wait");
    }
    String marked = text.startsWith(TEST_MARK) ? text : TEST_MARK + text;
    return add(epoch, channel, address, Content.Kind.TEST, marked, "", true, now).view();
  }

  /** Null when it is not known, or no longer. */
  View.Test look(String id, Instant now) {
    Note note = known.get(id);
    if (note != null) {
      expire(note, now);
    }
    return note == null ? null : note.view();
  }

  private Note add(
      long epoch,
      String channel,
      String address,
      Content.Kind kind,
      String text,
      String link,
      boolean patient,
      Instant now) {
    String id = PREFIX + epoch + "-" + ++count;
    Note note = new Note(id, channel, address, kind, text, link, patient, now);
    known.put(note.id, note);
    queue(note).computeIfAbsent(channel, c -> new ArrayDeque<>()).add(note);
    return note;
  }

  private Map<String, Deque<Note>> queue(Note note) {
    return note.patient ? tests : replies;
  }

  /** Answers to people, which go before warnings: few, and they wait for them. */
  List<Message> replies(String channel, int room, Instant now) {
    return take(replies, channel, room, now);
  }

  /** Tests, which take what warnings leave. */
  List<Message> tests(String channel, int room, Instant now) {
    return take(tests, channel, room, now);
  }

  private List<Message> take(
      Map<String, Deque<Note>> queue, String channel, int room, Instant now) {
    List<Message> messages = new ArrayList<>();
    Deque<Note> waiting = queue.getOrDefault(channel, new ArrayDeque<>());
    for (int i = waiting.size(); i > 0 && messages.size() < room; i--) {
      Note note = waiting.poll();
      expire(note, now);
      if (note.state.settled()) {
        continue;
      }
      if (note.due.isAfter(now)) {
        waiting.add(note);
        continue;
      }
      note.tries++;
      messages.add(message(note));
    }
    return messages;
  }

  private static void expire(Note note, Instant now) {
    if (note.state == DeliveryState.QUEUED && !now.isBefore(note.at.plus(WORTH))) {
      note.move(
          DeliveryState.EXPIRED,
          note.why.isEmpty() ? "no room for it beside the warnings" : note.why,
          now);
    }
  }

  private static Message message(Note note) {
    Content content =
        new Content(
            note.id,
            note.kind,
            note.id,
            note.text,
            Map.of(),
            Speech.PLAIN,
            note.at,
            note.at.plus(WORTH),
            PRIORITY,
            false,
            List.of(),
            List.of());
    Map<String, String> fields = note.link.isEmpty() ? Map.of() : Map.of(Field.LINK, note.link);
    return new Message(note.id + "." + note.tries, note.address, content, fields, Set.of());
  }

  private Note of(String attempt) {
    return known.get(attempt.substring(0, Math.max(0, attempt.lastIndexOf('.'))));
  }

  /** True when the attempt is one of a notice, known or forgotten. */
  static boolean ours(String attempt) {
    return attempt.startsWith(PREFIX);
  }

  void outcome(String attempt, Outcome outcome, Instant now) {
    Note note = of(attempt);
    if (note == null) {
      return;
    }
    if (outcome instanceof Outcome.Accepted) {
      note.move(DeliveryState.SENT, "", now);
    } else if (outcome instanceof Outcome.Pending pending) {
      note.move(DeliveryState.SENT, pending.why(), now);
    } else if (outcome instanceof Outcome.Permanent permanent) {
      note.move(DeliveryState.FAILED, permanent.why(), now);
    } else if (outcome instanceof Outcome.Unknown unknown) {
      note.move(DeliveryState.UNKNOWN, unknown.why(), now);
    } else if (outcome instanceof Outcome.Retry retry) {
      again(note, retry.after(), retry.why(), now);
    } else if (outcome instanceof Outcome.LaneDown down) {
      again(note, AGAIN, down.why(), now);
    }
  }

  private void again(Note note, Duration after, String why, Instant now) {
    note.why = why;
    note.due = now.plus(after.compareTo(AGAIN) > 0 ? after : AGAIN);
    queue(note).computeIfAbsent(note.channel, c -> new ArrayDeque<>()).add(note);
  }

  void confirmation(Signal.Confirmation c, Instant now) {
    Note note = of(c.attempt());
    if (note == null) {
      return;
    }
    note.trying = c.evidence() == Signal.Evidence.RECEIVED;
    DeliveryState next =
        switch (c.evidence()) {
          case RECEIVED, PLAYING -> DeliveryState.SENT;
          case DELIVERED, DECLINED -> DeliveryState.DELIVERED;
          case PLAYED, ACKNOWLEDGED -> DeliveryState.CONFIRMED;
          case EXPIRED -> DeliveryState.EXPIRED;
          case FAILED, STOPPED, PLAYED_UNHEARD -> DeliveryState.FAILED;
        };
    note.move(next, c.why(), now);
  }
}
