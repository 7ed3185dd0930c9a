package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;
import org.lastmile.channel.Speech;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Sound;

/**
 * Who is next on each lane, coverage first: real before drill; corrections and lifts; the worst
 * grade; points with nobody told or being told; the ladder; the person who can act. Order decides
 * lives where a modem sends ten messages a minute, so it is decided at the last moment.
 */
final class Dispatch {

  /** Tries of one loudspeaker command whose receipt never comes. */
  private static final int MOST_ASKS = 4;

  /** Receipts of a large batch take minutes; whoever has none by then is written to otherwise. */
  private static final Duration EVIDENCE = Duration.ofMinutes(5);

  /** What is waited for in vain is given up that long after its warning is over. */
  private static final Duration GIVE_UP = Duration.ofMinutes(10);

  /** Tries whose outcome is not known: a person is written to twice at most. */
  private static final int MOST_UNKNOWN = 2;

  /**
   * Tries that the gateway itself has cut off. Most of them never left, so each is made again; only
   * a gateway that dies of the very message must come to an end with it.
   */
  private static final int MOST_INTERRUPTIONS = 5;

  /** Behind the slightest warning, before notices. */
  private static final int DRILL = 5;

  /** Behind the last audience that is told to act, before residents. */
  private static final int DETAILS = 2 * Audience.RESIDENT.ordinal() - 1;

  private final Map<String, PriorityQueue<Ticket>> lanes = new HashMap<>();
  private final Links links;
  private final Predicate<String> company;
  private final Supplier<Policy> policy;
  private final ZoneId zone;

  /** Channels that last said that they can carry nothing, and the tries they were given since. */
  private final Map<String, Set<String>> down = new HashMap<>();

  /**
   * With no queues yet.
   *
   * @param company true for a channel to a company's own accounts
   */
  Dispatch(Links links, Predicate<String> company, Supplier<Policy> policy, ZoneId zone) {
    this.links = links;
    this.company = company;
    this.policy = policy;
    this.zone = zone;
  }

  private record Ticket(Case of, Progress.Row row, long key) implements Comparable<Ticket> {
    @Override
    public int compareTo(Ticket other) {
      return Long.compare(key, other.key);
    }
  }

  void clear() {
    lanes.clear();
    down.clear();
  }

  /** A channel carries nothing now, or carries again: whoever stands in for it need not wait. */
  void lane(String channel, boolean carries) {
    if (carries) {
      down.remove(channel);
    } else {
      down.put(channel, new HashSet<>());
    }
  }

  void begun(String channel, String attempt) {
    Set<String> since = down.get(channel);
    if (since != null) {
      since.add(attempt);
    }
  }

  /** It took that try: it carries again, unless the try was older than what brought it down. */
  void carried(String channel, String attempt) {
    Set<String> since = down.get(channel);
    if (since != null && since.contains(attempt)) {
      down.remove(channel);
    }
  }

  /** Queues those of the rows of a case that may go out now. Returns the channels that got some. */
  Set<String> sweep(Case of, List<Progress.Row> rows, Policy.Waits waits, Instant now) {
    Set<String> channels = new HashSet<>();
    if (!of.progress.status().open() || (of.progress.unsettled() == 0 && !repeats(of.progress))) {
      return channels;
    }
    for (Progress.Row row : rows) {
      int number = row.delivery().number();
      if (!of.queued.get(number) && wants(of, row, waits, now)) {
        of.queued.set(number);
        lanes
            .computeIfAbsent(row.delivery().channel(), c -> new PriorityQueue<>())
            .add(new Ticket(of, row, key(of, row)));
        channels.add(row.delivery().channel());
      }
    }
    return channels;
  }

  /** It leaves the desk: a lane that nobody asks for its next keeps nothing of it. */
  void drop(Case of) {
    if (!of.queued.isEmpty()) {
      lanes.values().forEach(lane -> lane.removeIf(ticket -> ticket.of == of));
    }
  }

