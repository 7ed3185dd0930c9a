package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Codes that allow one update of one message's card each, within three days. */
final class ResponseCodes {
  private static final Duration LIFE = Duration.ofDays(3);

  private record Given(String msgId, Instant end) {}

  private final InstantSource clock;
  private final Map<String, Given> unused = new HashMap<>();
  private long last;

  ResponseCodes(InstantSource clock) {
    this.clock = clock;
  }

  String give(String msgId) {
    String code = "rc" + ++last + "_" + msgId;
    unused.put(code, new Given(msgId, clock.instant().plus(LIFE)));
    return code;
  }

  /** The message that the code is for; from now on the code is worthless. */
  String use(String code) throws Refused {
    Given given = unused.remove(code);
    if (given == null || !clock.instant().isBefore(given.end())) {
      // The platform's own number for this is not published.
      throw new Refused(40058, "invalid Request Parameter, response_code: used, old or unknown");
    }
    return given.msgId();
  }
}
