package org.lastmile.desk;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.lastmile.channel.Message;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.Answer;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people write to us and what they are told: answers, reports, alarms, opting out, binding an
 * account. Everything here runs on the thread of the {@link Turns}; what an answer means for its
 * warning is decided in {@link Decisions}.
 */
final class Conversations {
  private static final Logger log = LoggerFactory.getLogger(Conversations.class);

  final List<Runnable> inboxListeners = new CopyOnWriteArrayList<>();
  final List<BiConsumer<String, Message>> replyListeners = new CopyOnWriteArrayList<>();

  final Notices notices = new Notices();
  final Inbox inbox;
  final OptOuts optOuts;
  final Bindings bindings;
  final Enrolment enrolment;
  private final Proofs proofs;
  private final Turns turns;
  private final Dispatch dispatch;
  private final Map<String, Planner.Address> channels;
  private final Collection<Case> cases;
  private final BiConsumer<Case, Event> answer;
  private final Consumer<String> due;

  /**
   * @param cases what is on the desk, as it changes
   * @param answer takes an answer to a warning
   * @param due told of a channel on which something is due
   */
  Conversations(
      Ledger ledger,
      Turns turns,
      Dispatch dispatch,
      Links links,
      Map<String, Planner.Address> channels,
      Predicate<String> registered,
      Collection<Case> cases,
      BiConsumer<Case, Event> answer,
      Consumer<String> due) {
    this.turns = turns;
    this.dispatch = dispatch;
    this.channels = channels;
    this.cases = cases;
    this.answer = answer;
    this.due = due;
    this.inbox = new Inbox(ledger.memory("inbox"));
    this.optOuts = new OptOuts(ledger.memory("opt-outs"));
    this.bindings = new Bindings(ledger.memory("bindings"));
    this.proofs = new Proofs(ledger.memory("codes"));
    String account =
        channels.entrySet().stream()
            .filter(c -> c.getValue() == Planner.Address.OPENID)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("");
    String sms =
        channels.containsKey("sms")
            ? "sms"
            : channels.keySet().stream().filter(this::phones).findFirst().orElse("");
    this.enrolment =
        new Enrolment(
            bindings,
            proofs,
            links,
            (phone, text) -> {
              notices.sayPatiently(turns.epoch(), sms, phone, text, now());
              wake(sms);
            },
            (openid, text) -> tell(account, openid, text),
            registered,
            !sms.isEmpty());
  }

  /** Takes up what is kept. */
  void load() {
    inbox.load(now());
    optOuts.load();
    bindings.load();
  }

  /** Forgets what lives in memory alone. */
  void clear() {
    notices.clear();
    proofs.clear();
  }

  /** An answer goes to its warning; whatever else somebody wrote is kept for people to read. */
  void words(String channel, Signal.Inbound in) {
    if (inbox.knows(channel, in)) {
      // A modem brings a stored message again for days; last night's "1" must not become tonight's.
      return;
    }
    turns.afterwards(() -> inbox.remember(channel, in));
    if (channels.get(channel) == Planner.Address.OPENID) {
      Optional<Enrolment.Said> about = enrolment.words(in.from(), in.text(), now());
      if (about.isPresent()) {
        respond(channel, in.from(), about.get().text(), about.get().link(), false);
        return;
      }
    }
    Answer.Meaning meaning = Answer.of(in.text()).meaning();
    View.Words.Kind kind =
        switch (meaning) {
          case OPT_OUT -> View.Words.Kind.OPT_OUT;
          case OPT_IN -> View.Words.Kind.OPT_IN;
          case ALARM -> View.Words.Kind.ALARM;
          case YES, NO, REPORT -> View.Words.Kind.REPORT;
        };
    boolean about = kind == View.Words.Kind.OPT_OUT || kind == View.Words.Kind.OPT_IN;
    Optional<Replies.Taken> taken =
        new Replies(now(), speaker(channel, in.from()), answer).take(cases, in);
    if (taken.isPresent() && taken.get().words() == null) {
      return;
    }
    Inbox.Place place = taken.map(Conversations::place).orElse(Inbox.Place.NONE);
    boolean first = inbox.keep(channel, in, kind, place).isPresent();
    if (first && kind == View.Words.Kind.ALARM) {
      log.error(
          "somebody who was {} writes of danger, on {}: look into the inbox",
          taken.isPresent() ? "warned" : "not written to",
          channel);
    }
    if (about && phones(channel)) {
      optOut(channel, in, kind == View.Words.Kind.OPT_OUT);
    }
    if (!first) {
      return;
    }
    turns.afterwards(() -> inboxListeners.forEach(Runnable::run));
    if (!(about && phones(channel))) {
      String help = taken.map(Replies.Taken::help).orElse("");
      if (!help.isEmpty()) {
        respond(channel, in.from(), help, dispatch.link(taken.get().of(), taken.get().row()), true);
      }
    }
  }

