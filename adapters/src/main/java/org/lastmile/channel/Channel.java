package org.lastmile.channel;

import java.util.concurrent.CompletionStage;

/**
 * One way out of the house: SMS modems, loudspeakers, WeChat, or anything else that carries words.
 *
 * <p>What must hold for every channel is written as tests in {@code ChannelContract}.
 */
public interface Channel extends AutoCloseable {

  /**
   * Hands one message to the wire and returns at once; it never blocks and never throws for
   * something the wire did. The stage completes normally with what is known: a time-out after the
   * message may have left is {@link Outcome.Unknown}, never a failure.
   */
  CompletionStage<Outcome> send(Message message);

  /**
   * Sets where signals go; called once, before the first send. The channel acknowledges a signal to
   * its wire (PUBACK, +CNMA, HTTP 200) only when the stage that the sink returned completes
   * normally.
   */
  void listen(Sink sink);

  /** How many more messages it can take now, 0 or more; what does not fit waits in the ledger. */
  int room();

  /** What works now, part by part (each modem, each link); answers from memory, without waiting. */
  Health check();

  /** Stops. Sends under way complete with {@link Outcome.Unknown}; later ones with LANE_DOWN. */
  @Override
  void close();
}