  /** How many rows wait on a lane. */
  int waiting(String channel) {
    PriorityQueue<Ticket> lane = lanes.get(channel);
    return lane == null ? 0 : lane.size();
  }

  /**
   * Takes the next rows off a lane. {@code tried} is told of each at once, so that the next choice
   * knows that somebody of its points is being told.
   */
  void take(
      String channel,
      int room,
      Policy.Waits waits,
      Instant now,
      BiConsumer<Case, Progress.Row> tried) {
    PriorityQueue<Ticket> lane = lanes.get(channel);
    int left = room;
    while (lane != null && left > 0 && !lane.isEmpty()) {
      Ticket ticket = lane.poll();
      if (!wants(ticket.of, ticket.row, waits, now)) {
        ticket.of.queued.clear(ticket.row.delivery().number());
        continue;
      }
      long key = key(ticket.of, ticket.row);
      if (key > ticket.key) {
        lane.add(new Ticket(ticket.of, ticket.row, key));
        continue;
      }
      ticket.of.queued.clear(ticket.row.delivery().number());
      tried.accept(ticket.of, ticket.row);
      left--;
    }
  }

  private boolean wants(Case of, Progress.Row row, Policy.Waits waits, Instant now) {
    Progress progress = of.progress;
    if (repeatsNow(progress, row, now)) {
      return true;
    }
    if (row.flying()
        || row.pending()
        || row.state().settled()
        || (row.delivery().details() ? !progress.mayFollow(row) : progress.answered(row))
        || !now.isBefore(progress.plan().playBy())
        || !progress.awake(row)
        || standsBack(progress, row, waits, now)) {
      return false;
    }
    if (row.state() == DeliveryState.QUEUED) {
      return row.due() == null || !row.due().isAfter(now);
    }
    // SENT: asked again when the time for evidence has passed, and only where that is safe.
    return row.due() != null && !row.due().isAfter(now) && mayAskAgain(row);
  }

  /** Points are open, and the policy has their loudspeakers play again. */
  private boolean repeats(Progress progress) {
    return progress.uncovered() > 0 && !sound(progress).again().isZero();
  }

  /** It was heard, but a point of it is open and the policy's time has passed since. */
  private boolean repeatsNow(Progress progress, Progress.Row row, Instant now) {
    return row.delivery().audience() == Audience.LOUDSPEAKER
        && row.delivery().stage() == 0
        && row.state() == DeliveryState.CONFIRMED
        && !row.flying()
        && repeats(progress)
        && progress.awake(row)
        && now.isBefore(progress.plan().playBy())
        && row.delivery().points().stream().anyMatch(p -> !progress.spot(p).covered())
        && progress.rowsOf(row.delivery().recipient()).stream()
            .allMatch(r -> quietSince(r, now.minus(sound(progress).again())));
  }

  /** Nothing of it has been asked of the device, or heard from it, since then. */
  private static boolean quietSince(Progress.Row row, Instant then) {
    return (row.lastTried() == null || !row.lastTried().isAfter(then))
        && (row.heard() == null || !row.heard().isAfter(then));
  }

  /** A loudspeaker knows what it has played; a person is written to once more. */
  private static boolean mayAskAgain(Progress.Row row) {
    return row.delivery().audience() == Audience.LOUDSPEAKER
        ? row.asks() < MOST_ASKS
        : row.unknown()
            && row.unknowns() < MOST_UNKNOWN
            && row.interruptions() < MOST_INTERRUPTIONS;
  }

  /**
   * Its time for evidence has passed, and nobody is going to ask again; or it waits for what may
   * never come, a carrier's report or a platform's review, of a warning that is long over.
   */
  static boolean unresolved(Progress progress, Progress.Row row, Instant now) {
    if (row.state() != DeliveryState.SENT || row.flying()) {
      return false;
    }
    if (progress.over() != null && !now.isBefore(progress.over().plus(GIVE_UP))) {
      return true;
    }
    if (row.pending()) {
      return false;
    }
    boolean over = !progress.status().open() || !now.isBefore(progress.plan().playBy());
    return row.due() != null && !row.due().isAfter(now) && (over || !mayAskAgain(row));
  }

