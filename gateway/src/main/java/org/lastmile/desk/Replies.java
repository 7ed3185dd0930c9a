package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Answer;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/**
 * What a person's words mean for which warning. A bare answer counts only when exactly one message
 * to that person is unanswered, and any answer only when it came to the SIM that had asked: a late
 * answer to last night's warning never confirms tonight's.
 */
final class Replies {
  /**
   * How far the carrier's clock and ours may be apart. What was written longer than that before a
   * message had left is no answer to it: a centre keeps an answer for days while a modem is away.
   */
  private static final Duration CLOCKS = Duration.ofMinutes(30);

  private final BiConsumer<Case, Event> say;
  private final Instant now;
  private final Speaker by;

  Replies(Instant now, Speaker by, BiConsumer<Case, Event> say) {
    this.now = now;
    this.by = by;
    this.say = say;
  }

  /**
   * Who says something, beside the address they say it from.
   *
   * @param channel where it is said
   * @param account true where an address is no phone but an account of one person
   * @param phones that are known to be that person's; empty = none, or the address is the phone
   * @param phoneChannels channels on which a phone is the address
   */
  record Speaker(String channel, boolean account, Set<String> phones, Set<String> phoneChannels) {}

  /**
   * What was made of the words of somebody who was written to.
   *
   * @param words kept as they are, as FIELD_REPORT or ALARM; null = they were an answer
   * @param help what to tell the person who tried to answer in vain; empty = nothing
   */
  record Taken(Case of, Progress.Row row, Event.Type words, String help) {}

  /** The newest message of one warning to the person who wrote. */
  private record Sent(Case of, Progress.Row row) {
    /** It asks for an answer, and may be in the person's hands without one. */
    boolean unanswered() {
      return of.progress.outstanding(row.delivery().recipient(), false);
    }

    /** Whether words written then may be about it; null = not known when. */
    boolean before(Instant written) {
      Instant left = row.handoff() == null ? row.firstTried() : row.handoff();
      return written == null || left == null || !written.plus(CLOCKS).isBefore(left);
    }

    boolean open() {
      return of.progress.status() == WarningStatus.RELEASED
          || of.progress.status() == WarningStatus.HELD
          || of.progress.status() == WarningStatus.AWAITING_APPROVAL;
    }

    /** It is in the person's hands, or may be. */
    boolean inHand() {
      boolean failed = row.state().settled() && !row.state().told();
      return ((row.left() || row.flying()) && !failed) || row.state() == DeliveryState.UNKNOWN;
    }

    boolean asks() {
      return row.delivery().audience().acts();
    }

    /** 暴雨红色预警, a drill's with its mark. */
    String name() {
      return Replies.name(of.progress);
    }
  }

  static String name(Progress progress) {
    Warning w = progress.warning();
    String grade = w.grade() == null ? "" : w.grade().colour();
    return (w.drill() ? "【演练】" : "") + w.hazard().name() + grade + "预警";
  }

  /** Handles one message; empty when nobody here was ever written to at that address. */
  Optional<Taken> take(Collection<Case> cases, Signal.Inbound inbound) {
    List<Sent> sent = new ArrayList<>();
    for (Case of : cases) {
      sent.addAll(sent(of, inbound.from()));
    }
    sent.sort(Comparator.comparingInt((Sent s) -> s.of().order).reversed());
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    Answer answer = Answer.of(inbound.text());
    Sent newest = sent.get(0);
    boolean answers =
        answer.meaning() == Answer.Meaning.YES || answer.meaning() == Answer.Meaning.NO;
    if (!answers) {
      boolean alarm = answer.meaning() == Answer.Meaning.ALARM;
      return report(newest, alarm ? Event.Type.ALARM : Event.Type.FIELD_REPORT, "", inbound);
    }
    List<Sent> before = sent.stream().filter(s -> s.before(inbound.written())).toList();
    boolean bare = answer.codes().isEmpty();
    if (bare ? bare(before, answer, inbound) : byCode(before, answer, inbound)) {
      return Optional.of(new Taken(newest.of(), newest.row(), null, ""));
    }
    Sent about = sent.stream().filter(s -> s.open() && s.unanswered()).findFirst().orElse(newest);
    return report(about, Event.Type.FIELD_REPORT, help(sent, inbound), inbound);
  }

  /**
   * What was sent to that address, or, where an account got nothing that may be in its person's
   * hands, what they got by another way: who reads an SMS may well answer in the chat.
   */
  private List<Sent> sent(Case of, String from) {
    List<Sent> here = newest(of, of.rowsAt(by.channel(), from)).stream().toList();
    if (!by.account() || here.stream().anyMatch(Sent::inHand)) {
      return here;
    }
    Set<String> recipients = recipients(of.rowsAt(by.channel(), from));
    for (String phone : by.phones()) {
      recipients.add(phone);
      by.phoneChannels().forEach(c -> recipients.addAll(recipients(of.rowsAt(c, phone))));
    }
    List<Sent> elsewhere =
        recipients.stream().flatMap(r -> newest(of, inHand(of, r)).stream()).toList();
    return elsewhere.isEmpty() ? here : elsewhere;
  }

