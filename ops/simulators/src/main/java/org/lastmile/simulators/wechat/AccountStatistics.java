package org.lastmile.simulators.wechat;

import java.util.Map;

/**
 * What the account has seen.
 *
 * @param tokenRequests calls of stable_token
 * @param tokensIssued different tokens
 * @param sends calls of template/send and subscribe/bizsend
 * @param accepted of them, without repeats
 * @param repeats calls that {@code client_msg_id} showed to be repeats
 * @param errcodes refused calls of any kind by errcode
 */
public record AccountStatistics(
    long tokenRequests,
    long tokensIssued,
    long sends,
    long accepted,
    long repeats,
    Map<Integer, Long> errcodes,
    CallbackStatistics callbacks) {
  public AccountStatistics {
    errcodes = Map.copyOf(errcodes);
  }

  public long callbacksPosted() {
    return callbacks.posted();
  }

  public long callbacksTaken() {
    return callbacks.taken();
  }

  public long callbacksGivenUp() {
    return callbacks.givenUp();
  }
}
