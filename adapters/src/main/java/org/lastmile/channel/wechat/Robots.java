package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Content;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;

/**
 * Group robots: words into a WeCom group, for whoever reads there. Nobody's answer, no receipt, and
 * no way to know a repeat, so that an unknown outcome is never repeated. A robot's trouble is its
 * own and says nothing of the application's lane.
 */
final class Robots {
  /** What an address begins with that is a robot and no person. */
  static final String ADDRESS = "robot:";

  private static final int LONGEST_BYTES = 2048;
  private static final Duration FREQUENCY_PAUSE = Duration.ofSeconds(60);

  private final Map<String, String> keys;
  private final Wire wire;
  private final Pace pace;

  Robots(Map<String, String> keys, Wire wire, Clock clock) {
    this.keys = keys;
    this.wire = wire;
    this.pace = new Pace(clock, new Pace.Rate(20, Duration.ofSeconds(65)));
  }

  /** Blocks until the outcome is known. */
  Outcome carry(Message message) {
    String name = message.address().substring(ADDRESS.length());
    String key = keys.get(name);
    if (key == null) {
      return new Outcome.Permanent("no robot of that name stands in wecom.robots: " + name);
    }
    if (message.content().kind() == Content.Kind.STOP) {
      return new Outcome.Permanent("what a robot said can't be taken back");
    }
    if (message.marks().contains(Message.Mark.POSSIBLE_DUPLICATE)) {
      return new Outcome.Unknown(
          "an earlier try may have arrived: a robot's words are not repeated");
    }
    Optional<Duration> wait = pace.take(name);
    if (wait.isPresent()) {
      return new Outcome.Retry(wait.get(), "robot " + name + " may say 20 things a minute");
    }
    ObjectNode body = Wire.JSON.createObjectNode().put("msgtype", "text");
    body.putObject("text").put("content", WeComFace.text(message, LONGEST_BYTES));
    Wire.Answer answer =
        wire.post(
            "/cgi-bin/webhook/send?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8), body);
    return outcome(name, answer);
  }

  private static Outcome outcome(String name, Wire.Answer answer) {
    if (answer instanceof Wire.Answer.Json json) {
      if (json.code() == 0 && json.body().has("errcode")) {
        return new Outcome.Accepted(List.of(Robots.ADDRESS + name));
      }
      if (json.code() == 0) {
        return new Outcome.Unknown("HTTP 200 without errcode");
      }
      WeComCode code = WeComCode.of(json.code());
      String why = json.code() + ": robot " + name + ": " + code.meaning();
      return switch (code.act()) {
        case REPEAT, WAIT_60_SECONDS, NARROW -> new Outcome.Retry(FREQUENCY_PAUSE, why);
        default -> new Outcome.Permanent(why + "; check its key");
      };
    }
    if (answer instanceof Wire.Answer.SlowDown slow) {
      return new Outcome.Retry(slow.after(), slow.why());
    }
    Wire.Answer.Missing missing = (Wire.Answer.Missing) answer;
    return missing instanceof Wire.Answer.NotTaken
        ? new Outcome.Retry(FREQUENCY_PAUSE, missing.why())
        : new Outcome.Unknown(missing.why());
  }
}
