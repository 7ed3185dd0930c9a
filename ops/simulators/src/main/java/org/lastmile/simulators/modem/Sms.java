package org.lastmile.simulators.modem;

import java.time.Instant;
import java.util.List;

/**
 * One whole message as a phone shows it.
 *
 * @param from the SIM it came from
 * @param to the phone's number without country code
 * @param text all parts joined
 * @param flash shown at once
 * @param parts as they were submitted, in order
 * @param at when the phone had the last part
 */
public record Sms(
    String from, String to, String text, boolean flash, List<Submit> parts, Instant at) {
  public Sms {
    parts = List.copyOf(parts);
  }
}
