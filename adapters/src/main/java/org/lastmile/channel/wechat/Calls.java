package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * Calls that need the access token: one that is refused for its token is made once more with
 * another, one that is refused as busy three times more, always with the same words.
 */
final class Calls {
  private static final int BUSY_REPEATS = 3;

  private final Wire wire;
  private final AccessToken tokens;
  private final IntFunction<Code> codes;
  private final Duration busyPause;
  private final RandomGenerator random;

  /**
   * @param codes the platform's error table
   * @param busyPause mean pause before a call that the platform called busy is repeated
   */
  Calls(
      Wire wire,
      AccessToken tokens,
      IntFunction<Code> codes,
      Duration busyPause,
      RandomGenerator random) {
    this.wire = wire;
    this.tokens = tokens;
    this.codes = codes;
    this.busyPause = busyPause;
    this.random = random;
  }

  /** Posts; blocks until the platform has answered, or it is known that it won't. */
  Wire.Answer post(String path, JsonNode body) throws AccessToken.NoToken, InterruptedException {
    return repeated(token -> wire.post(path, token, body));
  }

  /** Gets; blocks as long. */
  Wire.Answer get(String path) throws AccessToken.NoToken, InterruptedException {
    return repeated(token -> wire.get(path, token));
  }

  private Wire.Answer repeated(Function<String, Wire.Answer> call)
      throws AccessToken.NoToken, InterruptedException {
    String token = tokens.get();
    boolean renewed = false;
    int busy = 0;
    while (true) {
      Wire.Answer answer = call.apply(token);
      if (!(answer instanceof Wire.Answer.Json json)) {
        return answer;
      }
      Code.Act act = code(json).act();
      if (act == Code.Act.RENEW_TOKEN && !renewed) {
        token = tokens.replace(token);
        renewed = true;
      } else if (act == Code.Act.REPEAT && busy < BUSY_REPEATS) {
        busy++;
        TimeUnit.MILLISECONDS.sleep(jittered(busyPause, random).toMillis());
      } else {
        return answer;
      }
    }
  }

  Code code(Wire.Answer.Json json) {
    return codes.apply(json.code());
  }

  /** Half to one and a half times as long, so that many don't come back at one time. */
  static Duration jittered(Duration mean, RandomGenerator random) {
    return Duration.ofMillis((long) (mean.toMillis() * (0.5 + random.nextDouble())));
  }
}