  private static Set<String> recipients(List<Progress.Row> rows) {
    return rows.stream()
        .map(r -> r.delivery().recipient())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static List<Progress.Row> inHand(Case of, String recipient) {
    return of.progress.rowsOf(recipient).stream().filter(r -> new Sent(of, r).inHand()).toList();
  }

  private static Optional<Sent> newest(Case of, List<Progress.Row> rows) {
    return rows.stream()
        .filter(r -> r.attempts() > 0 && !r.delivery().details())
        .filter(r -> r.delivery().audience() != Audience.LOUDSPEAKER)
        .max(Comparator.comparingInt(r -> r.delivery().stage()))
        .map(r -> new Sent(of, r));
  }

  private boolean bare(List<Sent> sent, Answer answer, Signal.Inbound inbound) {
    List<Sent> unanswered = sent.stream().filter(Sent::unanswered).toList();
    if (unanswered.size() == 1 && unanswered.get(0).open()) {
      Sent one = unanswered.get(0);
      if (elsewhere(one, inbound)) {
        return false;
      }
      if (one.row().delivery().codes().isEmpty()) {
        rest(one, answer.meaning(), inbound);
        return true;
      }
      // It asked for codes: the words show that it was read, and for no more.
      delivered(one);
      return false;
    }
    if (!unanswered.isEmpty()) {
      return false;
    }
    // Nothing is asked for any more: "1" again says nothing new, "2" after "1" takes it back.
    // Whoever
    // only had to know may say that they do.
    List<Sent> open = sent.stream().filter(Sent::open).toList();
    if (open.size() != 1 || elsewhere(open.get(0), inbound)) {
      return false;
    }
    Sent one = open.get(0);
    if (one.asks() && one.row().delivery().codes().size() > 1) {
      return answer.meaning() == Answer.Meaning.YES;
    }
    if (!one.asks() || answer.meaning() == Answer.Meaning.NO) {
      answer(one, -1, answer.meaning(), inbound);
    }
    return true;
  }

  /** For all its points, or for those that nothing was said of on the page. */
  private void rest(Sent one, Answer.Meaning meaning, Signal.Inbound inbound) {
    String recipient = one.row().delivery().recipient();
    List<Integer> places = one.row().delivery().points();
    List<Integer> unsaid =
        places.stream()
            .filter(p -> !one.of().progress.spot(p).answered().contains(recipient))
            .filter(p -> !one.of().progress.spot(p).declinedBy().contains(recipient))
            .toList();
    if (unsaid.size() == places.size()) {
      answer(one, -1, meaning, inbound);
    } else {
      unsaid.forEach(p -> answer(one, p, meaning, inbound));
    }
  }

  /** Most codes must be known: a phone number that somebody writes reads like codes too. */
  private boolean byCode(List<Sent> sent, Answer answer, Signal.Inbound inbound) {
    Map<String, Sent> known = new LinkedHashMap<>();
    for (String code : answer.codes()) {
      sent.stream()
          .filter(s -> s.open() && !elsewhere(s, inbound))
          .filter(s -> s.row().delivery().codes().contains(code))
          .findFirst()
          .ifPresent(s -> known.put(code, s));
    }
    long asked = answer.codes().stream().distinct().count();
    if (known.size() <= asked / 2) {
      return false;
    }
    known.forEach(
        (code, s) -> {
          Delivery d = s.row().delivery();
          int point = d.codes().size() == 1 ? -1 : d.points().get(d.codes().indexOf(code));
          answer(s, point, answer.meaning(), inbound);
        });
    return known.size() == asked;
  }

  /**
   * The words came to a SIM that had not asked. Where it is not known which one had, or a SIM is
   * known by its number on one side and by its modem on the other, nothing can be said against it;
   * nor against words in a chat, which say who writes them.
   */
  private boolean elsewhere(Sent sent, Signal.Inbound inbound) {
    if (inbound.to().isBlank() || !sent.row().delivery().channel().equals(by.channel())) {
      return false;
    }
    boolean asked = false;
    for (Progress.Row row : sent.of().progress.rowsOf(sent.row().delivery().recipient())) {
      if (!row.delivery().channel().equals(by.channel()) || row.attempts() == 0) {
        continue;
      }
      boolean other =
          !row.from().isEmpty()
              && !row.unknown()
              && row.from().stream()
                  .allMatch(f -> modem(f) == modem(inbound.to()) && !f.equals(inbound.to()));
      if ((row.left() || row.flying()) && !other) {
        return false;
      }
      asked |= row.left();
    }
    return asked;
  }

  /** An IMEI stands for the SIM in it where the SIM does not know its number. */
  private static boolean modem(String address) {
    return address.matches("\\d{15}") || address.startsWith("/");
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
            inbound.text().strip()
                + (row.delivery().channel().equals(by.channel()) ? "" : "（微信）")));
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

  private Optional<Taken> report(Sent sent, Event.Type type, String help, Signal.Inbound inbound) {
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
    return Optional.of(new Taken(sent.of(), sent.row(), type, help));
  }

  /** How to answer what is still open; empty when nothing is. */
  private String help(List<Sent> sent, Signal.Inbound inbound) {
    List<Sent> open = sent.stream().filter(s -> s.open() && s.unanswered()).toList();
    if (open.isEmpty()) {
      return "";
    }
    if (open.stream().allMatch(s -> elsewhere(s, inbound))) {
      return "您的答复没有记上：请直接回复发来预警短信的那个号码。";
    }
    boolean several = open.size() > 1;
    String how =
        open.stream()
            .sorted(Comparator.comparing(s -> s.row().delivery().codes().isEmpty()))
            .map(s -> s.name() + how(s.row().delivery().codes(), several))
            .collect(Collectors.joining("；"));
    return "您的答复没有记上。" + how + "。";
  }

  private static String how(List<String> codes, boolean several) {
    return switch (codes.size()) {
      case 0 -> (several ? "最后答复，" : "") + "收到回1，去不了回2";
      case 1 -> "收到回%s，去不了回2%s".formatted(codes.get(0), codes.get(0));
      default -> "请逐点回复点后数字，去不了在数字前加2";
    };
  }
}
