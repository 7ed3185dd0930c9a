package org.lastmile.desk;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/**
 * The one place where decisions are made. Everything that happens is queued to one thread, which
 * decides, keeps the events in the ledger (many at once when many wait), and only then answers,
 * hands out messages or tells live views. What it holds in memory is folded from the ledger and can
 * be thrown away at any moment.
 */
public final class Desk implements AutoCloseable {

  /** How the desk is set up. Owner names this process among standbys. */
  public record Setup(String owner, Duration term, ZoneId zone, String publicUrl) {}

  /**
   * @param threat what the registry says is threatened
   * @param policy the policy of this moment
   */
  public Desk(
      Ledger ledger,
      Function<Warning, Threat> threat,
      Supplier<Policy> policy,
      InstantSource clock,
      Setup setup) {}

  /** Starts the thread: claims the lease (or waits as standby), loads what is open, goes on. */
  public void start() {}

  /** True while this desk holds the lease and has loaded what is open. */
  public boolean active() {
    return false;
  }

  /**
   * Takes a warning in. Completes when its plan is durable; exceptionally with {@code Memory.Away}
   * when the store is away or this desk is a standby, and then nothing was accepted.
   */
  public CompletableFuture<Receipt> accept(Warning warning, Issuer issuer) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** A second person releases a held or waiting warning. Refused: {@link Refused}. */
  public CompletableFuture<Receipt> approve(String id, String who) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  public CompletableFuture<Receipt> reject(String id, String who, String why) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** Calls a released warning off: everyone told, or maybe told, is told so. */
  public CompletableFuture<Receipt> lift(String id, String who, String why) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /**
   * The next messages for one channel, at most {@code room}, in coverage-first order. Completes
   * when the tries are written down; from then on each needs an {@link #outcome}.
   */
  public CompletableFuture<List<Message>> due(String channel, int room) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** What the channel said of a try. */
  public CompletableFuture<Void> outcome(String attempt, Outcome outcome) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** Evidence, words or presence from a channel; completes when kept. */
  public CompletableFuture<Void> signal(String channel, Signal signal) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /**
   * A human's word: somebody saw to a point.
   *
   * @param covered false = a correction: the point is open again
   * @param moved people moved, −1 = not said
   */
  public CompletableFuture<Void> word(
      String id, String point, String who, String how, String note, boolean covered, int moved) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** Somebody says that they see to a duty task. */
  public CompletableFuture<Void> take(String dutyTask, String who) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** Newest first; null = all. Closed ones are read from the ledger. */
  public CompletableFuture<List<View.Summary>> warnings(WarningStatus status) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  public CompletableFuture<Optional<View.Summary>> warning(String id) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  public CompletableFuture<Optional<Coverage>> coverage(String id) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  public CompletableFuture<Optional<List<View.Row>>> deliveries(String id) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  public CompletableFuture<Optional<List<View.Line>>> timeline(String id) {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  public CompletableFuture<List<DutyTask>> dutyTasks() {
    return CompletableFuture.failedFuture(new Refused("not built yet"));
  }

  /** Called, on the desk's thread and without blocking, after each change was kept. */
  public void onChange(Consumer<View.Change> listener) {}

  /** Called with a channel's name when something is due on it: the lane should ask now. */
  public void onDue(Consumer<String> listener) {}

  @Override
  public void close() {}

  /** It can't be done to this warning now, and why. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String message) {
      super(message);
    }
  }
}
