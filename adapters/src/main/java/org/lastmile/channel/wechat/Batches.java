package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;

/**
 * Holds back for a moment what looks the same, so that up to a thousand people are one request. A
 * full batch goes at once; nobody waits longer than the moment.
 */
final class Batches {
  /** The longest {@code touser}. */
  static final int MOST = 1000;

  private final ScheduledExecutorService timer;
  private final Duration moment;
  private final Consumer<Batch> ready;
  private final Map<String, Batch> open = new HashMap<>();

  /**
   * @param ready takes what is to be sent now; must not block
   */
  Batches(ScheduledExecutorService timer, Duration moment, Consumer<Batch> ready) {
    this.timer = timer;
    this.moment = moment;
    this.ready = ready;
  }

  /** One message that waits for its outcome. */
  static final class Send {
    final Message message;
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    volatile boolean begun;

    Send(Message message) {
      this.message = message;
    }
  }

  /** What goes out together. */
  static final class Batch {
    private final String id;
    private final ObjectNode face;
    private final Optional<Task> again;
    private final Map<String, Send> sends = new LinkedHashMap<>();

    Batch(String id, ObjectNode face, Optional<Task> again) {
      this.id = id;
      this.face = face;
      this.again = again;
    }

    /** What all messages with this face have in common. */
    String id() {
      return id;
    }

    ObjectNode face() {
      return face;
    }

    /** The task of an earlier try, if this repeats one. */
    Optional<Task> again() {
      return again;
    }

    Collection<Send> all() {
      return sends.values();
    }

    List<Message> messages() {
      return sends.values().stream().map(s -> s.message).toList();
    }
  }

  void add(String id, ObjectNode face, Optional<Task> again, Send send) {
    String key = again.map(Task::id).orElse(id);
    String userid = Task.key(send.message.address());
    Batch full = null;
    synchronized (open) {
      Batch batch = open.get(key);
      if (batch != null && batch.sends.containsKey(userid)) {
        // One request names a person once: the second message of the same face follows.
        open.remove(key);
        full = batch;
        batch = null;
      }
      if (batch == null) {
        batch = new Batch(id, face, again);
        open.put(key, batch);
        later(key, batch);
      }
      batch.sends.put(userid, send);
      if (batch.sends.size() >= MOST) {
        open.remove(key);
        full = batch;
      }
    }
    if (full != null) {
      ready.accept(full);
    }
  }

  private void later(String key, Batch batch) {
    // Its failure would be one of the consumer, which handles its own.
    var unused =
        timer.schedule(
            () -> {
              boolean still;
              synchronized (open) {
                still = open.get(key) == batch;
                if (still) {
                  open.remove(key);
                }
              }
              if (still) {
                ready.accept(batch);
              }
            },
            moment.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
