package org.lastmile.channel.wechat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a platform posts to us: receipts, clicks and people's words. Knows no HTTP server: it is
 * handed the query and the body and says what to answer. A good answer is given only when the
 * signal is kept; anything else makes the platform send it again (5 s later, three times).
 */
public final class WeChatCallback {
  /** Real callbacks are below 10 KiB. */
  static final int LARGEST_BODY = 64 * 1024;

  static final String TEXT = "text/plain; charset=utf-8";

  /** Each waits for the store a few times for one callback. */
  static final int THREADS = 16;

  private static final int MOST_WAITING = 1000;
  private static final Duration SEEN = Duration.ofDays(1);
  private static final Logger log = LoggerFactory.getLogger(WeChatCallback.class);

  private final Envelope envelope;
  private final CallbackReader reader;
  private final Memory memory;
  private final Duration longest;
  private final ExecutorService workers;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, CompletableFuture<Void>> underway = new ConcurrentHashMap<>();

  /**
   * @param longest wait until a signal is kept
   * @param workers where the store may be called; closed with this
   */
  WeChatCallback(
      Envelope envelope,
      CallbackReader reader,
      Memory memory,
      Duration longest,
      ExecutorService workers) {
    this.envelope = envelope;
    this.reader = reader;
    this.memory = memory;
    this.longest = longest;
    this.workers = workers;
  }

  /** What to answer over HTTP. */
  public record Reply(int status, String body, String contentType) {}

  /**
   * Answers the {@code GET} by which the platform checks that the address is ours; never blocks.
   *
   * @param query the decoded query parameters
   */
  public Reply verify(Map<String, String> query) {
    try {
      return new Reply(200, envelope.echo(query), TEXT);
    } catch (Envelope.Refused e) {
      return refuse(e);
    }
  }

  /**
   * Takes one {@code POST}; never blocks.
   *
   * @param query the decoded query parameters
   * @param body as it came; the caller need not read more than 64 KiB + 1 of it
   */
  public CompletionStage<Reply> receive(Map<String, String> query, byte[] body) {
    if (body.length > LARGEST_BODY) {
      return CompletableFuture.completedFuture(
          new Reply(413, "the body is larger than " + LARGEST_BODY + " bytes", TEXT));
    }
    try {
      envelope.checkSigned(query);
    } catch (Envelope.Refused e) {
      return CompletableFuture.completedFuture(refuse(e));
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.completedFuture(
          new Reply(503, "too many callbacks are waiting", TEXT));
    }
    try {
      return CompletableFuture.supplyAsync(() -> take(query, body), workers)
          .thenCompose(reply -> reply)
          .whenComplete((reply, problem) -> waiting.decrementAndGet());
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      return CompletableFuture.completedFuture(new Reply(503, "closed", TEXT));
    }
  }

  void close() {
    workers.shutdown();
  }

  private CompletionStage<Reply> take(Map<String, String> query, byte[] body) {
    try {
      Map<String, String> fields = envelope.open(query, body);
      return keptOnce(fields)
          .handle(
              (kept, problem) -> {
                if (problem == null) {
                  return reader.kept(query, fields);
                }
                log.warn("A callback could not be kept and will come again: {}", words(problem));
                return new Reply(500, "not kept; send it again", TEXT);
              });
    } catch (Envelope.Refused e) {
      return CompletableFuture.completedFuture(refuse(e));
    }
  }

  private Reply refuse(Envelope.Refused refused) {
    log.debug("Callback refused with {}: {}", refused.status(), refused.getMessage());
    return new Reply(refused.status(), refused.getMessage(), TEXT);
  }

  /** The platform may bring one thing several times, even while the first is being kept. */
  private CompletableFuture<Void> keptOnce(Map<String, String> fields) {
    String key = "seen/" + Attempts.hash(reader.identity(fields));
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> other = underway.putIfAbsent(key, mine);
    if (other != null) {
      return other;
    }
    CompletableFuture<Void> done =
        mine.orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((kept, problem) -> underway.remove(key, mine));
    try {
      if (memory.get(key).isPresent()) {
        mine.complete(null);
        return done;
      }
      reader
          .keep(fields)
          .whenCompleteAsync(
              (kept, problem) -> {
                if (problem != null) {
                  mine.completeExceptionally(problem);
                  return;
                }
                try {
                  memory.put(key, "", SEEN);
                } catch (Memory.Away e) {
                  log.warn("A callback is kept but may be taken again: {}", e.getMessage());
                }
                mine.complete(null);
              },
              workers);
    } catch (Memory.Away e) {
      mine.completeExceptionally(e);
    } catch (RuntimeException e) {
      // A defect, ours or the sink's: the platform must send it again, and we must see it.
      log.error("A callback could not be handled", e);
      mine.completeExceptionally(e);
    }
    return done;
  }

  static String words(Throwable problem) {
    Throwable cause = problem.getCause() == null ? problem : problem.getCause();
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
