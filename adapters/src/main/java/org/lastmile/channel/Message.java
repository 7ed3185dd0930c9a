package org.lastmile.channel;

import java.util.Map;
import java.util.Set;

/**
 * One content for one address: what a channel is handed.
 *
 * @param attempt id of this try, unique for ever, {@code [A-Za-z0-9._-]{1,64}}; confirmations name
 *     it
 * @param address where to, in the channel's own terms: a phone number, a device id, an openid
 * @param content what to say; shared by every message that says exactly the same
 * @param fields what differs from address to address although the content is shared (see {@link
 *     Field}); a channel ignores names it does not know
 * @param marks what this very try may or must do
 */
public record Message(
    String attempt, String address, Content content, Map<String, String> fields, Set<Mark> marks) {

  public Message {
    if (!Content.isId(attempt)) {
      throw new IllegalArgumentException("attempt id is not [A-Za-z0-9._-]{1,64}: " + attempt);
    }
    fields = Map.copyOf(fields);
    marks = Set.copyOf(marks);
  }

  /** What one try may or must do beyond the ordinary. */
  public enum Mark {
    /** An earlier try of the same message may have arrived (SMS: TP-RD; people are not told). */
    POSSIBLE_DUPLICATE,
    /** Show at once on the screen where the wire can (SMS class 0). */
    FLASH,
    /** May spend the part of a budget that is kept for lifts and the ladder. */
    RESERVE,
    /** For somebody who must act on it, not only know of it. */
    ACTS,
    /** May exceed a budget; the channel raises an alarm when it does. */
    OVER_BUDGET,
    /**
     * Worth saying only as the answer to words that have just come from the address. A wire that
     * can answer in the same breath does that, or nothing (PERMANENT); others take no notice.
     */
    ANSWER
  }

  /** The personal value if there is one, else the content's, else the empty string. */
  public String field(String name) {
    return fields.getOrDefault(name, content.fields().getOrDefault(name, ""));
  }
}
