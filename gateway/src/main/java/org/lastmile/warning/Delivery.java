package org.lastmile.warning;

import java.util.List;

/**
 * One message to one address on one channel at one stage of the ladder, for one or more points: a
 * row of the plan. It never changes; what happened to it stands in events.
 *
 * @param number its place in the plan, from 0
 * @param channel name of the channel, e.g. {@code sms}
 * @param recipient id of the person or device in the registry
 * @param name as people know the recipient
 * @param stage rung of the ladder, 0 = at release; a later one sleeps until a point of it gets
 *     there
 * @param insteadOf number of the delivery that this one stands in for when that one does not get
 *     out in time or fails; −1 = goes out on its own account
 * @param points places of its points in the plan
 * @param words place of its words in the plan
 * @param codes answer codes point by point, in the order of {@code points}; one for all when there
 *     is just one; empty when a bare answer is enough
 * @param details follows a first message to the same address that had to be brief, as soon as that
 *     one has left: it says everything, asks for nothing of its own and is never waited for
 */
public record Delivery(
    int number,
    String channel,
    Audience audience,
    String recipient,
    String name,
    String address,
    int stage,
    int insteadOf,
    List<Integer> points,
    int words,
    List<String> codes,
    boolean details) {

  public Delivery {
    points = List.copyOf(points);
    codes = List.copyOf(codes);
  }

  /** A message on its own account, or in the place of another. */
  public Delivery(
      int number,
      String channel,
      Audience audience,
      String recipient,
      String name,
      String address,
      int stage,
      int insteadOf,
      List<Integer> points,
      int words,
      List<String> codes) {
    this(
        number, channel, audience, recipient, name, address, stage, insteadOf, points, words, codes,
        false);
  }

  /** The same with other words. */
  Delivery says(int others) {
    return new Delivery(
        number, channel, audience, recipient, name, address, stage, insteadOf, points, others,
        codes, details);
  }
}
