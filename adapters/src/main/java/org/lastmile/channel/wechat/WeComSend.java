package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to up to a thousand people through {@code message/send}. A request that reached some
 * of them is a success that names the others: each person gets an outcome of their own.
 */
final class WeComSend {
  private static final String SEND = "/cgi-bin/message/send";
  private static final int DUPLICATE_CHECK_S = 1800;
  private static final String INVALID =
      "invaliduser: no such userid, or none that this application may see; check 可见范围";
  private static final String UNLICENSED = "unlicenseduser: this person has no licence (接口许可)";
  private static final Logger log = LoggerFactory.getLogger(WeComSend.class);

  private final long agentId;
  private final Calls calls;
  private final Tasks tasks;
  private final Lane lane;
  private final Gate gate;
  private final Consequences consequences;
  private final Bindings bindings;
  private final Directory directory;
  private final Runnable narrower;
  private final LongAdder requests = new LongAdder();
  private final LongAdder invalid = new LongAdder();
  private final LongAdder unlicensed = new LongAdder();

  /**
   * @param narrower called when the platform wants fewer requests at one time
   */
  WeComSend(
      long agentId,
      Calls calls,
      Tasks tasks,
      Lane lane,
      Gate gate,
      Consequences consequences,
      Bindings bindings,
      Directory directory,
      Runnable narrower) {
    this.agentId = agentId;
    this.calls = calls;
    this.tasks = tasks;
    this.lane = lane;
    this.gate = gate;
    this.consequences = consequences;
    this.bindings = bindings;
    this.directory = directory;
    this.narrower = narrower;
  }

  /**
   * Sends; blocks until every message's outcome is known.
   *
   * @param messages to different people, all with this face
   * @param batch what all messages with this face have in common
   * @param again the task of an earlier try of these messages, if the platform may know it
   * @return by attempt
   */
  Map<String, Outcome> carry(
      Collection<Message> messages, ObjectNode face, String batch, Optional<Task> again) {
    Optional<Outcome> shut = gate.shut();
    if (shut.isPresent()) {
      return all(messages, shut.get());
    }
    // What refuses a repeat says nothing of the first try, which may have arrived.
    Task.State refused = again.map(Task::state).orElse(Task.State.REFUSED);
    Task task =
        again.map(t -> tasks.again(t, messages)).orElseGet(() -> tasks.open(batch, messages));
    // A repeat names everybody whom its first try named: the platform compares whole requests.
    String everybody =
        task.recipients().stream().map(Task.Recipient::userid).collect(Collectors.joining("|"));
    ObjectNode body = Wire.JSON.createObjectNode().put("touser", everybody);
    body.setAll(face.deepCopy());
    WeComFace.withTask(body, task.id());
    body.put("agentid", agentId)
        .put("enable_duplicate_check", 1)
        .put("duplicate_check_interval", DUPLICATE_CHECK_S);
    requests.increment();
    Map<String, Outcome> outcomes = post(messages, task, refused, body);
    tell(task, outcomes);
    return outcomes;
  }

  private Map<String, Outcome> post(
      Collection<Message> messages, Task task, Task.State refused, ObjectNode body) {
    try {
      Wire.Answer answer = calls.post(SEND, body);
      if (!(answer instanceof Wire.Answer.Json json)) {
        Outcome outcome = consequences.of(answer);
        boolean may = outcome instanceof Outcome.Unknown || refused == Task.State.UNKNOWN;
        task.state(may ? Task.State.UNKNOWN : Task.State.NOT_THROUGH);
        return all(messages, outcome);
      }
      Code code = calls.code(json);
      return switch (code.act()) {
        case ACCEPT -> accepted(messages, task, json.body());
        case ACCEPT_AS_SENT -> {
          task.state(Task.State.TAKEN);
          lane.taken(messages.size());
          yield all(messages, new Outcome.Accepted(List.of(task.id())));
        }
        default -> {
          task.state(refused);
          yield refused(messages, task, json, code);
        }
      };
    } catch (AccessToken.NoToken e) {
      task.state(refused);
      return all(messages, consequences.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      task.state(refused);
      return all(
          messages, new Outcome.LaneDown("the channel was closed while the platform was busy"));
    }
  }

  private Map<String, Outcome> refused(
      Collection<Message> messages, Task task, Wire.Answer.Json json, Code code) {
    if (code.act() == Code.Act.NARROW) {
      narrower.run();
    }
    Outcome outcome = consequences.of(json.code(), code, said(json.words(), task));
    // One who has no licence is refused under the same code, and is not dead.
    Set<String> nobody = userids(json.body().path("invaliduser"));
    boolean alone = code.act() == Code.Act.GIVE_UP_ADDRESS && messages.size() == 1;
    for (Message message : messages) {
      boolean named = alone || nobody.contains(Task.key(message.address()));
      if (named && outcome instanceof Outcome.Permanent) {
        dead(message);
      }
    }
    return all(messages, outcome);
  }

  private void dead(Message message) {
    invalid.increment();
    directory.forget(message.address());
    bindings.dead(message.address(), INVALID);
  }

  private Map<String, Outcome> accepted(Collection<Message> messages, Task task, JsonNode answer) {
    if (!answer.has("errcode")) {
      String why = "HTTP 200 without errcode";
      lane.unclear(why);
      return all(messages, new Outcome.Unknown(why));
    }
    Set<String> nobody = userids(answer.path("invaliduser"));
    Set<String> without = userids(answer.path("unlicenseduser"));
    String msgid = answer.path("msgid").asText("");
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    int taken = 0;
    for (Message message : messages) {
      String userid = Task.key(message.address());
      Outcome outcome;
      if (nobody.contains(userid)) {
        dead(message);
        outcome = new Outcome.Permanent(INVALID);
      } else if (without.contains(userid)) {
        unlicensed.increment();
        outcome = new Outcome.Permanent(UNLICENSED);
      } else {
        taken++;
        outcome = new Outcome.Accepted(List.of(msgid.isEmpty() ? task.id() : msgid));
      }
      outcomes.put(message.attempt(), outcome);
    }
    nobody.addAll(without);
    task.taken(msgid, answer.path("response_code").asText(""), nobody);
    lane.taken(taken);
    return outcomes;
  }

  /** Lower-cased, as the platform writes them already. */
  private static Set<String> userids(JsonNode list) {
    return Arrays.stream(list.asText("").split("\\|", -1))
        .map(Task::key)
        .filter(userid -> !userid.isBlank())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static Map<String, Outcome> all(Collection<Message> messages, Outcome outcome) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    messages.forEach(m -> outcomes.put(m.attempt(), outcome));
    return outcomes;
  }

  private static String said(String words, Task task) {
    String clean = words;
    for (Task.Recipient recipient : task.recipients()) {
      clean = clean.replace(recipient.userid(), Mask.userid(recipient.userid()));
    }
    return Consequences.said(clean);
  }

  private static void tell(Task task, Map<String, Outcome> outcomes) {
    Map<Outcome, Long> others =
        outcomes.values().stream()
            .filter(o -> !(o instanceof Outcome.Accepted))
            .collect(Collectors.groupingBy(o -> o, LinkedHashMap::new, Collectors.counting()));
    others.forEach(
        (outcome, count) ->
            log.info("{} of {} messages of {}: {}", count, outcomes.size(), task.id(), outcome));
  }

  /** For the health page. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("requests", Long.toString(requests.sum()));
    facts.put("invalid userids", Long.toString(invalid.sum()));
    facts.put("without licence", Long.toString(unlicensed.sum()));
    return facts;
  }
}
