package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.lastmile.channel.Health;
import org.lastmile.channel.Signal.Presence;
import org.lastmile.channel.Signal.State;
import org.lastmile.channel.Signal.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there. Every change of a device's presence is told until it is kept; a device that says
 * nothing for {@code silence} is taken to be gone. Time is monotonic, so that a clock set forward
 * does not silence a county.
 */
final class Devices {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
  private static final int MOST = 200_000;

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final long silence;
  private final int audible;
  private final Function<Presence, CompletionStage<Void>> tell;
  private final Map<String, Device> known = new ConcurrentHashMap<>();
  private final AtomicBoolean full = new AtomicBoolean();

  Devices(
      InstantSource clock,
      LongSupplier nanos,
      Duration silence,
      int audible,
      Function<Presence, CompletionStage<Void>> tell) {
    this.clock = clock;
    this.nanos = nanos;
    this.silence = silence.toNanos();
    this.audible = audible;
    this.tell = tell;
  }

  /** What is said of a device; two equal words are no change. */
  private record Word(State state, String why) {}

  private static final Word FINE = new Word(State.ONLINE, "");

  /** All fields are guarded by the device itself. */
  private static final class Device {
    private final String id;
    private long heard;
    private long told;
    private boolean connected;
    private DeviceState state;
    private String complaints = "";
    private String gone = "";
    private Word kept;
    private Word offered;

    Device(String id) {
      this.id = id;
    }
  }

  /** It holds its command subscription on a connection of its own. */
  void joined(String id) {
    change(
        id,
        d -> {
          d.connected = true;
          d.gone = "";
          d.told = d.heard;
        });
  }

  void left(String id, String why) {
    change(
        id,
        d -> {
          d.connected = false;
          d.gone = why;
        });
  }

  /** Any sign of life of a device that is known; cheap enough for every packet. */
  void heard(String id) {
    Device device = known.get(id);
    if (device != null) {
      synchronized (device) {
        device.heard = nanos.getAsLong();
      }
    }
  }

  void said(String id, DeviceState said) {
    said(id, said, "");
  }

  /** More is what others found out about it; empty = nothing. */
  void said(String id, DeviceState said, String more) {
    change(
        id,
        d -> {
          if (said.type() != DeviceState.Type.OFFLINE) {
            d.state = said;
            String own = said.complaints(audible);
            d.complaints = more.isEmpty() ? own : own.isEmpty() ? more : more + ", " + own;
            d.told = d.heard;
            d.gone = "";
          } else if (d.state == null || d.state.session() == said.session()) {
            // An offline of another session is an old connection's last will.
            d.gone = said.reason().equals("bye") ? "said goodbye" : "lost its connection";
          }
        });
  }

  /** Nobody could be heard until now: silence is counted from here. */
  void listenAnew() {
    long now = nanos.getAsLong();
    for (Device device : known.values()) {
      synchronized (device) {
        device.heard = now;
        device.told = now;
      }
    }
  }

  /** Finds who has fallen silent, and tells again what was not kept. */
  void sweep() {
    known.values().forEach(this::tellChange);
  }

  /** It said, or its will or its connection says, that it is gone. Silence alone proves less. */
  boolean isGone(String id) {
    Device device = known.get(id);
    if (device == null) {
      return false;
    }
    synchronized (device) {
      return !device.gone.isEmpty() && !device.connected;
    }
  }

  /** Everything that devices said last. */
  void states(BiConsumer<String, DeviceState> to) {
    for (Device device : known.values()) {
      DeviceState state;
      synchronized (device) {
        state = device.state;
      }
      if (state != null && word(device).state() != State.OFFLINE) {
        to.accept(device.id, state);
      }
    }
  }

  /** What it said last; empty when it is not known. */
  Map<String, String> facts(String id) {
    Device device = known.get(id);
    if (device == null) {
      return Map.of();
    }
    synchronized (device) {
      return device.state == null ? Map.of() : device.state.facts();
    }
  }

  /** Of the devices that are there, those with that trust list or a newer one. */
  LoudspeakerChannel.Following following(Edition edition) {
    int[] count = new int[2];
    states(
        (id, state) -> {
          count[0]++;
          count[1] += state.trust().compareTo(edition) >= 0 ? 1 : 0;
        });
    return new LoudspeakerChannel.Following(count[0], count[1]);
  }

  /** Devices with a newer trust list than that. */
  int aheadOf(Edition edition) {
    int[] count = new int[1];
    states((id, state) -> count[0] += state.trust().compareTo(edition) > 0 ? 1 : 0);
    return count[0];
  }

  /** One part for all: how many are there. Each one's own state is told as presence. */
  Health.Part health() {
    int online = 0;
    int degraded = 0;
    for (Device device : known.values()) {
      State state = word(device).state();
      online += state == State.OFFLINE ? 0 : 1;
      degraded += state == State.DEGRADED ? 1 : 0;
    }
    int all = known.size();
    String why =
        all == 0
            ? "no loudspeaker has connected yet"
            : online < all
                ? (all - online) + " of " + all + " loudspeakers are offline"
                : degraded > 0 ? degraded + " of " + all + " loudspeakers are degraded" : "";
    Health.State state =
        why.isEmpty()
            ? Health.State.UP
            : all > 0 && online == 0 ? Health.State.DOWN : Health.State.DEGRADED;
    Map<String, String> facts =
        Map.of(
            "known", Integer.toString(all),
            "online", Integer.toString(online),
            "degraded", Integer.toString(degraded));
    return new Health.Part("devices", state, why, facts);
  }

  private void change(String id, Consumer<Device> how) {
    Device device = known.size() < MOST ? known.computeIfAbsent(id, Device::new) : known.get(id);
    if (device == null) {
      if (!full.getAndSet(true)) {
        LOG.error("more than {} loudspeakers: {} and later ones are not supervised", MOST, id);
      }
      return;
    }
    synchronized (device) {
      device.heard = nanos.getAsLong();
      how.accept(device);
    }
    tellChange(device);
  }

  private Word word(Device d) {
    synchronized (d) {
      long now = nanos.getAsLong();
      long seconds = silence / 1_000_000_000L;
      if (!d.gone.isEmpty() && !d.connected) {
        return new Word(State.OFFLINE, d.gone);
      }
      if (now - d.heard > silence) {
        return new Word(State.OFFLINE, "silent for more than " + seconds + " s");
      }
      if (now - d.told > silence) {
        return new Word(State.DEGRADED, "no heartbeat for more than " + seconds + " s");
      }
      return d.complaints.isEmpty() ? FINE : new Word(State.DEGRADED, d.complaints);
    }
  }

  private void tellChange(Device device) {
    Presence presence;
    Word word;
    synchronized (device) {
      word = word(device);
      if (device.offered != null || Objects.equals(word, device.kept)) {
        return;
      }
      device.offered = word;
      Map<String, String> facts =
          device.state == null ? Map.of() : new LinkedHashMap<>(device.state.facts());
      presence =
          new Presence(Subject.DEVICE, device.id, word.state(), word.why(), clock.instant(), facts);
    }
    tell.apply(presence)
        .whenComplete(
            (done, failure) -> {
              synchronized (device) {
                device.offered = null;
                device.kept = failure == null ? word : device.kept;
              }
              if (failure == null) {
                tellChange(device);
              }
            });
  }
}
