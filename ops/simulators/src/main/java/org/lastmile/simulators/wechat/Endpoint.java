package org.lastmile.simulators.wechat;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The API calls that the sandbox answers, by platform, method and path. */
public enum Endpoint {
  STABLE_TOKEN(Platform.ACCOUNT, "POST", "/cgi-bin/stable_token"),
  TEMPLATE_SEND(Platform.ACCOUNT, "POST", "/cgi-bin/message/template/send"),
  SUBSCRIBE_SEND(Platform.ACCOUNT, "POST", "/cgi-bin/message/subscribe/bizsend"),
  QUOTA(Platform.ACCOUNT, "POST", "/cgi-bin/openapi/quota/get"),
  GETTOKEN(Platform.WECOM, "GET", "/cgi-bin/gettoken"),
  AGENT(Platform.WECOM, "GET", "/cgi-bin/agent/get"),
  MESSAGE_SEND(Platform.WECOM, "POST", "/cgi-bin/message/send"),
  RECALL(Platform.WECOM, "POST", "/cgi-bin/message/recall"),
  UPDATE_CARD(Platform.WECOM, "POST", "/cgi-bin/message/update_template_card"),
  ROBOT(Platform.WECOM, "POST", "/cgi-bin/webhook/send"),
  GETUSERID(Platform.WECOM, "POST", "/cgi-bin/user/getuserid");

  /** Whose call it is. */
  enum Platform {
    ACCOUNT,
    WECOM
  }

  private static final Map<String, Endpoint> BY_PATH =
      Arrays.stream(values()).collect(Collectors.toMap(e -> e.path, Function.identity()));

  private final Platform platform;
  private final String method;
  private final String path;

  Endpoint(Platform platform, String method, String path) {
    this.platform = platform;
    this.method = method;
    this.path = path;
  }

  static Optional<Endpoint> at(String path) {
    return Optional.ofNullable(BY_PATH.get(path));
  }

  Platform platform() {
    return platform;
  }

  /** The HTTP method it wants. */
  public String method() {
    return method;
  }

  /** From the base URL on, without a query. */
  public String path() {
    return path;
  }
}
