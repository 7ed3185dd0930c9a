package org.lastmile.simulators.wechat;

import java.util.Map;

/**
 * What the account has seen.
 *
 * @param tokenRequests calls of stable_token
 * @param tokensIssued different tokens
 * @param sends calls of template/send
 * @param accepted of them, without repeats
 * @param repeats calls that {@code client_msg_id} showed to be repeats
 * @param errcodes refused calls of any kind by errcode
 * @param callbacksPosted posts, repeats included
 * @param callbacksTaken callbacks that were answered well
 * @param callbacksGivenUp callbacks that nobody took, after all retries
 */
public record AccountStatistics(
    long tokenRequests,
    long tokensIssued,
    long sends,
    long accepted,
    long repeats,
    Map<Integer, Long> errcodes,
    long callbacksPosted,
    long callbacksTaken,
    long callbacksGivenUp) {
  public AccountStatistics {
    errcodes = Map.copyOf(errcodes);
  }
}
