package org.lastmile.simulators.wechat;

import java.util.Map;

/**
 * What the application has seen.
 *
 * @param tokenRequests calls of gettoken
 * @param tokensIssued different tokens
 * @param sends calls of message/send
 * @param accepted of them, without repeats
 * @param repeats sends that the duplicate check took for repeats
 * @param recipients persons in accepted sends
 * @param dropped messages that no phone got because of the member's 30 a minute and 1,000 an hour
 * @param clicks of buttons
 * @param errcodes refused calls of any kind by errcode
 */
public record WeComStatistics(
    long tokenRequests,
    long tokensIssued,
    long sends,
    long accepted,
    long repeats,
    long recipients,
    long dropped,
    long clicks,
    Map<Integer, Long> errcodes,
    CallbackStatistics callbacks) {
  public WeComStatistics {
    errcodes = Map.copyOf(errcodes);
  }
}
