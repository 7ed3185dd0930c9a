package org.lastmile.simulators.wechat;

import java.time.Instant;
import java.util.List;

/**
 * What the group robot said in its group.
 *
 * @param type text or markdown
 * @param mentioned mobiles and userids that it calls by name, {@code @all} too
 */
public record RobotMessage(String type, String text, List<String> mentioned, Instant at) {
  public RobotMessage {
    mentioned = List.copyOf(mentioned);
  }
}
