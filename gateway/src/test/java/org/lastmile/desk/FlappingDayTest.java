package org.lastmile.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/**
 * A whole day of storms over bad links, in seconds: loudspeakers come and go, carriers stumble,
 * receipts are lost, doubled and late. When it is over nothing waits for ever, what the desk holds
 * in memory is what the ledger says, and nothing of the day is left behind.
 */
class FlappingDayTest {
  private static final int POINTS = 120;
  private static final int AT_ONCE = 40;
  private static final Duration STEP = Duration.ofSeconds(5);

  /** Of one row, however often its device comes and goes. */
  private static final int MOST_TRIES = 60;

  private final Random chance = new Random(20260701);
  private final Town town = new Town();
  private final List<Horn> horns = new ArrayList<>();
  private final Map<String, Horn> hornOf = new LinkedHashMap<>();
  private final List<Threat.AtPoint> all = new ArrayList<>();
  private final PriorityQueue<Later> agenda = new PriorityQueue<>();
  private final List<CompletableFuture<?>> asked = new ArrayList<>();

  /** Every warning and lift of the day. */
  private final List<String> ids = new ArrayList<>();

  private long count;
  private int handedOut;
  private int longestQueue;

  /** What a device's link does. */
  private static final class Horn {
    private final String id;
    private final int up;
    private final int down;
    private boolean on;
    private Instant until = Instant.EPOCH;

    Horn(String id, int up, int down) {
      this.id = id;
      this.up = up;
      this.down = down;
    }
  }

