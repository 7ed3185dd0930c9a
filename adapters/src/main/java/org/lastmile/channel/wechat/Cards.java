package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to cards that lie on people's phones: those who have answered on another channel are
 * not asked any longer, and what was wrong is taken back. One request has one code for turning its
 * cards, good for one use: they turn when everybody in it has answered.
 */
final class Cards {
  private static final String RECALL = "/cgi-bin/message/recall";
  private static final Logger log = LoggerFactory.getLogger(Cards.class);

  private final long agentId;
  private final Calls calls;
  private final Tasks tasks;
  private final Consequences consequences;
  private final Clock clock;
  private final Executor workers;
  private final Map<String, CompletableFuture<Outcome>> recalls = new ConcurrentHashMap<>();
  private final LongAdder turned = new LongAdder();
  private final LongAdder takenBack = new LongAdder();

  Cards(
      long agentId,
      Calls calls,
      Tasks tasks,
      Consequences consequences,
      Clock clock,
      Executor workers) {
    this.agentId = agentId;
    this.calls = calls;
    this.tasks = tasks;
    this.consequences = consequences;
    this.clock = clock;
    this.workers = workers;
  }

  /** The person has answered that try, or another of the same message, on another channel. */
  void answeredElsewhere(String attempt) {
    tasks
        .of(attempt)
        .ifPresent(
            task -> {
              task.answeredElsewhere(Attempts.delivery(attempt));
              settled(task);
            });
  }

  /** Somebody has answered: perhaps the last. Never blocks. */
  void settled(Task task) {
    Optional<Task.Turn> turn = task.turnWhenSettled(clock.instant());
    if (turn.isPresent()) {
      try {
        workers.execute(() -> turn(task, turn.get()));
      } catch (RejectedExecutionException e) {
        log.debug("The channel is closed; the cards of {} are left as they are", task.id());
      }
    }
  }

  private void turn(Task task, Task.Turn turn) {
    ObjectNode body =
        Wire.JSON.createObjectNode().put("agentid", agentId).put("response_code", turn.code());
    ArrayNode userids = body.putArray("userids");
    turn.userids().forEach(userids::add);
    body.putObject("button").put("replace_name", "已确认");
    try {
      Wire.Answer answer = calls.post("/cgi-bin/message/update_template_card", body);
      if (answer instanceof Wire.Answer.Json json && json.code() == 0) {
        turned.add(turn.userids().size());
      } else {
        // They only go on asking, and a click on them is a second answer, which does no harm.
        log.warn("{} cards of {} could not be turned", turn.userids().size(), task.id());
      }
    } catch (AccessToken.NoToken e) {
      log.warn("Cards of {} could not be turned: {}", task.id(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * These messages were taken: what they take the place of, or end, is taken back within its day,
   * each request when everybody who got it was told. Never blocks.
   */
  void replaced(Collection<Message> given) {
    Map<String, Set<String>> told = new HashMap<>();
    for (Message message : given) {
      for (String ended : message.content().supersedes()) {
        told.computeIfAbsent(ended, e -> new HashSet<>()).add(Task.key(message.address()));
      }
    }
    told.forEach(
        (ended, userids) -> {
          for (Task task : tasks.with(ended)) {
            task.replaced(userids, clock.instant()).ifPresent(msgid -> takeBack(task, msgid));
          }
        });
  }

  private void takeBack(Task task, String msgid) {
    try {
      workers.execute(
          () -> {
            try {
              ObjectNode body = Wire.JSON.createObjectNode().put("msgid", msgid);
              Wire.Answer answer = calls.post(RECALL, body);
              if (answer instanceof Wire.Answer.Json json && json.code() == 0) {
                takenBack.add(task.recipients().size());
              } else {
                // It stays beside the words that say that it is over.
                log.warn("{} could not be taken back", task.id());
              }
            } catch (AccessToken.NoToken e) {
              log.warn("{} could not be taken back: {}", task.id(), e.getMessage());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("The channel is closed; {} is left as it is", task.id());
    }
  }

  /**
   * Takes back what a person got of a content, together with what everybody else got in the same
   * request; blocks.
   */
  Outcome recall(Iterable<String> contents, String userid) {
    Outcome outcome =
        new Outcome.Permanent("nothing that went to this person can be taken back any more");
    for (String content : contents) {
      for (Task task : tasks.with(content)) {
        Optional<String> msgid = task.recallable(clock.instant());
        if (msgid.isPresent() && task.recipient(userid).isPresent()) {
          outcome = once(msgid.get());
        }
      }
    }
    return outcome;
  }

  private Outcome once(String msgid) {
    CompletableFuture<Outcome> mine = new CompletableFuture<>();
    CompletableFuture<Outcome> other = recalls.putIfAbsent(msgid, mine);
    if (other != null) {
      return other.join();
    }
    Outcome outcome = recall(msgid);
    if (!(outcome instanceof Outcome.Accepted)) {
      recalls.remove(msgid, mine);
    }
    mine.complete(outcome);
    return outcome;
  }

  private Outcome recall(String msgid) {
    try {
      ObjectNode body = Wire.JSON.createObjectNode().put("msgid", msgid);
      Wire.Answer answer = calls.post(RECALL, body);
      if (!(answer instanceof Wire.Answer.Json json)) {
        return consequences.of(answer);
      }
      Code code = calls.code(json);
      return code.act() == Code.Act.ACCEPT
          ? new Outcome.Accepted(List.of(msgid))
          : consequences.of(json.code(), code, Consequences.said(json.words()));
    } catch (AccessToken.NoToken e) {
      return consequences.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.LaneDown("the channel was closed");
    }
  }

  /** For the health page. */
  Map<String, String> facts() {
    return Map.of(
        "cards turned", Long.toString(turned.sum()), "taken back", Long.toString(takenBack.sum()));
  }
}
