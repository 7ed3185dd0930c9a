package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;

/** What is wrong with the way out, and until when nothing is tried on it. */
final class Lane {
  /** Between two tries while an account's configuration is at fault. */
  private static final Duration FIXING = Duration.ofMinutes(1);

  /** Between two looks whether failing servers answer again. */
  private static final Duration FAILING = Duration.ofSeconds(5);

  /** How long a refused callback stays on the health page. */
  private static final Duration CALLBACK_FRESH = Duration.ofMinutes(10);

  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss").withZone(BEIJING);

  private final String name;
  private final Clock clock;
  private final LongAdder accepted = new LongAdder();
  private final LongAdder unfollowed = new LongAdder();
  private final LongAdder foreign = new LongAdder();
  private final LongAdder unread = new LongAdder();
  private final LongAdder unsigned = new LongAdder();
  private boolean everSigned;
  private boolean failing;
  private Pause pause;
  private String banned = "";
  private Trouble trouble;
  private Trouble misfit;
  private Trouble callback;
  private Quota quota;

  Lane(String name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  private record Trouble(Health.State state, String why, Instant at) {}

  private record Pause(Instant until, Health.State state, boolean messagesMayWait, String why) {}

  private record Quota(long limit, long left, int reserve, Instant asked) {
    boolean nearlyGone() {
      return left * 10 < limit || reserved();
    }

    boolean reserved() {
      return left * 100 <= limit * reserve;
    }

    String words() {
      return "only "
          + left
          + " of today's quota of "
          + limit
          + " messages are left"
          + (reserved()
              ? ": the last " + reserve + " % go to red warnings and to people who can act"
              : "; those who can act come first");
    }

    Quota less(int messages) {
      return new Quota(limit, Math.max(0, left - messages), reserve, asked);
    }
  }

  /** The outcome of every send now, or empty if the lane is open. */
  synchronized Optional<Outcome> shut() {
    if (!banned.isEmpty()) {
      return Optional.of(new Outcome.LaneDown(banned));
    }
    return paused()
        .map(
            p ->
                p.messagesMayWait()
                    ? new Outcome.Retry(Duration.between(clock.instant(), p.until()), p.why())
                    : new Outcome.LaneDown(p.why()));
  }

  void taken() {
    taken(1);
  }

  void taken(int messages) {
    accepted.add(messages);
    synchronized (this) {
      trouble = null;
      misfit = null;
      failing = false;
      if (quota != null) {
        quota = quota.less(messages);
      }
    }
  }

  /** A refusal that says nothing bad of the lane: the platform answers. */
  synchronized void answered() {
    trouble = null;
    failing = false;
  }

  synchronized void stopTemplate(String why) {
    banned = why;
  }

  /** A value or a template that the platform won't take: shown until a message is taken. */
  synchronized void misfit(String why) {
    misfit = new Trouble(Health.State.DEGRADED, why, clock.instant());
  }

  synchronized void down(String why) {
    trouble = new Trouble(Health.State.DOWN, why, clock.instant());
  }

  synchronized void unclear(String why) {
    trouble = new Trouble(Health.State.DEGRADED, why, clock.instant());
  }

  synchronized Outcome untilNextMinute(String why) {
    Instant until = clock.instant().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    return pause(until, Health.State.DEGRADED, true, why);
  }

  synchronized Outcome untilMidnight(String why) {
    return pause(midnight(), Health.State.DEGRADED, false, why);
  }

  /** When the quota starts anew. */
  private Instant midnight() {
    return day(clock.instant()).plusDays(1).atStartOfDay(BEIJING).toInstant();
  }

  synchronized Outcome untilFixed(String why) {
    return pause(clock.instant().plus(FIXING), Health.State.DOWN, false, why);
  }

  synchronized Outcome slowDown(Duration after, String why) {
    return pause(clock.instant().plus(after), Health.State.DEGRADED, true, why);
  }

  /** Servers fail over what they are given: nothing more is, until {@link #answers()}. */
  synchronized Outcome failing(String why) {
    failing = true;
    return pause(clock.instant().plus(FAILING), Health.State.DOWN, false, why);
  }

  synchronized boolean failing() {
    return failing;
  }

  /** The servers answer again. */
  synchronized void answers() {
    failing = false;
    trouble = null;
  }

  private Outcome pause(Instant until, Health.State state, boolean mayWait, String why) {
    if (state == Health.State.DOWN) {
      trouble = new Trouble(state, why, clock.instant());
    }
    if (pause == null || until.isAfter(pause.until())) {
      pause =
          new Pause(until, state, mayWait, why + "; nothing is sent until " + TIME.format(until));
    }
    return shut().orElseThrow();
  }

  private Optional<Pause> paused() {
    return Optional.ofNullable(pause).filter(p -> clock.instant().isBefore(p.until()));
  }

  /**
   * @param reserve percent of it that are kept for who can act
   */
  synchronized void quota(long limit, long left, int reserve) {
    quota = new Quota(limit, left, reserve, clock.instant());
  }

  /** Yesterday's says nothing of today. */
  private Optional<Quota> today() {
    return Optional.ofNullable(quota).filter(q -> day(q.asked()).equals(day(clock.instant())));
  }

  private static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, BEIJING);
  }

  /** Why a message that is not for the reserve can't go out today, and until when. */
  synchronized Optional<Outcome.Retry> onlyReserveLeft() {
    return today()
        .filter(Quota::reserved)
        .map(q -> new Outcome.Retry(Duration.between(clock.instant(), midnight()), q.words()));
  }

  synchronized boolean quotaNearlyGone() {
    return today().filter(Quota::nearlyGone).isPresent();
  }

  /**
   * No more than the day has left as far as we know, so that what is left goes to those whom the
   * desk puts first. Never 0: only the platform's own word ends the day.
   */
  synchronized int withinQuota(int room) {
    return today().map(q -> (int) Math.min(room, Math.max(1, q.left()))).orElse(room);
  }

  void unfollowed() {
    unfollowed.increment();
  }

  /** A receipt about a message that this house did not send, or that can't be told apart. */
  void foreign() {
    foreign.increment();
  }

  /** A callback of a kind that nobody reads yet. */
  void unread() {
    unread.increment();
  }

  /** A callback was signed with our token. */
  synchronized void callbackSigned() {
    everSigned = true;
  }

  /** Strangers post junk; it is the operator's business only while no signed callback ever came. */
  void callbackUnsigned() {
    unsigned.increment();
  }

  /** Signed with our token, and still not to be taken. */
  synchronized void callbackRefused(String why) {
    callback = new Trouble(Health.State.DEGRADED, "callback refused: " + why, clock.instant());
  }

  synchronized Health.State state() {
    return worst(troubles());
  }

  private static Health.State worst(List<Trouble> all) {
    return all.stream().map(Trouble::state).max(Enum::compareTo).orElse(Health.State.UP);
  }

  /**
   * @param more facts beyond what every lane knows
   */
  synchronized Health health(Optional<Instant> tokenUntil, int underway, Map<String, String> more) {
    List<Trouble> all = troubles();
    String why = String.join("; ", all.stream().map(Trouble::why).toList());
    return Health.of(
        List.of(new Health.Part(name, worst(all), why, facts(tokenUntil, underway, more))));
  }

  private List<Trouble> troubles() {
    List<Trouble> all = new ArrayList<>();
    Instant now = clock.instant();
    if (!banned.isEmpty()) {
      all.add(new Trouble(Health.State.DOWN, banned, now));
    }
    paused().ifPresent(p -> all.add(new Trouble(p.state(), p.why(), now)));
    if (trouble != null && all.stream().noneMatch(t -> t.why().startsWith(trouble.why()))) {
      all.add(trouble);
    }
    if (misfit != null) {
      all.add(misfit);
    }
    if (callback != null && callback.at().isAfter(now.minus(CALLBACK_FRESH))) {
      all.add(callback);
    }
    if (!everSigned && unsigned.sum() > 0) {
      String why = unsigned.sum() + " callbacks with a wrong signature; check callback-token";
      all.add(new Trouble(Health.State.DEGRADED, why, now));
    }
    today()
        .filter(Quota::nearlyGone)
        .ifPresent(q -> all.add(new Trouble(Health.State.DEGRADED, q.words(), now)));
    return all;
  }

  private Map<String, String> facts(
      Optional<Instant> tokenUntil, int underway, Map<String, String> more) {
    Map<String, String> facts = new LinkedHashMap<>(more);
    facts.put("token", tokenUntil.map(t -> "until " + TIME.format(t)).orElse("not fetched yet"));
    if (quota != null) {
      facts.put(
          "quota",
          quota.left() + " of " + quota.limit() + " left at " + TIME.format(quota.asked()));
    }
    facts.put("underway", Integer.toString(underway));
    facts.put("accepted", Long.toString(accepted.sum()));
    facts.put("unfollowed", Long.toString(unfollowed.sum()));
    facts.put("foreign receipts", Long.toString(foreign.sum()));
    facts.put("unsigned callbacks", Long.toString(unsigned.sum()));
    facts.put("callbacks nobody reads", Long.toString(unread.sum()));
    return facts;
  }
}
