package org.lastmile.channel;

import java.util.concurrent.CompletionStage;

/** Where a channel's signals go. */
@FunctionalInterface
public interface Sink {

  /**
   * Takes one signal without blocking. The stage completes when the signal is kept durably, and
   * exceptionally when it could not be: then the channel must not acknowledge it to the wire, so
   * that the wire brings it again.
   */
  CompletionStage<Void> accept(Signal signal);
}
