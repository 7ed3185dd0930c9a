package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;

/** Carries bytes between the gateway and the devices' topics; knows nothing of what they say. */
interface Link extends AutoCloseable {

  /** Lets devices in; called once. */
  void start(Wire wire);

  /**
   * Publishes on the device's command topic, QoS 1, not retained. ACCEPTED = acknowledged. Never
   * blocks.
   *
   * @param expiry how long a broker may keep it; more than zero
   */
  CompletionStage<Outcome> publish(String device, byte[] payload, Duration expiry);

  /** How many more commands it can take now. */
  int room();

  Health.Part health();

  /** What else there is to say of it: limits, certificates, who was refused. */
  default List<Health.Part> more() {
    return List.of();
  }

  /** The port that devices connect to, if it is ours. */
  OptionalInt port();

  /** Commands under way complete with UNKNOWN. */
  @Override
  void close();

  /** What comes up the link. Called on its threads: never blocks, never throws. */
  interface Wire {

    /** A receipt; it is acknowledged when, and only when, the stage completes normally. */
    CompletionStage<Void> receipt(String device, byte[] payload);

    /** A state; needs no answer, the device says it again within 30 s. */
    void state(String device, byte[] payload, boolean retained);

    /** A device holds its command subscription on a connection of its own. */
    void joined(String device);

    /** That connection is gone. */
    void left(String device, String why);

    /** Any sign of life. */
    void heard(String device);

    /** Something came that nobody may send. */
    void ignored(String reason, String device);

    /** The link carries, or does not carry, anything at all; devices present may have changed. */
    void linkChanged(boolean up, String why);
  }
}
