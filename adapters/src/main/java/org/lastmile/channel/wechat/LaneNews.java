package org.lastmile.channel.wechat;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.lastmile.channel.Health;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator, once, when a lane's state has changed. */
final class LaneNews {
  private static final Logger log = LoggerFactory.getLogger(LaneNews.class);

  private final String lane;
  private final Supplier<Health.State> state;
  private final Supplier<Health> health;
  private final Supplier<Sink> sink;
  private final Clock clock;
  private final AtomicReference<Health.State> told = new AtomicReference<>(Health.State.UP);

  /**
   * @param state as in {@code health}, but cheap: asked after every message
   */
  LaneNews(
      String lane,
      Supplier<Health.State> state,
      Supplier<Health> health,
      Supplier<Sink> sink,
      Clock clock) {
    this.lane = lane;
    this.state = state;
    this.health = health;
    this.sink = sink;
    this.clock = clock;
  }

  void tell() {
    if (state.get() == told.get()) {
      return;
    }
    Sink to = sink.get();
    Health now = health.get();
    Health.State before = told.getAndSet(now.state());
    if (to == null || before == now.state()) {
      return;
    }
    Signal.State state =
        switch (now.state()) {
          case UP -> Signal.State.ONLINE;
          case DEGRADED -> Signal.State.DEGRADED;
          case DOWN -> Signal.State.OFFLINE;
        };
    if (now.state() == Health.State.UP) {
      log.info("{} works again", lane);
    } else {
      log.warn("{} is {}: {}", lane, now.state(), now.why());
    }
    Signal presence =
        new Signal.Presence(Signal.Subject.LANE, lane, state, now.why(), clock.instant(), Map.of());
    to.accept(presence)
        .exceptionally(
            problem -> {
              // Told again with the next change of state: the health page shows it meanwhile.
              log.warn("A change of state was not kept: {}", problem.toString());
              told.compareAndSet(now.state(), before);
              return null;
            });
  }
}
