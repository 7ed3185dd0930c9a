package org.lastmile.channel.wechat;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whoever keeps addresses what the platform says of them. */
final class Bindings {
  private static final Logger log = LoggerFactory.getLogger(Bindings.class);

  private final Supplier<Sink> sink;
  private final Clock clock;

  /**
   * @param sink where signals go; gives null until somebody listens
   */
  Bindings(Supplier<Sink> sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** Completes when it is kept. */
  CompletionStage<Void> changed(
      String address, Signal.Change change, String why, Map<String, String> facts) {
    Sink to = sink.get();
    return to == null
        ? CompletableFuture.failedFuture(new IllegalStateException("nobody listens yet"))
        : to.accept(new Signal.Binding(address, change, why, clock.instant(), facts));
  }

  /** A send was refused for its address. Said again by the next send if it is not kept. */
  void dead(String address, String why) {
    // Looked at in its last step.
    var unused =
        changed(address, Signal.Change.DEAD, why, Map.of())
            .exceptionally(
                problem -> {
                  log.warn("A dead address was not kept: {}", problem.toString());
                  return null;
                });
  }
}
