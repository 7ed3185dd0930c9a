package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.util.Map;

/**
 * All that is known of one loudspeaker.
 *
 * @param registered it stands in the registry
 * @param since when its condition began; null = not known
 * @param seen last sign of life; null = never
 * @param facts what it said last, by name
 * @param test its last self-test; null = none is known
 * @param told the last instruction; null = none since the gateway's start
 */
public record Supervised(
    String id,
    boolean registered,
    Condition condition,
    Remark why,
    Instant since,
    Instant seen,
    Map<String, String> facts,
    Tested test,
    Instructed told) {

  /**
   * An instruction and its answer.
   *
   * @param kind config, report or test
   * @param answer the receipt's outcome in the contract's words; empty = none yet
   * @param why the device's reason
   */
  public record Instructed(String content, String kind, Instant at, String answer, String why) {}
}
