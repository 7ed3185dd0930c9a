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
import java.util.Optional;
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

  /** Whatever one address asks for, it is told so many things within {@link #QUIET}. */
  private static final int MOST_TO_ONE = 12;

  /** Warnings that go out between two answers to people, where there are warnings. */
  private static final int WARNINGS_FIRST = 4;

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
  private final Map<String, Deque<Instant>> lately = new HashMap<>();
  private Instant swept = Instant.EPOCH;

  /** Warnings handed out on a channel since the last answer to somebody. */
  private final Map<String, Integer> since = new HashMap<>();

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

    /** Is tried at once, as the answer in a conversation. */
    boolean answers;

    /** Somebody must get it, if not in the conversation, then otherwise. */
    boolean must = true;

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
    lately.clear();
    since.clear();
  }

  /** Tells a person something in answer to their words; nothing when they were told just now. */
  boolean reply(long epoch, String channel, String address, String text, String link, Instant now) {
    told.values().removeIf(at -> now.isAfter(at.plus(QUIET)));
    return told.putIfAbsent(channel + ' ' + address, now) == null
        && say(epoch, channel, address, text, link, now);
  }

  /** Tells a person something; nothing, and false, when they were told too much lately. */
  boolean say(long epoch, String channel, String address, String text, String link, Instant now) {
    if (tooMany(channel, address, now)) {
      return false;
    }
    queue(note(epoch, channel, address, Content.Kind.NOTICE, text, link, false, now));
    return true;
  }

  /** The same, where it may wait behind warnings. */
  void sayPatiently(long epoch, String channel, String address, String text, Instant now) {
    if (!tooMany(channel, address, now)) {
      queue(note(epoch, channel, address, Content.Kind.NOTICE, text, "", true, now));
    }
  }

  /**
   * What answers somebody who has just said something, on a wire that carries an answer at once.
   *
   * @param must it goes out like other notices if the wire can't
   * @return empty when they were told too much lately
   */
  Optional<Message> answer(
      long epoch,
      String channel,
      String address,
      String text,
      String link,
      boolean must,
      Instant now) {
    if (tooMany(channel, address, now)) {
      return Optional.empty();
    }
    Note note = note(epoch, channel, address, Content.Kind.NOTICE, text, link, false, now);
    note.answers = true;
    note.must = must;
    note.tries++;
    return Optional.of(message(note));
  }

  private boolean tooMany(String channel, String address, Instant now) {
    if (!now.isBefore(swept.plus(QUIET))) {
      swept = now;
      lately.values().removeIf(times -> !now.isBefore(times.getLast().plus(QUIET)));
    }
    Deque<Instant> times = lately.computeIfAbsent(channel + ' ' + address, a -> new ArrayDeque<>());
    times.removeIf(at -> !now.isBefore(at.plus(QUIET)));
    if (times.size() >= MOST_TO_ONE) {
      return true;
    }
    times.add(now);
    return false;
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
    Note note = note(epoch, channel, address, Content.Kind.TEST, marked, "", true, now);
    queue(note);
    return note.view();
  }

  /** Null when it is not known, or no longer. */
  View.Test look(String id, Instant now) {
    Note note = known.get(id);
    if (note != null) {
      expire(note, now);
    }
    return note == null ? null : note.view();
  }

  private Note note(
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
    return note;
  }

  private void queue(Note note) {
    Deque<Note> waiting =
        (note.patient ? tests : replies).computeIfAbsent(note.channel, c -> new ArrayDeque<>());
    if (waiting.size() >= MOST) {
      waiting.remove().move(DeliveryState.EXPIRED, "too many notices wait", note.at);
    }
    waiting.add(note);
  }

  /** One answer to somebody that goes before the next warnings: none waits for all of them. */
  List<Message> first(String channel, int room, Instant now) {
    boolean turn = since.getOrDefault(channel, WARNINGS_FIRST) >= WARNINGS_FIRST;
    return turn ? replies(channel, Math.min(1, room), now) : List.of();
  }

  /** So many warnings were handed out. */
  void warned(String channel, int warnings) {
    since.merge(channel, warnings, (a, b) -> Math.min(WARNINGS_FIRST, a + b));
  }

  /** What warnings leave room for: answers to people, then tests and codes. */
  List<Message> rest(String channel, int room, Instant now) {
    List<Message> messages = new ArrayList<>(replies(channel, room, now));
    messages.addAll(take(tests, channel, room - messages.size(), now));
    return messages;
  }

  private List<Message> replies(String channel, int room, Instant now) {
    List<Message> messages = take(replies, channel, room, now);
    if (!messages.isEmpty()) {
      since.put(channel, 0);
    }
    return messages;
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
    Set<Message.Mark> marks = note.answers ? Set.of(Message.Mark.ANSWER) : Set.of();
    return new Message(note.id + "." + note.tries, note.address, content, fields, marks);
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
    if (note.answers && !(outcome instanceof Outcome.Accepted)) {
      note.answers = false;
      if (note.must) {
        queue(note);
      } else {
        note.move(DeliveryState.FAILED, "nobody waits for it in the chat any more", now);
      }
    } else if (outcome instanceof Outcome.Accepted) {
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
    queue(note);
  }

  void confirmation(Signal.Confirmation c, Instant now) {
    Note note = of(c.attempt());
    if (note == null) {
      return;
    }
    note.trying = c.evidence() == Signal.Evidence.RECEIVED;
    DeliveryState next =
        switch (c.evidence()) {
          case RECEIVED, PLAYING, REFUSED -> DeliveryState.SENT;
          case DELIVERED, DECLINED -> DeliveryState.DELIVERED;
          case PLAYED, ACKNOWLEDGED -> DeliveryState.CONFIRMED;
          case EXPIRED -> DeliveryState.EXPIRED;
          case FAILED, STOPPED, PLAYED_UNHEARD -> DeliveryState.FAILED;
        };
    note.move(next, c.why(), now);
  }
}
