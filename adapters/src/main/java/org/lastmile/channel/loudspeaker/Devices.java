package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal.Presence;
import org.lastmile.channel.Signal.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there, and who would be heard. Every change of a device's condition is told until it is
 * kept; a device that says nothing for {@code silence} is taken to be gone. Time is monotonic, so
 * that a clock set forward does not silence a county.
 */
final class Devices {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
  private static final int MOST = 200_000;

  /** Told in one sweep: a county that falls silent at once must not fill the house's memory. */
  private static final int MOST_TOLD = 10_000;

  /** Shelves written in one round, and how often one is written only for the times in it. */
  private static final int MOST_WRITTEN = 4;

  private static final long ALL_WRITTEN = Duration.ofHours(1).toNanos();

  /** One that nobody expects any more is forgotten when it has been away for that long. */
  private static final long FORGOTTEN = Duration.ofDays(7).toSeconds();

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Device.Terms terms;
  private final Function<Presence, CompletionStage<Void>> tell;
  private final Map<String, Device> known = new ConcurrentHashMap<>();
  private final List<Set<Device>> shelves =
      Stream.<Set<Device>>generate(ConcurrentHashMap::newKeySet)
          .limit(DeviceMemory.SHELVES)
          .toList();
  private final AtomicIntegerArray changed = new AtomicIntegerArray(DeviceMemory.SHELVES);
  private final AtomicBoolean full = new AtomicBoolean();
  private volatile long listening;
  private long writtenOut;
  private int turn;

  Devices(
      InstantSource clock,
      LongSupplier nanos,
      Duration silence,
      int audible,
      Function<Presence, CompletionStage<Void>> tell) {
    this.clock = clock;
    this.nanos = nanos;
    this.terms = Device.Terms.of(silence, audible);
    this.tell = tell;
    this.listening = nanos.getAsLong();
    this.writtenOut = listening;
  }

  /** What was known when the gateway ran before. */
  void recall(Map<String, Kept> before) {
    before.forEach(
        (id, kept) -> {
          Device device = device(id);
          if (device != null) {
            synchronized (device) {
              device.recall(kept, nanos.getAsLong());
            }
          }
        });
  }

  /** Those that the registry names; of the others, whoever is long gone is forgotten. */
  void expect(Set<String> registered) {
    for (String id : registered) {
      Device device = device(id);
      if (device != null) {
        synchronized (device) {
          device.registered = true;
        }
      }
    }
    long now = clock.instant().getEpochSecond();
    for (Device device : List.copyOf(known.values())) {
      boolean forget;
      synchronized (device) {
        device.registered = registered.contains(device.id);
        forget =
            !device.registered
                && !device.isThere(nanos.getAsLong(), terms.silence())
                && now - device.seen > FORGOTTEN;
      }
      if (forget) {
        known.remove(device.id, device);
        int shelf = DeviceMemory.shelf(device.id);
        shelves.get(shelf).remove(device);
        changed.set(shelf, 1);
      }
    }
  }

  /** It holds its command subscription on a connection of its own. */
  void joined(String id) {
    change(id, true, Device::joined);
  }

  void left(String id, String why) {
    Remark remark = new Remark(why, why.equals("said goodbye") ? "设备正常关机" : "连接断开（" + why + "）");
    change(id, true, d -> d.left(remark));
  }

  /** Any sign of life of a device that is known; cheap enough for every packet. */
  void heard(String id) {
    Device device = known.get(id);
    if (device != null) {
      synchronized (device) {
        device.heard(nanos.getAsLong(), clock.millis() / 1000);
      }
    }
  }

  /**
   * @param retained a broker had kept it: nobody knows how long ago that was
   * @param doubled another device uses the same id
   */
  void said(String id, DeviceState said, boolean retained, boolean doubled) {
    change(id, !retained, d -> d.said(said, doubled, terms.audible(), clock.millis() / 1000));
  }

  /** How a play ended that was asked for: one that fails again and again is not to be relied on. */
  void played(String id, Receipt receipt, boolean audibly) {
    if (receipt.outcome() == Receipt.Outcome.FAILED
        || receipt.outcome() == Receipt.Outcome.PLAYED) {
      change(
          id,
          true,
          d -> {
            if (d.played(receipt, audibly)) {
              changed.set(DeviceMemory.shelf(id), 1);
            }
          });
    }
  }

