package org.lastmile.warning;

import java.time.Instant;

/**
 * One thing that happened to a warning. The list of them is the truth; everything else is folded
 * from it.
 *
 * @param at by the gateway's clock
 * @param delivery number in the plan, −1 = none
 * @param attempt which try of that delivery, from 1; 0 = none
 * @param point place in the plan, −1 = none
 * @param due when something becomes due again; null = nothing does
 * @param detail words for people: why, who, what they wrote; empty when there is nothing to say
 */
public record Event(
    Instant at, Type type, int delivery, int attempt, int point, Instant due, String detail) {

  /** The code is what is stored: never reuse or renumber one. */
  public enum Type {
    // the warning; detail says why or who
    ACCEPTED(1),
    HELD(2),
    AWAITING_APPROVAL(3),
    APPROVED(4),
    REJECTED(5),
    RELEASED(6),
    ARCHIVED(7),
    EXPIRED_ON_ARRIVAL(8),
    NOT_APPLICABLE(9),
    SUPERSEDED(10),
    LIFTED(11),
    ENDED(12),

    // one delivery
    /** Written before the try: after a crash a try without an outcome is INTERRUPTED. */
    TRIED(20),
    SENT(21),
    RETRY(22),
    UNKNOWN(23),
    PENDING(24),
    LANE_DOWN(25),
    FAILED(26),
    RECEIVED(27),
    PLAYING(28),
    DELIVERED(29),
    CONFIRMED(30),
    UNHEARD(31),
    DECLINED(32),
    EXPIRED(33),
    CANCELLED(34),
    STOPPED(35),
    /** Whether it arrived was waited for in vain. */
    UNRESOLVED(36),
    /** The gateway stopped during this try: it may have left. */
    INTERRUPTED(37),
    /** A device did not obey something under this delivery's name; the delivery stays as it is. */
    REFUSED(38),

    // one point
    /** The point went up to the rung in {@code attempt}. */
    STAGE(40),
    DUTY_OPENED(41),
    DUTY_TAKEN(42),
    /** A human's word covers the point. */
    WORD(43),
    /** Something shows that what covered the point no longer holds. */
    REOPENED(44),
    /** People moved (已转), in {@code attempt}. */
    MOVED(45),

    // people's words
    FIELD_REPORT(50),
    ALARM(51),
    PAGED(52);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /** Stored form, 1 to 127. */
    public int code() {
      return code;
    }
  }

  /** Something about the warning as a whole. */
  public static Event of(Instant at, Type type, String detail) {
    return new Event(at, type, -1, 0, -1, null, detail);
  }

  /** Something about one try of one delivery. */
  public static Event ofDelivery(
      Instant at, Type type, int delivery, int attempt, Instant due, String detail) {
    return new Event(at, type, delivery, attempt, -1, due, detail);
  }

  /** Something about one point. */
  public static Event ofPoint(Instant at, Type type, int point, int number, String detail) {
    return new Event(at, type, -1, number, point, null, detail);
  }
}
