package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One message through {@code template/send}, with everything that its answer asks for. */
final class TemplateSend {
  private static final String SEND = "/cgi-bin/message/template/send";
  private static final int BUSY_REPEATS = 3;
  private static final Duration BUSY_RETRY = Duration.ofSeconds(10);
  private static final Duration QUOTA_EVERY = Duration.ofMinutes(10);
  private static final Logger log = LoggerFactory.getLogger(TemplateSend.class);

  private final WeChatConfig config;
  private final Clock clock;
  private final RandomGenerator random;
  private final Wire wire;
  private final StableToken tokens;
  private final TemplateFields fields;
  private final Attempts attempts;
  private final Lane lane;
  private final WeChatCallback callback;
  private final AtomicReference<Instant> quotaAsked = new AtomicReference<>(Instant.MIN);

  /**
   * @param callback replays a receipt that was there before its send was answered
   */
  TemplateSend(
      WeChatConfig config,
      Clock clock,
      RandomGenerator random,
      Wire wire,
      StableToken tokens,
      Attempts attempts,
      Lane lane,
      WeChatCallback callback) {
    this.config = config;
    this.clock = clock;
    this.random = random;
    this.wire = wire;
    this.tokens = tokens;
    this.fields = new TemplateFields(config.officialAccount().template());
    this.attempts = attempts;
    this.lane = lane;
    this.callback = callback;
  }

  /** Fetches the token and the quota before anything is sent. */
  void warmUp() {
    try {
      tokens.get();
      if (quotaDue()) {
        askQuota();
      }
    } catch (StableToken.NoToken e) {
      Outcome outcome = withoutToken(e);
      log.warn("No token for {}: {}", config.officialAccount().appId(), outcome);
    }
  }

  /** Sends one message; blocks until its outcome is known. */
  Outcome carry(Message message) {
    Optional<Outcome> shut = lane.shut();
    if (shut.isPresent()) {
      return shut.get();
    }
    Content content = message.content();
    if (content.kind() == Content.Kind.STOP) {
      return new Outcome.Permanent("people get nothing when a loudspeaker is stopped");
    }
    if (!clock.instant().isBefore(content.playBy())) {
      return new Outcome.Permanent("too late: its play-by time has passed");
    }
    TemplateFields.Filled filled = fields.fill(message);
    if (!filled.problems().isEmpty()) {
      String why = "47003 avoided, check template: " + String.join("; ", filled.problems());
      lane.misfit(why);
      return new Outcome.Permanent(why);
    }
    Attempts.Repeat repeat;
    try {
      repeat = attempts.repeat(message);
    } catch (Memory.Away e) {
      repeat = new Attempts.Repeat(Attempts.clientMessageId(Attempts.delivery(message.attempt())));
    }
    if (repeat.equals(Attempts.Repeat.TOO_LATE)) {
      return new Outcome.Unknown(
          "an earlier try may have arrived, and the platform forgets it after 10 minutes:"
              + " not repeated");
    }
    attempts.begins(message);
    Outcome outcome = post(message, body(message, filled.values(), repeat.clientMessageId()));
    if (outcome instanceof Outcome.Unknown unknown) {
      lane.unclear(unknown.why());
    }
    if (outcome instanceof Outcome.Unknown || outcome instanceof Outcome.Pending) {
      attempts.unknown(message).ifPresent(parked -> callback.replay(message, parked));
    } else if (!(outcome instanceof Outcome.Accepted)) {
      attempts.over(message);
    }
    if (!(outcome instanceof Outcome.Accepted)) {
      log.info("{} to {}: {}", message.attempt(), Mask.openid(message.address()), outcome);
    }
    return outcome;
  }

  private ObjectNode body(Message message, Map<String, String> values, String clientMessageId) {
    ObjectNode body =
        Wire.JSON
            .createObjectNode()
            .put("touser", message.address())
            .put("template_id", config.officialAccount().templateId())
            .put("client_msg_id", clientMessageId);
    String link = message.field(Field.LINK);
    if (!link.isEmpty()) {
      body.put("url", link);
    }
    ObjectNode data = body.putObject("data");
    values.forEach((name, value) -> data.putObject(name).put("value", value));
    return body;
  }

