package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.wechat.WeChatConfig.OfficialAccount.Via;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message through {@code template/send} or {@code subscribe/bizsend}, with everything that its
 * answer asks for.
 */
final class TemplateSend {
  private static final Duration QUOTA_EVERY = Duration.ofMinutes(10);
  private static final Duration QUOTA_EVERY_NEARLY_GONE = Duration.ofMinutes(1);
  private static final Logger log = LoggerFactory.getLogger(TemplateSend.class);

  private final WeChatConfig.OfficialAccount account;
  private final Clock clock;
  private final Calls calls;
  private final AccessToken tokens;
  private final TemplateFields fields;
  private final Attempts attempts;
  private final Lane lane;
  private final Gate gate;
  private final Consequences consequences;
  private final Bindings bindings;
  private final Consents consents;
  private final CallbackSignals receipts;
  private final AtomicReference<Instant> quotaAsked = new AtomicReference<>(Instant.MIN);

  /**
   * @param receipts replays a receipt that was there before its send was answered
   */
  TemplateSend(
      WeChatConfig.OfficialAccount account,
      Clock clock,
      Calls calls,
      AccessToken tokens,
      Attempts attempts,
      Lane lane,
      Consequences consequences,
      Bindings bindings,
      Consents consents,
      CallbackSignals receipts) {
    this.account = account;
    this.clock = clock;
    this.calls = calls;
    this.tokens = tokens;
    this.fields = new TemplateFields(account.template());
    this.attempts = attempts;
    this.lane = lane;
    this.gate = new Gate(lane, tokens);
    this.consequences = consequences;
    this.bindings = bindings;
    this.consents = consents;
    this.receipts = receipts;
  }

  /** Fetches the token and the quota before anything is sent. */
  void warmUp() {
    try {
      tokens.get();
      if (quotaDue()) {
        askQuota();
      }
    } catch (AccessToken.NoToken e) {
      log.warn("No token for {}: {}", account.appId(), consequences.of(e));
    }
  }

  /** Sends one message; blocks until its outcome is known. */
  Outcome carry(Message message) {
    Optional<Outcome> shut = gate.shut();
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
    Optional<Outcome> kept = keptForOthers(message);
    if (kept.isPresent()) {
      return kept.get();
    }
    TemplateFields.Filled filled = fields.fill(message);
    if (!filled.problems().isEmpty()) {
      String why = "47003 avoided, check template: " + String.join("; ", filled.problems());
      lane.misfit(why);
      return new Outcome.Permanent(why);
    }
    Attempts.Repeat repeat;
    try {
      if (account.via() == Via.SUBSCRIPTION && consents.refused(message.address())) {
        return new Outcome.Permanent("this person has refused the subscription (43101 avoided)");
      }
      repeat = attempts.begins(message);
    } catch (Memory.Away e) {
      if (message.marks().contains(Message.Mark.POSSIBLE_DUPLICATE)) {
        return new Outcome.Unknown(
            "an earlier try may have arrived, and with the store away nobody knows when:"
                + " not repeated");
      }
      repeat = attempts.beginsUnkept(message);
    }
    if (repeat.equals(Attempts.Repeat.TOO_LATE)) {
      return new Outcome.Unknown(
          "an earlier try may have arrived, and the platform forgets it after 10 minutes:"
              + " not repeated");
    }
    if (repeat.again() && account.via() == Via.SUBSCRIPTION) {
      return new Outcome.Unknown(
          "an earlier try may have arrived, and the platform knows no repeats of subscription"
              + " messages: not repeated");
    }
    Outcome outcome = post(message, body(message, filled.values(), repeat.clientMessageId()));
    if (outcome instanceof Outcome.Unknown || outcome instanceof Outcome.Pending) {
      attempts.unknown(message).ifPresent(parked -> receipts.replay(message, parked));
    } else if (!(outcome instanceof Outcome.Accepted)) {
      attempts.over(message, repeat);
    }
    if (!(outcome instanceof Outcome.Accepted)) {
      log.info("{} to {}: {}", message.attempt(), Mask.openid(message.address()), outcome);
    }
    return outcome;
  }