  private Replies.Speaker speaker(String channel, String address) {
    Set<String> phones =
        switch (channels.getOrDefault(channel, Planner.Address.PHONE)) {
          case OPENID -> bindings.of(address).map(b -> Set.of(b.phone())).orElse(Set.of());
          case WECOM -> bindings.phonesOf(address);
          case PHONE, DEVICE -> Set.of();
        };
    Set<String> wires = channels.keySet().stream().filter(this::phones).collect(Collectors.toSet());
    return new Replies.Speaker(channel, wechat(channel), phones, wires);
  }

  private static Inbox.Place place(Replies.Taken taken) {
    Delivery d = taken.row().delivery();
    List<Plan.Point> points = taken.of().progress.plan().points();
    String point = d.points().isEmpty() ? "" : points.get(d.points().get(0)).id();
    return new Inbox.Place(taken.of().id(), point, d.name());
  }

  /** Who comes and goes at an account of ours. */
  void follower(String channel, Signal.Binding b) {
    if (channels.get(channel) != Planner.Address.OPENID) {
      // Who is in the company is the company's own business; only a wrong account is forgotten.
      if (b.change() == Signal.Change.DEAD) {
        bindings.nobodys(b.address());
      }
      return;
    }
    switch (b.change()) {
      case FOLLOWED -> {
        bindings.alive(b.address());
        Enrolment.Said welcome = enrolment.welcome(b.address());
        respond(channel, b.address(), welcome.text(), welcome.link(), false);
      }
      case UNFOLLOWED -> {
        enrolment.unbind(b.address());
        bindings.die(b.address()); // the registry may have it, too
      }
      case ACCEPTED -> bindings.takes(b.address(), true);
      case REFUSED -> bindings.takes(b.address(), false);
      case DEAD -> bindings.die(b.address());
    }
  }

  boolean wechat(String channel) {
    Planner.Address address = channels.get(channel);
    return address == Planner.Address.OPENID || address == Planner.Address.WECOM;
  }

  boolean phones(String channel) {
    return channels.get(channel) == Planner.Address.PHONE;
  }

  private void optOut(String channel, Signal.Inbound in, boolean out) {
    String phone = in.from();
    if (out && optOuts.add(phone, channel, in.text(), now())) {
      log.info("somebody wants no more SMS of the lesser grades: red and orange still go to them");
      reply(channel, phone, "已登记，不再向您发蓝色、黄色预警短信。红色、橙色预警关系生命安全，仍会发送；责任人不能退订。恢复请回复：恢复", "");
    } else if (!out && optOuts.remove(phone)) {
      reply(channel, phone, "已恢复，今后各级预警短信都会发给您。", "");
    }
  }

  private void reply(String channel, String address, String text, String link) {
    if (notices.reply(turns.epoch(), channel, address, text, link, now())) {
      wake(channel);
    }
  }

  /** Somebody must know it, whether they are just writing to us or not. */
  private void tell(String channel, String address, String text) {
    if (notices.say(turns.epoch(), channel, address, text, "", now())) {
      wake(channel);
    }
  }

  /**
   * Answers somebody's words: in the same breath where the account's chat can, which costs nothing
   * and keeps no warning waiting.
   *
   * @param must without a chat it goes out as a message of its own
   */
  private void respond(String channel, String address, String text, String link, boolean must) {
    if (channels.get(channel) != Planner.Address.OPENID) {
      reply(channel, address, text, link);
      return;
    }
    notices
        .answer(turns.epoch(), channel, address, text, link, must, now())
        .ifPresent(m -> turns.afterwards(() -> replyListeners.forEach(l -> l.accept(channel, m))));
  }

  private void wake(String channel) {
    turns.afterwards(() -> due.accept(channel));
  }

  Optional<View.Words> seen(long number, String who) {
    Optional<View.Words> words = inbox.seen(number, who, now());
    turns.afterwards(() -> inboxListeners.forEach(Runnable::run));
    return words;
  }

  View.Test test(String channel, String address, String text) {
    if (!phones(channel)) {
      throw new Desk.Refused(channel + " carries no test messages: only channels to phones do");
    }
    View.Test test = notices.test(turns.epoch(), channel, address, text, now());
    wake(channel);
    return test;
  }

  Optional<View.Test> lookAtTest(String id) {
    return Optional.ofNullable(notices.look(id, now()));
  }

  /** One button was pressed for many points: it shows that the card was read, and no more. */
  void pointByPoint(Case of, Progress.Row row) {
    Delivery d = row.delivery();
    String link = dispatch.link(of, row);
    String where = link.isEmpty() ? "请回复短信里各处的数字。" : "请打开 " + link + " 逐处答复。";
    String text = "您负责" + d.points().size() + "处，还没有记上：" + where;
    if (notices.say(turns.epoch(), d.channel(), d.address(), text, link, now())) {
      wake(d.channel());
    }
  }

  private Instant now() {
    return turns.now();
  }
}
