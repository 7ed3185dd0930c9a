package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One API call as it came over HTTP.
 *
 * @param query decoded parameters
 * @param body of a POST; a missing node otherwise
 * @param from the caller's IP address
 * @param underWay calls of this platform that are not answered yet, this one included
 * @param fault what is to go wrong with it, or null
 */
record Call(
    Endpoint endpoint,
    Map<String, String> query,
    JsonNode body,
    String from,
    int underWay,
    WeChatFault fault) {

  String token() {
    return query.getOrDefault("access_token", "");
  }
}
