package org.lastmile.channel.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of the last days: kept before they are written to the wire, so that a click finds
 * its try, and a repeat its first try, after a crash as well. One record a request, not one a
 * person: a thousand people are one write.
 */
final class Tasks {
  /** A card can be clicked as long as the platform shows it; answers matter for days. */
  private static final Duration KEEP = Duration.ofDays(4);

  /** {@code duplicate_check_interval} is 30 min; a little less to be sure. */
  private static final Duration DEDUPED = Duration.ofMinutes(29);

  private static final int MOST_PEOPLE = 50_000;
  private static final int MOST_BATCHES = 20_000;
  private static final Logger log = LoggerFactory.getLogger(Tasks.class);

  private final Memory memory;
  private final Clock clock;
  private final Map<String, Task> newest = new LinkedHashMap<>();
  private final Map<String, Task> byDelivery = new HashMap<>();
  private final Map<String, Set<Task>> byTopic = new HashMap<>();
  private final Map<String, Integer> numbers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_BATCHES;
        }
      };
  private int people;

  Tasks(Memory memory, Clock clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /**
   * A new task for these people, kept.
   *
   * @param batch what all messages that look the same have in common, {@code [0-9a-f]{32}}
   */
  Task open(String batch, Collection<Message> messages) {
    Task task = Task.of(batch + "-" + number(batch, messages), clock.instant(), messages);
    remember(task);
    return task;
  }

  /** The first number that no other request of this batch has; taken together with the record. */
  private String number(String batch, Collection<Message> messages) {
    String text = Task.of(batch, clock.instant(), messages).write();
    int number;
    synchronized (this) {
      number = numbers.getOrDefault(batch, 0) + 1;
    }
    try {
      while (!memory.claim("task/" + batch + "-" + number, text, KEEP)) {
        number++;
      }
    } catch (Memory.Away e) {
      log.warn("A task is remembered by this process alone: {}", e.getMessage());
      return "x" + UUID.randomUUID();
    }
    synchronized (this) {
      numbers.merge(batch, number, Math::max);
    }
    return Integer.toString(number);
  }

  /** The same task for later tries of some of its people; kept. */
  Task again(Task task, Collection<Message> messages) {
    task.again(messages);
    try {
      memory.put("task/" + task.id(), task.write(), KEEP);
    } catch (Memory.Away e) {
      log.warn("Task {} is remembered by this process alone: {}", task.id(), e.getMessage());
    }
    remember(task);
    return task;
  }

  /** How a message may be sent. */
  sealed interface Way {
    /** As a new one. */
    record Fresh() implements Way {}

    /** Under the task of its earlier try, which the platform may know. */
    record Again(Task task) implements Way {}

    /** Not at all: it may have arrived, and the platform would not know the repeat. */
    record TooLate() implements Way {}
  }

  /** From memory alone; enough for a message that was not sent by another process. */
  Way way(Message message) {
    Task before;
    synchronized (this) {
      before = byDelivery.get(Attempts.delivery(message.attempt()));
    }
    return before == null ? new Way.Fresh() : way(before);
  }

  /** Asks the store too: the earlier try may have been another process's. Blocks. */
  Way wayOfRepeat(Message message, String batch) {
    Way here = way(message);
    if (!(here instanceof Way.Fresh)) {
      return here;
    }
    String delivery = Attempts.delivery(message.attempt());
    Way way = here;
    for (int n = 1; ; n++) {
      Optional<Task> task = find(batch + "-" + n);
      if (task.isEmpty()) {
        return way;
      }
      boolean ours =
          task.get()
              .recipient(message.address())
              .filter(r -> Attempts.delivery(r.attempt()).equals(delivery))
              .isPresent();
      way = ours ? way(task.get()) : way;
    }
  }

  private Way way(Task before) {
    boolean deduped = clock.instant().isBefore(before.at().plus(DEDUPED));
    return switch (before.state()) {
      case TAKEN, REFUSED -> new Way.Fresh();
      case NOT_THROUGH -> deduped ? new Way.Again(before) : new Way.Fresh();
      case UNKNOWN -> deduped ? new Way.Again(before) : new Way.TooLate();
    };
  }

  /** The task of a click; asks the store when it is not in memory. */
  Optional<Task> find(String id) {
    Optional<Task> here = here(id);
    return here.isPresent() ? here : memory.get("task/" + id).flatMap(text -> read(id, text));
  }

  /** A task that this process made or was asked for; never blocks. */
  synchronized Optional<Task> here(String id) {
    return Optional.ofNullable(newest.get(id));
  }

  private Optional<Task> read(String id, String text) {
    try {
      Task task = Task.read(id, Wire.JSON.readTree(text));
      remember(task);
      return Optional.of(task);
    } catch (JsonProcessingException e) {
      log.warn("Task {} is unreadable and passed over", id);
      return Optional.empty();
    }
  }

  /** The newest task of a try of the same message, if this process still remembers it. */
  synchronized Optional<Task> of(String attempt) {
    return Optional.ofNullable(byDelivery.get(Attempts.delivery(attempt)));
  }

  /** The tasks with that content, or about that warning, that this process still remembers. */
  synchronized List<Task> with(String topic) {
    return List.copyOf(byTopic.getOrDefault(topic, Set.of()));
  }

  private synchronized void remember(Task task) {
    if (newest.put(task.id(), task) == null) {
      people += task.recipients().size();
      task.topics().forEach(t -> byTopic.computeIfAbsent(t, x -> new LinkedHashSet<>()).add(task));
    }
    for (Task.Recipient r : task.recipients()) {
      byDelivery.merge(
          Attempts.delivery(r.attempt()), task, (a, b) -> a.at().isAfter(b.at()) ? a : b);
    }
    Iterator<Task> eldest = newest.values().iterator();
    while (people > MOST_PEOPLE && newest.size() > 1) {
      Task gone = eldest.next();
      eldest.remove();
      people -= gone.recipients().size();
      for (String topic : gone.topics()) {
        byTopic.computeIfPresent(
            topic,
            (t, tasks) -> {
              tasks.remove(gone);
              return tasks.isEmpty() ? null : tasks;
            });
      }
      gone.recipients().forEach(r -> byDelivery.remove(Attempts.delivery(r.attempt()), gone));
    }
  }
}
