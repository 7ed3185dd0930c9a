package org.lastmile.channel;

import java.time.Duration;
import java.util.List;

/**
 * What is known when a wire has been handed a message. {@code why} says it for people and logs, the
 * wire's own code first where there is one ({@code "CMS 38: network out of order"}), and never a
 * secret, a phone number or an openid.
 */
public sealed interface Outcome {

  /**
   * The carrier took it. Not yet "told".
   *
   * @param references as the carrier gave them, one per part
   * @param from our own address that it left from (the SIM, the account), in the words of {@link
   *     Signal.Inbound#to()}; empty when the wire has no such thing
   */
  record Accepted(List<String> references, String from) implements Outcome {
    public Accepted {
      references = List.copyOf(references);
    }

    /** From an address that nobody answers to, or that is not known. */
    public Accepted(List<String> references) {
      this(references, "");
    }
  }

  /** Not taken, and trying again can help; not before {@code after}. */
  record Retry(Duration after, String why) implements Outcome {}

  /** Will never be taken for this address or this content. */
  record Permanent(String why) implements Outcome {}

  /** It may have left: evidence decides, and nothing is sent again blindly. */
  record Unknown(String why) implements Outcome {}

  /** The carrier keeps it for review: it may still be sent, and is never sent again by us. */
  record Pending(String why) implements Outcome {}

  /** This lane can't carry anything now; the message did not leave and says nothing bad of it. */
  record LaneDown(String why) implements Outcome {}
}