  /**
   * A stand-in waits until the row before it has failed, has not got out for a while, or has got
   * out and nobody says that it came. What a platform holds for review, or a lane that is down
   * can't take, is not waited for.
   */
  private boolean standsBack(Progress progress, Progress.Row row, Policy.Waits waits, Instant now) {
    int before = row.delivery().insteadOf();
    if (before < 0) {
      return false;
    }
    Progress.Row first = progress.row(before);
    if (first.state().settled()) {
      return first.state().told();
    }
    if (first.pending()) {
      return false;
    }
    Instant released = progress.released() == null ? now : progress.released();
    boolean hopeless = !first.flying() && down.containsKey(first.delivery().channel());
    if (first.handoff() != null && !(hopeless && first.unknown())) {
      // A platform that takes everything and proves nothing must not keep the next one waiting.
      return now.isBefore(first.handoff().plus(longer(waits.spill(), EVIDENCE)));
    }
    return !hopeless && now.isBefore(released.plus(waits.spill()));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static long key(Case of, Progress.Row row) {
    Progress progress = of.progress;
    Delivery d = row.delivery();
    Content.Kind kind = progress.plan().words().get(d.words()).kind();
    boolean correction = kind == Content.Kind.LIFT || d.audience() == Audience.FORMER;
    Grade grade = progress.warning().grade();
    boolean untold =
        d.audience() == Audience.LOUDSPEAKER
            || (!d.details() && d.points().stream().anyMatch(p -> progress.spot(p).touched() == 0));
    long key = progress.warning().drill() ? 1 : 0;
    key = key << 1 | (correction ? 0 : 1);
    key = key << 2 | (grade == null ? 0 : grade.ordinal());
    key = key << 1 | (untold ? 0 : 1);
    // Details come when everybody who must act has got their first words: they are no part of the
    // ladder, and stand before those who only have to know.
    key = key << 1 | (d.stage() > 0 && !d.details() ? 0 : 1);
    key = key << 4 | (d.details() ? DETAILS : 2 * d.audience().ordinal());
    key = key << 16 | Math.min(of.order, 0xFFFF);
    return key << 24 | d.number();
  }

  /** The message of the row's try that was just written down. */
  Message message(Case of, Progress.Row row, Policy policy) {
    Progress progress = of.progress;
    Plan plan = progress.plan();
    Delivery d = row.delivery();
    Plan.Words words = plan.words().get(d.words());
    Policy.Ladder ladder = policy.ladders().get(grade(progress));
    EnumSet<Message.Mark> marks = EnumSet.noneOf(Message.Mark.class);
    if (row.unknown()) {
      marks.add(Message.Mark.POSSIBLE_DUPLICATE);
    }
    if (ladder.flash()
        && d.audience().responsible()
        && !d.details() // a phone keeps no flash message, and these are to be read again
        && words.kind() != Content.Kind.LIFT) {
      marks.add(Message.Mark.FLASH);
    }
    if ((d.stage() > 0 && !d.details()) || words.kind() == Content.Kind.LIFT) {
      marks.add(Message.Mark.RESERVE);
    }
    if (d.audience().acts()) {
      marks.add(Message.Mark.ACTS);
    }
    if (grade(progress) == Grade.RED && !progress.warning().drill()) {
      marks.add(Message.Mark.OVER_BUDGET);
    }
    Map<String, String> fields = new HashMap<>();
    String link = d.audience() == Audience.LOUDSPEAKER ? "" : link(of, row);
    if (!link.isEmpty()) {
      fields.put(Field.LINK, link);
    }
    if (d.codes().size() == 1) {
      fields.put(Field.CODE, d.codes().get(0));
    }
    if (d.codes().size() > 1) {
      fields.put(Field.EACH, Integer.toString(d.points().size()));
    }
    String attempt = plan.warning() + "." + d.number() + "." + row.attempts();
    return new Message(attempt, d.address(), content(of, row, words), fields, marks);
  }

  /** Where whoever got that row's message reads on and answers; empty = nowhere. */
  String link(Case of, Progress.Row row) {
    Delivery d = row.delivery();
    // WeCom takes a thousand recipients at once where all read the same, and its card has buttons
    // of its own: only who answers point by point needs a page that knows them.
    return company.test(d.channel()) && d.codes().size() < 2
        ? links.warning(of.id())
        : links.warning(of.id(), d.number());
  }

  private Content content(Case of, Progress.Row row, Plan.Words words) {
    Plan plan = of.progress.plan();
    boolean open = words.text().contains("{open}");
    boolean again =
        row.delivery().audience() == Audience.LOUDSPEAKER && row.state() == DeliveryState.CONFIRMED;
    String id =
        again
            ? repeatId(plan, row)
            : plan.contentId(row.delivery()) + (open ? "." + row.attempts() : "");
    return of.contents.computeIfAbsent(
        id,
        i ->
            new Content(
                i,
                words.kind(),
                plan.warning(),
                open ? words.text().replace("{open}", stillOpen(of, row)) : words.text(),
                words.fields(),
                speech(of.progress, words.kind()),
                again ? row.lastTried() : issued(of.progress, row.delivery().stage()),
                plan.playBy(),
                priority(of.progress, row.delivery(), words.kind()),
                of.progress.warning().drill(),
                words.targets(),
                words.supersedes()));
  }

  /** Of words that were heard and are played again: new to the device, or it would only answer. */
  static String repeatId(Plan plan, Progress.Row row) {
    return plan.contentId(row.delivery()) + ".r" + row.attempts();
  }

  /**
   * Any real warning interrupts any drill. On a loudspeaker a lift ends what it names at once, and
   * its words wait their turn: an all-clear for one warning must not sound into a graver one.
   */
  private static int priority(Progress progress, Delivery delivery, Content.Kind kind) {
    if (progress.warning().drill()) {
      return DRILL;
    }
    int first = 1 + grade(progress).ordinal();
    if (kind == Content.Kind.LIFT) {
      return delivery.audience() == Audience.LOUDSPEAKER ? first : 0;
    }
    return delivery.details() ? first + 1 : first;
  }

  /** The same whenever it is asked for, and later for a later rung: devices play the later one. */
  private static Instant issued(Progress progress, int stage) {
    Instant released = progress.released();
    return (released == null ? progress.accepted() : released).plusSeconds(stage);
  }

  private static String stillOpen(Case of, Progress.Row row) {
    List<String> names = new ArrayList<>();
    for (int place : row.delivery().points()) {
      if (!of.progress.spot(place).covered()) {
        names.add(of.progress.plan().points().get(place).name());
      }
    }
    String first = names.stream().limit(5).collect(Collectors.joining("、"));
    return names.size() > 5 ? first + "等" + names.size() + "处" : first;
  }

  private Speech speech(Progress progress, Content.Kind kind) {
    Sound sound = sound(progress);
    Instant said = issued(progress, 0);
    int volume =
        policy.get().night(LocalTime.ofInstant(said, zone)) ? sound.night() : sound.volume();
    String siren = kind == Content.Kind.LIFT ? "all-clear" : sound.siren();
    return new Speech(sound.repeats(), sound.pause(), volume, siren, null, "");
  }

  private Sound sound(Progress progress) {
    return policy.get().sounds().get(grade(progress));
  }

  private static Grade grade(Progress progress) {
    return progress.warning().grade() == null ? Grade.RED : progress.warning().grade();
  }
}
