package org.lastmile.simulators.speakers;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Loudspeakers by the thousand: they share event loops, and each holds little heap. */
public final class SpeakerFleet implements AutoCloseable {
  private static final long LEAVE_WITHIN_MS = 5000;

  private final FleetSettings settings;
  private final EventLoopGroup loops;
  private final Opener opener = new Opener();
  private final TrustList provisioned;
  private final Random random;
  private final Map<String, Speaker> devices = new LinkedHashMap<>();
  private final List<Consumer<Play>> hooks = new CopyOnWriteArrayList<>();
  private final List<Consumer<byte[]>> ears = new CopyOnWriteArrayList<>();
  private final AtomicLong plays = new AtomicLong();
  private final AtomicLong audiblePlays = new AtomicLong();

  /** Makes an empty fleet. */
  public SpeakerFleet(FleetSettings settings) {
    this.settings = settings;
    loops = new NioEventLoopGroup(settings.threads(), new DefaultThreadFactory("speakers", true));
    provisioned = TrustList.provisioned(settings.keys(), settings.recovery());
    random = new Random(settings.seed());
  }

  /** Adds a device that is still switched off. */
  public Speaker add(SpeakerSettings device) {
    Speaker speaker = new Speaker(device, this, loops.next());
    synchronized (devices) {
      if (devices.putIfAbsent(device.id(), speaker) != null) {
        throw new IllegalArgumentException("two devices with the id " + device.id());
      }
    }
    return speaker;
  }

  /** Switches all devices on, spread over {@link FleetSettings#connectWithin()}. */
  public void start() {
    long within = settings.connectWithin().toMillis();
    for (Speaker speaker : devices()) {
      speaker.start(Duration.ofMillis(random(within + 1)));
    }
  }

  /** The device with that id. */
  public Speaker device(String id) {
    synchronized (devices) {
      Speaker speaker = devices.get(id);
      if (speaker == null) {
        throw new NoSuchElementException("the fleet has no device " + id);
      }
      return speaker;
    }
  }

  /** All devices in the order they were added. */
  public Collection<Speaker> devices() {
    synchronized (devices) {
      return List.copyOf(devices.values());
    }
  }

  /** Calls for every finished play, on an event loop: don't wait in it. */
  public void onPlayed(Consumer<Play> hook) {
    hooks.add(hook);
  }

  /** Calls with the bytes of every command that arrives, on an event loop: don't wait in it. */
  public void onCommand(Consumer<byte[]> ear) {
    ears.add(ear);
  }

  /** What it has seen so far. */
  public FleetStatistics statistics() {
    Collection<Speaker> all = devices();
    return new FleetStatistics(
        all.size(),
        (int) all.stream().filter(Speaker::isOnline).count(),
        all.stream().mapToLong(Speaker::connects).sum(),
        all.stream().mapToLong(Speaker::commands).sum(),
        all.stream().mapToLong(Speaker::receipts).sum(),
        all.stream().mapToLong(Speaker::repeated).sum(),
        plays.get(),
        audiblePlays.get());
  }

  FleetSettings settings() {
    return settings;
  }

  Opener opener() {
    return opener;
  }

  TrustList provisioned() {
    return provisioned;
  }

  /** From 0 up to and without the bound. */
  synchronized long random(long bound) {
    return (long) (random.nextDouble() * bound);
  }

  void arrived(byte[] command) {
    ears.forEach(ear -> ear.accept(command));
  }

  void played(Play play) {
    plays.incrementAndGet();
    if (play.audible()) {
      audiblePlays.incrementAndGet();
    }
    hooks.forEach(hook -> hook.accept(play));
  }

  /** All devices say bye; then everything stops. */
  @Override
  public void close() {
    if (loops.isShuttingDown()) {
      return;
    }
    List<Future<?>> leaving = new ArrayList<>();
    devices().forEach(speaker -> leaving.add(speaker.leaves()));
    leaving.forEach(future -> future.awaitUninterruptibly(LEAVE_WITHIN_MS));
    loops.shutdownGracefully(100, 2000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