  /** The last part of the day's quota goes to red warnings, and to people who can act. */
  private Optional<Outcome> keptForOthers(Message message) {
    Set<Message.Mark> marks = message.marks();
    boolean red = marks.contains(Message.Mark.OVER_BUDGET);
    boolean first = marks.contains(Message.Mark.RESERVE) || marks.contains(Message.Mark.ACTS);
    if (red || (first && !message.content().drill())) {
      return Optional.empty();
    }
    boolean worthWaiting =
        switch (message.content().kind()) {
          case WARN, UPDATE, LIFT -> true;
          case STOP, TEST, NOTICE -> false;
        };
    return lane.onlyReserveLeft()
        .map(until -> worthWaiting ? until : new Outcome.Permanent(until.why()));
  }

  private ObjectNode body(Message message, Map<String, String> values, String clientMessageId) {
    boolean template = account.via() == Via.TEMPLATE;
    ObjectNode body =
        Wire.JSON
            .createObjectNode()
            .put("touser", message.address())
            .put("template_id", account.templateId());
    if (template) {
      body.put("client_msg_id", clientMessageId);
    }
    String link = message.field(Field.LINK);
    if (!link.isEmpty()) {
      body.put(template ? "url" : "page", link);
    }
    ObjectNode data = body.putObject("data");
    values.forEach((name, value) -> data.putObject(name).put("value", value));
    return body;
  }

  private Outcome post(Message message, ObjectNode body) {
    try {
      Wire.Answer answer = calls.post(account.via().path(), body);
      if (!(answer instanceof Wire.Answer.Json json)) {
        return consequences.of(answer);
      }
      Code code = calls.code(json);
      if (code.act() == Code.Act.ACCEPT) {
        return accepted(message, json.body());
      }
      Outcome outcome = consequences.of(json.code(), code, said(json.words(), message));
      if (code.act() == Code.Act.GIVE_UP_ADDRESS && outcome instanceof Outcome.Permanent why) {
        bindings.dead(message.address(), why.why());
      }
      return outcome;
    } catch (AccessToken.NoToken e) {
      return consequences.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.LaneDown("the channel was closed while the platform was busy");
    }
  }

  private Outcome accepted(Message message, JsonNode body) {
    if (!body.has("errcode") && !body.has("msgid")) {
      String why = "HTTP 200 without errcode and msgid";
      lane.unclear(why);
      return new Outcome.Unknown(why);
    }
    String msgid = body.path("msgid").asText("0");
    lane.taken();
    attempts.accepted(message, msgid).ifPresent(parked -> receipts.replay(message, parked));
    return new Outcome.Accepted(msgid.equals("0") ? List.of() : List.of(msgid));
  }

  private static String said(String words, Message message) {
    return Consequences.said(words.replace(message.address(), Mask.openid(message.address())));
  }

  /** Whether it is time to ask for the quota; true once for each time. */
  boolean quotaDue() {
    Instant asked = quotaAsked.get();
    Instant now = clock.instant();
    Duration every = lane.quotaNearlyGone() ? QUOTA_EVERY_NEARLY_GONE : QUOTA_EVERY;
    return (asked.equals(Instant.MIN) || !now.isBefore(asked.plus(every)))
        && quotaAsked.compareAndSet(asked, now);
  }

  /** Asks how many messages the day has left; blocks. */
  void askQuota() {
    try {
      ObjectNode ask = Wire.JSON.createObjectNode().put("cgi_path", account.via().path());
      Wire.Answer answer = calls.post("/cgi-bin/openapi/quota/get", ask);
      if (answer instanceof Wire.Answer.Json json && json.code() == 0) {
        JsonNode quota = json.body().path("quota");
        if (quota.path("daily_limit").asLong() > 0) {
          lane.quota(
              quota.path("daily_limit").asLong(), quota.path("remain").asLong(), account.reserve());
        }
      } else {
        log.debug("The quota could not be asked: {}", answer.getClass().getSimpleName());
      }
    } catch (AccessToken.NoToken e) {
      log.debug("The quota could not be asked: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
