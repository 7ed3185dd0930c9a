package org.lastmile.channel.horn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;

/**
 * All loudspeakers of the ledger behind one name: those that a platform has, and the gateway's own.
 * When one of the two wires is down the other goes on.
 */
public final class Horns implements Channel {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final HornChannel platform;
  private final Channel own;
  private final Predicate<String> platforms;
  private volatile boolean closed;

  /**
   * Shares devices out.
   *
   * @param platforms whether the platform has that device; called for every message, must not block
   */
  public Horns(HornChannel platform, Channel own, Predicate<String> platforms) {
    this.platform = platform;
    this.own = own;
    this.platforms = platforms;
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    Channel wire = platforms.test(message.address()) ? platform : own;
    return wire.send(message).thenApply(this::shared);
  }

  /** A lane that is down stops all its messages, those of the other wire too. */
  private Outcome shared(Outcome outcome) {
    return outcome instanceof Outcome.LaneDown down && !closed
        ? new Outcome.Retry(SOON, down.why())
        : outcome;
  }

  @Override
  public void listen(Sink sink) {
    platform.listen(sink);
    own.listen(sink);
  }

  @Override
  public int room() {
    // Nobody knows whose message is next: as many as the smaller one takes, or one at a time.
    int both = Math.min(platform.room(), own.room());
    return both > 0 ? both : Math.min(1, Math.max(platform.room(), own.room()));
  }

  @Override
  public Health check() {
    List<Health.Part> parts = new ArrayList<>(own.check().parts());
    parts.addAll(platform.check().parts());
    return Health.of(parts);
  }

  @Override
  public void close() {
    closed = true;
    platform.close();
    own.close();
  }
}