  /** How its self-test ended. */
  void tested(String id, Tested test) {
    Device device = known.get(id);
    if (device != null) {
      synchronized (device) {
        device.test = test;
      }
      changed.set(DeviceMemory.shelf(id), 1);
      look(device);
      tellChange(device);
    }
  }

  /** It was told to do something. */
  void instructed(String id, Supervised.Instructed told) {
    Device device = known.get(id);
    if (device != null) {
      synchronized (device) {
        device.told = told;
      }
    }
  }

  /** It has answered what it was told. */
  void answered(String id, Receipt receipt) {
    Device device = known.get(id);
    if (device != null) {
      synchronized (device) {
        Supervised.Instructed told = device.told;
        if (told != null && told.content().equals(receipt.content())) {
          device.told =
              new Supervised.Instructed(
                  told.content(), told.kind(), told.at(), receipt.word(), receipt.reason());
        }
      }
    }
  }

  /** Nobody could be heard until now: silence is counted from here. */
  void listenAnew() {
    long now = nanos.getAsLong();
    listening = now;
    for (Device device : known.values()) {
      synchronized (device) {
        device.listenAnew(now);
      }
    }
  }

  /** Finds who has fallen silent, and tells again what was not kept. */
  void sweep() {
    int told = 0;
    for (Device device : known.values()) {
      look(device);
      if (told < MOST_TOLD && tellChange(device)) {
        told++;
      }
    }
  }

  /** It said, or its will or its connection says, that it is gone. Silence alone proves less. */
  boolean isGone(String id) {
    Device device = known.get(id);
    if (device == null) {
      return false;
    }
    synchronized (device) {
      return device.isGone();
    }
  }

  /** Somebody waits for it: its return is told at once, however often it comes and goes. */
  void wanted(String id) {
    Device device = known.get(id);
    if (device != null) {
      synchronized (device) {
        device.wanted = true;
      }
    }
  }

