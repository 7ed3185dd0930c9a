package org.lastmile.simulators.modem;

import java.util.Map;

/**
 * What the centre has seen since it was made.
 *
 * @param parts accepted, repeats included
 * @param messages that a phone has whole, repeats included
 * @param unique different (recipient, text) among them
 * @param duplicates {@code messages - unique}
 * @param duplicateParts parts that came twice before their message was whole
 * @param incomplete messages that still lack parts
 * @param splitPairs parts that begin or end inside a surrogate pair: a fault of the sender
 * @param reports status reports sent to modems
 * @param byRecipient whole messages by phone number
 * @param partsBySim accepted parts by SIM number
 */
public record SmscStatistics(
    long parts,
    long messages,
    long unique,
    long duplicates,
    long duplicateParts,
    int incomplete,
    long splitPairs,
    long reports,
    Map<String, Long> byRecipient,
    Map<String, Long> partsBySim) {
  public SmscStatistics {
    byRecipient = Map.copyOf(byRecipient);
    partsBySim = Map.copyOf(partsBySim);
  }
}
