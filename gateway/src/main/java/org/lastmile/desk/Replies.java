package org.lastmile.desk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Answer;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Progress;
import org.lastmile.warning.WarningStatus;

/**
 * What a person's words mean for which warning. A bare answer counts only when exactly one message
 * to that person is unanswered: a late answer to last night's warning never confirms tonight's.
 */
final class Replies {
  private final BiConsumer<Case, Event> say;
  private final Instant now;

  Replies(Instant now, BiConsumer<Case, Event> say) {
    this.now = now;
    this.say = say;
  }

  /** The newest message of one warning to the person who wrote. */
  private record Sent(Case of, Progress.Row row) {
    boolean answered() {
      return of.progress.rowsOf(row.delivery().recipient()).stream()
          .anyMatch(r -> r.state() == DeliveryState.CONFIRMED || r.declined());
    }

    boolean open() {
      return of.progress.status() == WarningStatus.RELEASED
          || of.progress.status() == WarningStatus.HELD;
    }
  }

  /** Handles one message; false when nobody here was ever written to at that address. */
  boolean take(Collection<Case> cases, String channel, Signal.Inbound inbound) {
    List<Sent> sent = new ArrayList<>();
    for (Case of : cases) {
      of.rowsAt(channel, inbound.from()).stream()
          .filter(r -> r.attempts() > 0)
          .filter(r -> r.delivery().audience() != Audience.LOUDSPEAKER)
          .max(Comparator.comparingInt(r -> r.delivery().stage()))
          .ifPresent(r -> sent.add(new Sent(of, r)));
    }
    sent.sort(Comparator.comparingInt((Sent s) -> s.of().order).reversed());
    if (sent.isEmpty()) {
      return false;
    }
    Answer answer = Answer.of(inbound.text());
    switch (answer.meaning()) {
      case YES, NO -> {
        boolean understood =
            answer.codes().isEmpty() ? bare(sent, answer, inbound) : byCode(sent, answer, inbound);
        if (!understood) {
          report(sent.get(0), Event.Type.FIELD_REPORT, inbound);
        }
      }
      case ALARM -> report(sent.get(0), Event.Type.ALARM, inbound);
      case REPORT -> report(sent.get(0), Event.Type.FIELD_REPORT, inbound);
    }
    return true;
  }

  private boolean bare(List<Sent> sent, Answer answer, Signal.Inbound inbound) {
    List<Sent> unanswered = sent.stream().filter(s -> !s.answered()).toList();
    if (unanswered.size() == 1 && unanswered.get(0).open()) {
      Sent one = unanswered.get(0);
      if (one.row().delivery().codes().isEmpty()) {
        answer(one, -1, answer.meaning(), inbound);
        return true;
      }
      // It asked for codes: the words show that it was read, and for no more.
      delivered(one);
      return false;
    }
    List<Sent> open = sent.stream().filter(Sent::open).toList();
    if (unanswered.isEmpty() && open.size() == 1) {
      // A second answer: "1" again says nothing new, "2" after "1" takes it back.
      if (answer.meaning() == Answer.Meaning.NO) {
        answer(open.get(0), -1, answer.meaning(), inbound);
      }
      return true;
    }
    return false;
  }

  private boolean byCode(List<Sent> sent, Answer answer, Signal.Inbound inbound) {
    boolean all = true;
    for (String code : answer.codes()) {
      boolean found = false;
      for (Sent s : sent) {
        List<String> codes = s.row().delivery().codes();
        int at = codes.indexOf(code);
        if (at >= 0 && s.open() && !found) {
          found = true;
          int point = codes.size() == 1 ? -1 : s.row().delivery().points().get(at);
          answer(s, point, answer.meaning(), inbound);
        }
      }
      all &= found;
    }
    return all;
  }

  private void answer(Sent sent, int point, Answer.Meaning meaning, Signal.Inbound inbound) {
    Progress.Row row = sent.row();
    boolean yes = meaning == Answer.Meaning.YES;
    say.accept(
        sent.of(),
        new Event(
            now,
            yes ? Event.Type.CONFIRMED : Event.Type.DECLINED,
            row.delivery().number(),
            row.attempts(),
            point,
            null,
            inbound.text().strip()));
  }

  private void delivered(Sent sent) {
    if (sent.row().state().yieldsTo(DeliveryState.DELIVERED)) {
      Progress.Row row = sent.row();
      say.accept(
          sent.of(),
          Event.ofDelivery(
              now,
              Event.Type.DELIVERED,
              row.delivery().number(),
              row.attempts(),
              null,
              "answered without a code"));
    }
  }

  private void report(Sent sent, Event.Type type, Signal.Inbound inbound) {
    say.accept(
        sent.of(),
        new Event(
            now,
            type,
            sent.row().delivery().number(),
            0,
            sent.row().delivery().points().stream().findFirst().orElse(-1),
            null,
            inbound.text().strip()));
  }
}
