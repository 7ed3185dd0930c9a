package org.lastmile.desk;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Reason;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/** What people and programs are shown of the desk: copies, made in one moment. */
public final class View {
  private View() {}

  /**
   * One warning at a glance.
   *
   * @param deliveries count by state
   * @param channels count by channel and state
   * @param released null = not released
   * @param paged when responsible persons were told of it although nobody had released it; null =
   *     they were not
   * @param inForceUntil null = until lifted
   */
  public record Summary(
      String id,
      Warning warning,
      WarningStatus status,
      String why,
      Instant accepted,
      Instant released,
      Instant paged,
      Instant inForceUntil,
      int points,
      int covered,
      int reached,
      Map<DeliveryState, Integer> deliveries,
      Map<String, Map<DeliveryState, Integer>> channels,
      int retries,
      int highestStage) {}

  /**
   * One row of the plan and what became of it.
   *
   * @param asleep waits for its rung of the ladder, or for the brief words that it follows
   * @param due when it is tried next; null = not due
   * @param report what the carrier has said of it
   * @param details says everything after brief words to the same address
   * @param reason why, for those who read it
   */
  public record Row(
      int number,
      String channel,
      Audience audience,
      String recipient,
      String name,
      String address,
      int stage,
      DeliveryState state,
      boolean asleep,
      int attempts,
      Instant since,
      Instant due,
      List<String> points,
      String text,
      String why,
      Report report,
      boolean details,
      Reason reason) {}

  /** What a carrier has said of a message, apart from having taken it. */
  public enum Report {
    /** Nothing. */
    NONE,
    /** It has not arrived yet, and the carrier still tries. */
    TRYING,
    DELIVERED,
    /** It will not arrive. */
    FAILED,
    /** Its time passed before it arrived. */
    EXPIRED
  }

  /**
   * One message as the page behind its link needs it.
   *
   * @param phones of the person, to know them by; empty = none is known
   * @param others warnings that the same person has not answered either
   */
  public record Personal(
      Summary warning,
      Audience audience,
      List<String> phones,
      List<Asked> points,
      List<Other> others) {}

  /** A message about another warning. */
  public record Other(String warning, int delivery, String name) {}

  /**
   * A point that the message speaks of.
   *
   * @param place in the plan
   * @param said null = nothing yet, true = received, false = can't go
   */
  public record Asked(
      int place, String id, String name, String route, String shelter, Boolean said) {}

  /** One line of the timeline, the names filled in. */
  public record Line(
      Instant at,
      Event.Type type,
      int delivery,
      String channel,
      String recipient,
      String point,
      String detail) {}

  /**
   * Something changed: for live views.
   *
   * @param id grows; {@code epoch.number}
   * @param point id of a point whose coverage changed; empty = the warning as a whole
   */
  public record Change(String id, String warning, Instant at, Event.Type type, String point) {}

  /**
   * What somebody wrote, and what was no answer.
   *
   * @param number counts up
   * @param from address of who wrote, {@code to} our own that it came to; empty = not known
   * @param warning id of the warning that it came after, point: of the point, name: of who wrote;
   *     empty = nothing had been sent to that address lately
   * @param seenBy who has seen to it; empty = nobody yet, and then {@code seenAt} is null
   */
  public record Words(
      long number,
      Instant at,
      String channel,
      String from,
      String to,
      String text,
      Kind kind,
      String warning,
      String point,
      String name,
      String seenBy,
      Instant seenAt) {

    /** What the words are about. */
    public enum Kind {
      /** Somebody is in danger. */
      ALARM,
      REPORT,
      /** 退订, and what takes it back. */
      OPT_OUT,
      OPT_IN
    }

    Words seen(String who, Instant when) {
      return new Words(number, at, channel, from, to, text, kind, warning, point, name, who, when);
    }
  }

  /**
   * A phone that asked for no more SMS.
   *
   * @param by who entered it: {@code sms} = the phone itself
   */
  public record OptOut(String phone, Instant since, String by, String note) {}

  /**
   * A WeChat account whose phone is known.
   *
   * @param village as the person says; empty = not said
   * @param since when they agreed
   * @param how where they agreed: {@code page} or {@code text}
   * @param takes false = refuses messages beside those that need no consent
   */
  public record Binding(
      String openid, String phone, String village, Instant since, String how, boolean takes) {}

  /** What came of a step towards a binding. */
  public enum Bind {
    /** A code is on its way by SMS. */
    SENT,
    BOUND,
    UNBOUND,
    /** That is no mobile phone. */
    NO_PHONE,
    /**
     * The account has a phone: only the chat, where WeChat says who writes, changes or ends that.
     */
    ALREADY,
    /** Too many codes lately: later. */
    TOO_MANY,
    /** No channel reaches phones, or none of ours. */
    NO_SMS,
    WRONG_CODE,
    /** Too late, or too many tries: another code is needed. */
    NO_CODE
  }

  /**
   * A test message and what became of it.
   *
   * @param trying the carrier has it and still tries
   */
  public record Test(
      String id,
      String channel,
      String address,
      String text,
      Instant at,
      DeliveryState state,
      boolean trying,
      int tries,
      Instant since,
      Reason reason) {}
}
