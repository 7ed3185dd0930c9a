package org.lastmile.simulators.speakers;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Plays one command at a time: a higher priority interrupts, an equal one waits, an update, lift or
 * stop ends what it names. Used on the device's event loop alone.
 */
final class Player {
  private static final int QUEUE = 8;

  /** About four Chinese syllables a second, to report believable seconds. */
  private static final double SECONDS_A_CHARACTER = 0.25;

  /** What the player needs of its device. */
  interface Device {
    long now();

    boolean hasClock();

    int volume();

    boolean muted();

    void answer(CommandMemory.Known known, Receipt receipt);
  }

  private static final class Item {
    private final CommandMemory.Known known;
    private Duration done = Duration.ZERO;

    Item(CommandMemory.Known known) {
      this.known = known;
    }

    Body body() {
      return known.body;
    }
  }

  private final EventExecutor loop;
  private final Duration playTime;
  private final Device device;
  private final List<Item> waiting = new ArrayList<>();
  private Item current;
  private long startedAt;
  private Future<?> timer;

  Player(EventExecutor loop, Duration playTime, Device device) {
    this.loop = loop;
    this.playTime = playTime;
    this.device = device;
  }

  /** Content id that sounds now; null when it is quiet. */
  String playing() {
    return current == null ? null : current.body().content();
  }

  void obey(CommandMemory.Known known) {
    Body body = known.body;
    boolean sweeping = body.kind().equals("LIFT") || body.kind().equals("STOP");
    boolean everything =
        body.kind().equals("LIFT") || (body.kind().equals("STOP") && body.supersedes().isEmpty());
    end(
        other ->
            body.supersedes().contains(other.content()) || (everything && sameAbout(body, other)),
        sweeping ? "STOPPED" : "SUPERSEDED");
    if (!sweeping) {
      end(
          other ->
              sameAbout(body, other)
                  && other.priority() == body.priority()
                  && other.issued() < body.issued(),
          "SUPERSEDED");
    }
    if (sweeping && body.text().isEmpty()) {
      device.answer(known, Receipt.plain("stopped", "DONE"));
    } else {
      enqueue(new Item(known));
    }
    next();
  }

  private static boolean sameAbout(Body body, Body other) {
    return !body.about().isEmpty() && body.about().equals(other.about());
  }

  private void enqueue(Item item) {
    waiting.add(item);
    waiting.sort(Comparator.comparingInt(each -> each.body().priority()));
    if (waiting.size() > QUEUE) {
      Item last = waiting.remove(waiting.size() - 1);
      device.answer(last.known, Receipt.plain("refused", "BUSY"));
    }
  }

  /** A hand at the device ends what sounds now. */
  void stopByHand() {
    String now = playing();
    end(body -> body.content().equals(now), "BY_HAND");
    next();
  }

  private void end(Predicate<Body> which, String reason) {
    if (current != null && which.test(current.body())) {
      Item item = current;
      halt();
      device.answer(item.known, stopped(item, reason));
    }
    for (Item item : List.copyOf(waiting)) {
      if (which.test(item.body())) {
        waiting.remove(item);
        device.answer(item.known, stopped(item, reason));
      }
    }
  }

  /** Power is gone: nothing is answered. */
  void forget() {
    if (current != null) {
      halt();
    }
    waiting.clear();
  }

  private void halt() {
    timer.cancel(false);
    current.done = current.done.plusNanos(System.nanoTime() - startedAt);
    current = null;
  }

  private void next() {
    if (waiting.isEmpty()) {
      return;
    }
    if (current != null) {
      if (waiting.get(0).body().priority() >= current.body().priority()) {
        return;
      }
      Item interrupted = current;
      halt();
      waiting.add(1, interrupted);
    }
    Item item = waiting.remove(0);
    Duration left = leftOf(item);
    if (left.isNegative() || left.isZero()) {
      device.answer(item.known, ended(item));
      next();
      return;
    }
    current = item;
    startedAt = System.nanoTime();
    device.answer(
        item.known, new Receipt("playing", "", 0, 0, volume(item.body()), device.muted()));
    timer = loop.schedule(this::finish, left.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Until its end or its last moment, whichever is first. */
  private Duration leftOf(Item item) {
    Duration left = playTime.minus(item.done);
    Duration valid = Duration.ofMillis(item.body().notAfter() * 1000 - device.now());
    return device.hasClock() && valid.compareTo(left) < 0 ? valid : left;
  }

  private void finish() {
    Item item = current;
    halt();
    device.answer(item.known, ended(item));
    next();
  }

  private Receipt ended(Item item) {
    int repeats = repeatsOf(item);
    return repeats == 0 ? Receipt.plain("expired", "") : played(item, repeats);
  }

  private int repeatsOf(Item item) {
    long one = Math.max(1, playTime.toNanos() / item.body().repeats());
    return (int) Math.min(item.body().repeats(), item.done.toNanos() / one);
  }

  private Receipt played(Item item, int repeats) {
    return new Receipt(
        "played", "", seconds(item, repeats), repeats, volume(item.body()), device.muted());
  }

  private Receipt stopped(Item item, String reason) {
    int repeats = repeatsOf(item);
    return new Receipt("stopped", reason, seconds(item, repeats), repeats, 0, false);
  }

  private static double seconds(Item item, int repeats) {
    return repeats * item.body().text().length() * SECONDS_A_CHARACTER;
  }

  /** The device's own knob bounds what a command asks for. */
  private int volume(Body body) {
    return Math.min(body.volume(), device.volume());
  }
}