  /** Everything that devices said last. */
  void states(BiConsumer<String, DeviceState> to) {
    long now = nanos.getAsLong();
    for (Device device : known.values()) {
      DeviceState state;
      synchronized (device) {
        state = device.isThere(now, terms.silence()) ? device.state : null;
      }
      if (state != null) {
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

  /** One of them with everything that is known. */
  Optional<Supervised> find(String id) {
    return Optional.ofNullable(known.get(id)).map(d -> supervised(d, true));
  }

  /** All of them, without what each said last. */
  List<Supervised> all() {
    return known.values().stream().map(d -> supervised(d, false)).toList();
  }

  private static Supervised supervised(Device d, boolean facts) {
    synchronized (d) {
      return new Supervised(
          d.id,
          d.registered,
          d.shown.condition(),
          d.shown.why(),
          d.shown.condition() == Condition.NEVER_SEEN ? null : Kept.instant(d.since),
          Kept.instant(d.seen),
          facts && d.state != null ? d.state.facts() : Map.of(),
          d.test,
          d.told);
    }
  }

  /** Those that are kept, and tested, together. */
  List<String> onShelf(int shelf) {
    return shelves.get(shelf).stream().map(d -> d.id).sorted().toList();
  }

  /** How many are in which condition. */
  Map<Condition, Integer> counts() {
    int[] counts = new int[Condition.values().length];
    for (Device device : known.values()) {
      synchronized (device) {
        counts[device.shown.condition().ordinal()]++;
      }
    }
    Map<Condition, Integer> all = new EnumMap<>(Condition.class);
    for (Condition c : Condition.values()) {
      all.put(c, counts[c.ordinal()]);
    }
    return all;
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

  /** One part for all: how many are there. Each one's own condition is told as presence. */
  Health.Part health() {
    Map<Condition, Integer> counts = counts();
    int unseen = counts.get(Condition.NEVER_SEEN);
    int silent = counts.get(Condition.SILENT);
    int faulty = counts.get(Condition.FAULTY);
    int degraded = counts.get(Condition.DEGRADED);
    int seen = counts.values().stream().mapToInt(n -> n).sum() - unseen;
    int all = seen + unseen;
    List<Remark> why =
        Stream.of(
                seen == 0
                    ? new Remark("no loudspeaker has connected yet", "还没有大喇叭上线过")
                    : Remark.NONE,
                of(silent, all, "are offline", "失联"),
                seen == 0 ? Remark.NONE : of(unseen, all, "have never been seen", "从未上线"),
                of(faulty, all, "are faulty", "有故障"),
                of(degraded, all, "are degraded", "状态不佳"))
            .filter(r -> !r.isEmpty())
            .toList();
    Remark remark = Remark.join(why);
    Health.State state =
        remark.isEmpty()
            ? Health.State.UP
            : seen > 0 && silent == seen ? Health.State.DOWN : Health.State.DEGRADED;
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("known", Integer.toString(all));
    facts.put("online", Integer.toString(seen - silent));
    facts.put("degraded", Integer.toString(degraded));
    facts.put("silent", Integer.toString(silent));
    facts.put("faulty", Integer.toString(faulty));
    facts.put("never seen", Integer.toString(unseen));
    if (!remark.isEmpty()) {
      facts.put("whyZh", remark.zh());
    }
    return new Health.Part("devices", state, remark.en(), facts);
  }

  private static Remark of(int some, int all, String en, String zh) {
    return some == 0
        ? Remark.NONE
        : new Remark(
            some + " of " + all + " loudspeakers " + en, all + " 只大喇叭中有 " + some + " 只" + zh);
  }

  /**
   * Writes down what has changed, some of it at a time; what only the times have changed in is
   * written once an hour. Blocks.
   */
  void keep(DeviceMemory memory) {
    long now = nanos.getAsLong();
    for (; now - writtenOut >= ALL_WRITTEN / DeviceMemory.SHELVES; turn++) {
      writtenOut += ALL_WRITTEN / DeviceMemory.SHELVES;
      int shelf = turn % DeviceMemory.SHELVES;
      if (!shelves.get(shelf).isEmpty()) {
        changed.set(shelf, 1);
      }
    }
    int written = 0;
    for (int shelf = 0; shelf < DeviceMemory.SHELVES && written < MOST_WRITTEN; shelf++) {
      written += keep(memory, shelf) ? 1 : 0;
    }
  }

  /** Everything, before the end. Blocks. */
  void keepAll(DeviceMemory memory) {
    for (int shelf = 0; shelf < DeviceMemory.SHELVES; shelf++) {
      if (!shelves.get(shelf).isEmpty()) {
        changed.set(shelf, 1);
      }
      keep(memory, shelf);
    }
  }

  private boolean keep(DeviceMemory memory, int shelf) {
    if (!changed.compareAndSet(shelf, 1, 0)) {
      return false;
    }
    Map<String, Kept> devices = new LinkedHashMap<>();
    for (Device device : shelves.get(shelf)) {
      synchronized (device) {
        if (device.seen > 0 || device.test != null) {
          devices.put(device.id, device.toKeep());
        }
      }
    }
    try {
      memory.write(shelf, devices);
    } catch (Memory.Away e) {
      changed.set(shelf, 1);
      throw e;
    }
    return true;
  }

  private Device device(String id) {
    Device device = known.get(id);
    if (device != null) {
      return device;
    }
    if (known.size() >= MOST) {
      if (!full.getAndSet(true)) {
        LOG.error("more than {} loudspeakers: {} and later ones are not supervised", MOST, id);
      }
      return null;
    }
    return known.computeIfAbsent(
        id,
        name -> {
          Device fresh = new Device(name);
          shelves.get(DeviceMemory.shelf(name)).add(fresh);
          return fresh;
        });
  }

  private void change(String id, boolean fresh, Consumer<Device> how) {
    Device device = device(id);
    if (device == null) {
      return;
    }
    synchronized (device) {
      device.heard(nanos.getAsLong(), fresh ? clock.millis() / 1000 : 0);
      how.accept(device);
    }
    look(device);
    tellChange(device);
  }

  private void look(Device device) {
    boolean news;
    synchronized (device) {
      news = device.look(nanos.getAsLong(), terms, clock.millis() / 1000);
    }
    if (news) {
      changed.set(DeviceMemory.shelf(device.id), 1);
    }
  }

  private boolean tellChange(Device device) {
    Presence presence;
    Device.Word word;
    synchronized (device) {
      if (!device.isToTell(nanos.getAsLong(), listening, terms.silence())) {
        return false;
      }
      word = device.shown;
      device.offered = word;
      device.wanted &= !word.condition().isThere();
      Map<String, String> facts =
          device.state == null ? new LinkedHashMap<>() : device.state.facts();
      facts.put("condition", word.condition().name());
      facts.put("whyZh", word.why().zh());
      presence =
          new Presence(
              Subject.DEVICE,
              device.id,
              word.condition().presence(),
              word.why().en(),
              clock.instant(),
              facts);
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
    return true;
  }
}
