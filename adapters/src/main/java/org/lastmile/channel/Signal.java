package org.lastmile.channel;

import java.time.Instant;
import java.util.Map;

/** What comes back from a wire. {@code at} is when the gateway received it. */
public sealed interface Signal {

  Instant at();

  /**
   * Evidence about one try.
   *
   * @param attempt the try it is about; may be one this house never made (foreign), which is normal
   * @param why the wire's own words, its code first; empty when there is nothing to say
   * @param facts further facts by name: {@code seconds}, {@code volume}, {@code parts}…
   */
  record Confirmation(
      String attempt, Evidence evidence, String why, Instant at, Map<String, String> facts)
      implements Signal {
    public Confirmation {
      facts = Map.copyOf(facts);
    }
  }

  /**
   * Words from a person.
   *
   * @param id unique per message where the wire has such a thing, so that a repeat is known; else
   *     empty
   * @param from the person's address on this channel
   * @param to our own address it came to: the SIM, the account
   * @param written when it was written, by the carrier's clock; null where the wire does not say
   */
  record Inbound(String id, String from, String to, String text, Instant at, Instant written)
      implements Signal {

    /** Words that come as they are written. */
    public Inbound(String id, String from, String to, String text, Instant at) {
      this(id, from, to, text, at, null);
    }
  }

  /** A device or a lane (modem, link) changed its state. */
  record Presence(
      Subject subject, String id, State state, String why, Instant at, Map<String, String> facts)
      implements Signal {
    public Presence {
      facts = Map.copyOf(facts);
    }
  }

  /**
   * Whether a person can be reached at an address at all, as far as the platform says so; one
   * message says nothing of it.
   *
   * @param address the person's address on this channel
   * @param why the wire's own words, its code first; empty when there is nothing to say
   * @param facts further facts by name: {@code scene} (what the scanned code carried), {@code
   *     template}…
   */
  record Binding(String address, Change change, String why, Instant at, Map<String, String> facts)
      implements Signal {
    public Binding {
      facts = Map.copyOf(facts);
    }
  }

  /** What became of a person's tie to our account. */
  enum Change {
    /** Follows the account now, or came back through a code with a scene. */
    FOLLOWED,
    /** Has left: nothing can be sent any more, and what is kept of the person must go. */
    UNFOLLOWED,
    /** Agreed to the messages of a template. */
    ACCEPTED,
    /** Refused the messages of a template. */
    REFUSED,
    /** The platform knows no such person of ours: the address is wrong or out of date. */
    DEAD
  }

  /** What kind of evidence a confirmation is. */
  enum Evidence {
    /** The device has the command or the carrier still tries; nobody was told yet. */
    RECEIVED,
    /** It arrived at the person's phone or account. */
    DELIVERED,
    /** The loudspeaker is speaking. */
    PLAYING,
    /** Played to the end, audibly. */
    PLAYED,
    /** Played, but muted or at a volume nobody hears: does not count as played. */
    PLAYED_UNHEARD,
    /** The person answered that they have understood. */
    ACKNOWLEDGED,
    /** The person answered that they can't (去不了). */
    DECLINED,
    /** It will not arrive: failed for good at the carrier or the device. */
    FAILED,
    /** The carrier or the device dropped it because its time had passed. */
    EXPIRED,
    /**
     * The device did not obey, for a reason that need not be of this message: somebody may have
     * sent it another under the same name, or it may obey the next try. Settles nothing.
     */
    REFUSED,
    /** Stopped or interrupted before its end. */
    STOPPED
  }

  /** Whose presence. */
  enum Subject {
    DEVICE,
    LANE
  }

  /** How present. */
  enum State {
    ONLINE,
    DEGRADED,
    /** There, and not to be relied on: what it is handed may tell nobody. */
    FAULTY,
    OFFLINE
  }
}
