package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * What became of a command, without the id of the delivery it answers to.
 *
 * @param reason empty where none is wanted
 * @param seconds of sound, 0 before any
 */
record Receipt(
    String outcome, String reason, double seconds, int repeats, int volume, boolean muted) {

  static Receipt plain(String outcome, String reason) {
    return new Receipt(outcome, reason, 0, 0, 0, false);
  }

  /** A final outcome that a new delivery may try again: nobody heard it. */
  boolean unheard(int audibleVolume) {
    return outcome.equals("failed")
        || outcome.equals("refused")
        || (outcome.equals("played") && (muted || volume < audibleVolume));
  }

  /**
   * As it goes out.
   *
   * @param heard what its own microphone says of a play; null = it has none
   */
  byte[] json(String id, String content, long at, Boolean heard) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("v", 1).put("id", id).put("content", content).put("outcome", outcome);
    if (!reason.isEmpty()) {
      json.put("reason", reason);
    }
    json.put("at", at);
    if (outcome.equals("played") || outcome.equals("stopped")) {
      json.put("seconds", seconds).put("repeats", repeats);
    }
    if (outcome.equals("played") || outcome.equals("playing")) {
      json.put("volume", volume).put("muted", muted);
    }
    if (outcome.equals("played") && heard != null) {
      json.put("heard", heard);
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