  private Outcome post(Message message, ObjectNode body) {
    try {
      String token = tokens.get();
      boolean renewed = false;
      int busy = 0;
      while (true) {
        Wire.Answer answer = wire.post(SEND, token, body);
        if (!(answer instanceof Wire.Answer.Json json)) {
          return withoutAnswer(answer);
        }
        ErrorCode code = ErrorCode.of(json.code());
        if (code.act() == ErrorCode.Act.RENEW_TOKEN && !renewed) {
          token = tokens.replace(token);
          renewed = true;
        } else if (code.act() == ErrorCode.Act.REPEAT && busy < BUSY_REPEATS) {
          busy++;
          pause();
        } else {
          return conclude(message, code, json);
        }
      }
    } catch (StableToken.NoToken e) {
      return withoutToken(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.LaneDown("the channel was closed while the platform was busy");
    }
  }

  private Outcome conclude(Message message, ErrorCode code, Wire.Answer.Json json) {
    String why = json.code() + ": " + code.meaning();
    return switch (code.act()) {
      case ACCEPT -> accepted(message, json.body());
      case HOLD -> {
        lane.answered();
        yield new Outcome.Pending(why);
      }
      case REPEAT -> {
        lane.unclear(why);
        yield new Outcome.Retry(jittered(BUSY_RETRY), why);
      }
      case GIVE_UP -> {
        lane.answered();
        yield new Outcome.Permanent(why);
      }
      case GIVE_UP_AND_SHOW -> {
        String shown = why + said(json.words(), message);
        lane.answered();
        lane.misfit(shown);
        yield new Outcome.Permanent(shown);
      }
      case STOP_TEMPLATE -> {
        lane.stopTemplate(why);
        yield new Outcome.LaneDown(why);
      }
      case WAIT_MINUTE -> lane.untilNextMinute(why);
      case WAIT_MIDNIGHT -> lane.untilMidnight(why);
      case RENEW_TOKEN -> {
        String again = why + ", though it was fetched a moment ago";
        lane.down(again);
        yield new Outcome.LaneDown(again);
      }
      case FIX_ACCOUNT -> lane.untilFixed(why + said(json.words(), message));
    };
  }

  private Outcome accepted(Message message, JsonNode body) {
    if (!body.has("errcode") && !body.has("msgid")) {
      return new Outcome.Unknown("HTTP 200 without errcode and msgid");
    }
    String msgid = body.path("msgid").asText("0");
    lane.taken();
    attempts.accepted(message, msgid).ifPresent(parked -> callback.replay(message, parked));
    return new Outcome.Accepted(List.of(msgid));
  }

  private Outcome withoutAnswer(Wire.Answer answer) {
    if (answer instanceof Wire.Answer.SlowDown slow) {
      return lane.slowDown(slow.after(), slow.why());
    }
    if (answer instanceof Wire.Answer.NotTaken not) {
      lane.down(not.why());
      return new Outcome.LaneDown(not.why());
    }
    return new Outcome.Unknown(((Wire.Answer.Unclear) answer).why());
  }

  private Outcome withoutToken(StableToken.NoToken e) {
    return switch (e.code().act()) {
      case FIX_ACCOUNT -> lane.untilFixed(e.getMessage());
      case WAIT_MINUTE -> lane.untilNextMinute(e.getMessage());
      case WAIT_MIDNIGHT -> lane.untilMidnight(e.getMessage());
      default -> {
        lane.down(e.getMessage());
        yield e.outcome();
      }
    };
  }

  /** The platform's own words for the operator: which field, which IP address; never an openid. */
  private static String said(String words, Message message) {
    String clean =
        words
            .replace(message.address(), Mask.openid(message.address()))
            .replaceAll("[\\p{Cntrl}\\s]+", " ");
    return clean.isEmpty() ? "" : " (" + clean.substring(0, Math.min(120, clean.length())) + ")";
  }

  private void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(jittered(config.limits().busyPause()).toMillis());
  }

  /** Half to one and a half times as long, so that many don't come back at one time. */
  private Duration jittered(Duration mean) {
    return Duration.ofMillis((long) (mean.toMillis() * (0.5 + random.nextDouble())));
  }

  /** Whether it is time to ask for the quota; true once for each time. */
  boolean quotaDue() {
    Instant asked = quotaAsked.get();
    Instant now = clock.instant();
    return (asked.equals(Instant.MIN) || !now.isBefore(asked.plus(QUOTA_EVERY)))
        && quotaAsked.compareAndSet(asked, now);
  }

  /** Asks how many messages the day has left; blocks. */
  void askQuota() {
    try {
      ObjectNode ask = Wire.JSON.createObjectNode().put("cgi_path", SEND);
      Wire.Answer answer = wire.post("/cgi-bin/openapi/quota/get", tokens.get(), ask);
      if (answer instanceof Wire.Answer.Json json && json.code() == 0) {
        JsonNode quota = json.body().path("quota");
        if (quota.path("daily_limit").asLong() > 0) {
          lane.quota(quota.path("daily_limit").asLong(), quota.path("remain").asLong());
        }
      } else {
        log.debug("The quota could not be asked: {}", answer);
      }
    } catch (StableToken.NoToken e) {
      log.debug("The quota could not be asked: {}", e.getMessage());
    }
  }
}