  private record Later(Instant at, long number, Runnable what) implements Comparable<Later> {
    @Override
    public int compareTo(Later other) {
      int order = at.compareTo(other.at);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  @Test
  void a_day_of_storms_over_flapping_links_leaves_nothing_waiting_and_nothing_behind() {
    for (int i = 0; i < POINTS; i++) {
      // A third is steady, a third drops now and then, a third all the time.
      int up = i % 3 == 0 ? 200_000 : i % 3 == 1 ? 4000 : 20 + i % 40;
      Horn horn = new Horn("v-p" + i, up, i % 3 == 1 ? 300 : 10 + i % 50);
      horns.add(horn);
      hornOf.put(horn.id, horn);
      town.point("p" + i, true);
    }
    all.addAll(town.points.values());
    plan();
    Instant morning = town.now.plus(Duration.ofHours(24));
    Instant compared = town.now;
    while (town.now.isBefore(morning)) {
      step(STEP);
      if (!town.now.isBefore(compared)) {
        compared = compared.plus(Duration.ofHours(1));
        foldsAlike();
        nothingWaitsInVain();
      }
    }
    assertThat(handedOut).as("a day with something to do").isGreaterThan(5_000);

    for (Case of : List.copyOf(town.desk.decisions.cases.values())) {
      WarningStatus status = of.progress.status();
      boolean lift = of.progress.warning().type() == Warning.Type.CANCEL;
      if (status == WarningStatus.RELEASED && !lift) {
        ids.add(town.ask(d -> d.lift(of.id(), "王", "天晴了")).id());
      }
    }
    // The links are mended; the longest that a lift is worth telling is twelve hours.
    horns.forEach(this::mended);
    Instant told = town.now.plus(Duration.ofHours(12)).plus(Duration.ofMinutes(11));
    while (town.now.isBefore(told)) {
      step(Duration.ofSeconds(30));
    }
    foldsAlike();
    nothingWaitsInVain();
    for (String id : ids) {
      Progress progress = Decisions.fold(town.ledger.read(id).orElseThrow());
      assertThat(progress.status().open()).as(id).isFalse();
      List<String> waiting =
          Views.rows(progress).stream()
              .filter(r -> !r.state().settled() || r.attempts() > MOST_TRIES)
              .map(r -> r.channel() + " " + r.state() + " " + r.attempts() + " " + r.why())
              .toList();
      assertThat(waiting).as(id + " " + progress.status()).isEmpty();
    }
    assertThat(town.duties()).isEmpty();
    horns.forEach(h -> assertThat(town.desk.gravelyWarned(h.id)).isFalse());

    // And a day later nothing of it is on the desk.
    Instant gone = town.now.plus(Duration.ofHours(25));
    while (town.now.isBefore(gone)) {
      step(Duration.ofMinutes(5));
    }
    assertThat(town.ledger.open()).isEmpty();
    assertThat(town.desk.decisions.cases).isEmpty();
    assertThat(town.desk.decisions.dispatch.waiting("loudspeaker")).isZero();
    assertThat(town.desk.decisions.dispatch.waiting("sms")).isZero();
    assertThat(town.desk.devices()).hasSize(POINTS);
    assertThat(longestQueue).as("rows that wait at once").isLessThan(1_000);
    town.close();
  }

  // --- the day -----------------------------------------------------------------------------------

  private void plan() {
    Grade[] grades = {Grade.RED, Grade.ORANGE, Grade.YELLOW, Grade.BLUE};
    for (int i = 0; i < 18; i++) {
      Duration at = Duration.ofMinutes(10 + 75 * i + chance.nextInt(30));
      String name = "w" + i;
      Grade grade = grades[i % 4];
      switch (i % 6) {
        case 0 -> later(at, () -> issue(Town.warning(grade, name))); // until the morning
        case 1 -> {
          later(at, () -> issue(Town.warning(grade, name)));
          later(at.plusMinutes(40 + chance.nextInt(60)), () -> lift(name));
        }
        case 2 -> {
          later(at, () -> issue(Town.warning(grade, name)));
          later(at.plusMinutes(20), () -> update(grade, name));
        }
        case 3 ->
            later(
                at, () -> issue(Town.expiring(grade, name, town.now.plus(Duration.ofMinutes(50)))));
        case 4 -> {
          // Nobody decides: responsible persons are told, and then somebody says no.
          later(at, () -> issue(Town.doubtful(Grade.RED, name)));
          later(at.plusMinutes(8), () -> reject(name));
        }
        default -> {
          Warning.Nature drill = Warning.Nature.EXERCISE;
          later(at, () -> issue(Town.warning(grade, name, Warning.Type.ALERT, drill, List.of())));
          later(at.plusMinutes(3), () -> lift(name));
        }
      }
    }
    for (int minute = 15; minute < 24 * 60; minute += 15) {
      later(Duration.ofMinutes(minute), this::seeToDuties);
    }
    // A modem lane and the broker's link each go for a while.
    for (int hour = 1; hour < 24; hour += 3) {
      later(Duration.ofHours(hour).plusMinutes(20), () -> lane("sms", Signal.State.OFFLINE));
      later(Duration.ofHours(hour).plusMinutes(26), () -> lane("sms", Signal.State.ONLINE));
      later(
          Duration.ofHours(hour).plusMinutes(40), () -> lane("loudspeaker", Signal.State.OFFLINE));
      later(Duration.ofHours(hour).plusMinutes(43), () -> lane("loudspeaker", Signal.State.ONLINE));
    }
  }

  /** Over some of the points, others each time. */
  private void issue(Warning warning) {
    town.points.clear();
    int from = chance.nextInt(POINTS);
    for (int i = 0; i < AT_ONCE; i++) {
      Threat.AtPoint point = all.get((from + 7 * i) % POINTS);
      town.points.put(point.point().id(), point);
    }
    ids.add(town.issue(warning).id());
  }

  private static String id(String name) {
    return Town.warning(Grade.RED, name).id();
  }

  private void lift(String name) {
    ids.add(town.ask(d -> d.lift(id(name), "王", "雨停了")).id());
  }

  private void reject(String name) {
    town.ask(d -> d.reject(id(name), "王", "听错了"));
  }

  private void update(Grade grade, String name) {
    Warning old = Town.warning(grade, name);
    Warning.Reference reference =
        new Warning.Reference(
            old.identity().sender(), old.identity().identifier(), old.identity().sent());
    issue(
        Town.warning(
            Grade.ORANGE,
            name + "-update",
            Warning.Type.UPDATE,
            Warning.Nature.ACTUAL,
            List.of(reference)));
  }

  /** People go to a third of what is asked of them. */
  private void seeToDuties() {
    for (DutyTask task : town.duties()) {
      for (DutyTask.Item item : task.items()) {
        if (chance.nextInt(3) == 0) {
          ask(d -> d.word(task.warning(), item.point(), "李", "上门", "", true, 3));
        }
      }
    }
  }

  private void lane(String channel, Signal.State state) {
    hears(
        channel, new Signal.Presence(Signal.Subject.LANE, channel, state, "", town.now, Map.of()));
  }

  // --- one step ----------------------------------------------------------------------------------

  private void step(Duration time) {
    town.now = town.now.plus(time);
    horns.forEach(this::live);
    while (!agenda.isEmpty() && !agenda.peek().at().isAfter(town.now)) {
      agenda.poll().what().run();
    }
    CompletableFuture<List<Message>> plays = town.desk.due("loudspeaker", 30);
    CompletableFuture<List<Message>> sms = town.desk.due("sms", 5);
    turn();
    assertThat(asked).allMatch(a -> a.isDone() && !a.isCompletedExceptionally());
    asked.clear();
    plays.getNow(null).forEach(this::handToHorn);
    sms.getNow(null).forEach(this::handToCarrier);
    Dispatch dispatch = town.desk.decisions.dispatch;
    longestQueue =
        Math.max(longestQueue, dispatch.waiting("loudspeaker") + dispatch.waiting("sms"));
  }

  private void turn() {
    try {
      town.desk.turn(Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void live(Horn horn) {
    if (!town.now.isBefore(horn.until)) {
      horn.on = !horn.on;
      int time = horn.on ? horn.up / 2 + chance.nextInt(horn.up) : horn.down;
      horn.until = town.now.plusSeconds(time);
      boolean faulty = horn.on && chance.nextInt(50) == 0;
      Signal.State up = faulty ? Signal.State.FAULTY : Signal.State.ONLINE;
      // One connection that breaks in three is not noticed.
      if (horn.on || chance.nextInt(3) > 0) {
        presence(horn, horn.on ? up : Signal.State.OFFLINE);
      }
    }
  }

  private void mended(Horn horn) {
    horn.on = true;
    horn.until = Instant.MAX;
    presence(horn, Signal.State.ONLINE);
  }

  private void presence(Horn horn, Signal.State state) {
    hears(
        "loudspeaker",
        new Signal.Presence(Signal.Subject.DEVICE, horn.id, state, "", town.now, Map.of()));
  }

  private void handToHorn(Message message) {
    handedOut++;
    Horn horn = hornOf.get(message.address());
    int luck = chance.nextInt(100);
    Outcome outcome =
        !horn.on && luck < 90
            ? new Outcome.Retry(Duration.ofSeconds(2), "device offline")
            : luck < 88
                ? new Outcome.Accepted(List.of("r"))
                : luck < 94
                    ? new Outcome.Unknown("the link broke")
                    : luck < 98
                        ? new Outcome.Retry(Duration.ZERO, "busy")
                        : luck < 99
                            ? new Outcome.LaneDown("no connection")
                            : new Outcome.Permanent("NOT_FOR_ME");
    tell(message, outcome);
    if (!horn.on || outcome instanceof Outcome.Retry || outcome instanceof Outcome.LaneDown) {
      return;
    }
    receipt("loudspeaker", message, Signal.Evidence.RECEIVED, 1, horn);
    receipt("loudspeaker", message, Signal.Evidence.PLAYING, 3, horn);
    int end = chance.nextInt(100);
    Signal.Evidence last =
        end < 85
            ? Signal.Evidence.PLAYED
            : end < 89
                ? Signal.Evidence.PLAYED_UNHEARD
                : end < 93
                    ? Signal.Evidence.FAILED
                    : end < 96 ? Signal.Evidence.STOPPED : Signal.Evidence.REFUSED;
    receipt("loudspeaker", message, last, 40, horn);
  }

  private void handToCarrier(Message message) {
    handedOut++;
    int luck = chance.nextInt(100);
    Outcome outcome =
        luck < 82
            ? new Outcome.Accepted(List.of("7"), "147")
            : luck < 88
                ? new Outcome.Retry(Duration.ofSeconds(10), "CMS 332: network timeout")
                : luck < 93
                    ? new Outcome.Unknown("the modem is gone")
                    : luck < 95
                        ? new Outcome.Pending("looked at by the platform")
                        : luck < 97
                            ? new Outcome.LaneDown("no modem")
                            : new Outcome.Permanent("CMS 28: number not identified");
    tell(message, outcome);
    if (outcome instanceof Outcome.Retry
        || outcome instanceof Outcome.LaneDown
        || outcome instanceof Outcome.Permanent) {
      return;
    }
    int end = chance.nextInt(100);
    if (end < 10) {
      receipt("sms", message, Signal.Evidence.RECEIVED, 20, null);
    }
    receipt(
        "sms",
        message,
        end < 90
            ? Signal.Evidence.DELIVERED
            : end < 95 ? Signal.Evidence.FAILED : Signal.Evidence.EXPIRED,
        30,
        null);
    int answer = chance.nextInt(100);
    String code = message.field(Field.CODE);
    String words = answer < 35 ? code + "收到" : answer < 38 ? "2" + code : answer < 39 ? "1人被困" : "";
    if (!words.isEmpty()) {
      later(
          Duration.ofSeconds(20 + chance.nextInt(900)),
          () -> hears("sms", new Signal.Inbound("", message.address(), "147", words, town.now)));
    }
  }

  /** Of ten receipts two are lost, one comes twice, and one hours late. */
  private void receipt(
      String channel, Message message, Signal.Evidence evidence, int after, Horn horn) {
    int luck = chance.nextInt(10);
    if (luck < 2) {
      return;
    }
    int seconds = after + chance.nextInt(after + 1) + (luck == 2 ? chance.nextInt(20_000) : 0);
    Runnable arrives =
        () -> {
          if (horn == null || horn.on) {
            hears(
                channel,
                new Signal.Confirmation(
                    message.attempt(), evidence, "", town.now, Map.of("outcome", "x")));
          }
        };
    later(Duration.ofSeconds(seconds), arrives);
    if (luck == 3) {
      later(Duration.ofSeconds(seconds + chance.nextInt(60)), arrives);
    }
  }

  private void tell(Message message, Outcome outcome) {
    later(
        Duration.ofSeconds(chance.nextInt(12)),
        () -> ask(d -> d.outcome(message.attempt(), outcome)));
  }

  private void later(Duration after, Runnable what) {
    agenda.add(new Later(town.now.plus(after), count++, what));
  }

  private void hears(String channel, Signal signal) {
    ask(d -> d.signal(channel, signal));
  }

  private void ask(Function<Desk, CompletableFuture<?>> question) {
    asked.add(question.apply(town.desk));
  }

  // --- what is true ------------------------------------------------------------------------------

  /** What the desk holds in memory is what its events say. */
  private void foldsAlike() {
    town.desk.decisions.cases.forEach(
        (id, of) -> {
          Progress again = Decisions.fold(town.ledger.read(id).orElseThrow());
          assertThat(rows(again)).as(id).isEqualTo(rows(of.progress));
          assertThat(again.coverage()).as(id).isEqualTo(of.progress.coverage());
          assertThat(again.status()).isEqualTo(of.progress.status());
          assertThat(again.unsettled()).isEqualTo(of.progress.unsettled());
          assertThat(again.uncovered()).isEqualTo(of.progress.uncovered());
        });
  }

  /** What is over was given up in time, and nothing is kept waiting when nobody need be woken. */
  private void nothingWaitsInVain() {
    Instant lately = town.now.minus(Duration.ofMinutes(11));
    for (Case of : town.desk.decisions.cases.values()) {
      Progress progress = of.progress;
      if (progress.over() != null && progress.over().isBefore(lately)) {
        assertThat(progress.unsettled()).as(of.id()).isZero();
      }
      if (progress.released() != null && progress.plan().playBy().isBefore(lately)) {
        assertThat(progress.rows())
            .as(of.id())
            .noneMatch(r -> r.state() == DeliveryState.QUEUED)
            .noneMatch(
                r ->
                    r.state() == DeliveryState.SENT
                        && r.delivery().audience() == Audience.LOUDSPEAKER);
      }
    }
  }

  /** All of a row but its due time: a device that returns is hinted at, and hints are not kept. */
  private static List<String> rows(Progress progress) {
    return progress.rows().stream()
        .map(
            r ->
                String.join(
                    " ",
                    r.state().name(),
                    Integer.toString(r.attempts()),
                    Boolean.toString(r.flying()),
                    Boolean.toString(r.unknown()),
                    Boolean.toString(r.pending()),
                    Boolean.toString(r.declined()),
                    String.valueOf(r.since()),
                    String.valueOf(r.handoff()),
                    String.valueOf(r.heard()),
                    String.valueOf(r.lastTried()),
                    r.why()))
        .toList();
  }
}
