package org.lastmile.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.lastmile.channel.Memory;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ZRangeParams;

/**
 * The ledger on Redis 6.2 or later, or anything that speaks like it. All keys of one jurisdiction
 * carry its hash tag, so that scripts stay whole and a cluster can spread jurisdictions. Behind
 * {@code lastmile:{JURISDICTION}:} stand
 *
 * <ul>
 *   <li>{@code desk}: format, epoch, owner and term of the lease, sequence of openings and closings
 *   <li>{@code batches}: digests of the newest batches of events of this epoch
 *   <li>{@code open}, {@code closed}: ids of warnings in order
 *   <li>{@code warning:ID}, {@code plan:ID} (chunks), {@code events:ID} (an entry a batch)
 *   <li>{@code draft:ID}, {@code drafts}: chunks of plans that are not committed yet
 *   <li>{@code memory:ROOM:KEY}, {@code counter:ROOM:KEY}
 * </ul>
 *
 * <p>The server must write its append-only file with {@code appendfsync always} for "kept" to mean
 * kept; with {@code everysec} a power cut can take the last second, and a failover can take what
 * the replica had not got yet.
 */
public final class RedisLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLedger.class);

  /** A repeat is recognised among that many newest batches. */
  private static final int BATCHES = 64;

  /** Bytes of a plan that need no writing in pieces: one fsync instead of one for each. */
  private static final int AT_ONCE = 64 * 1024;

  private static final int ENTRIES_PER_READ = 1_000;

  private final RedisLink link;
  private final Together together;
  private final String prefix;
  private final Format format;
  private volatile Lease held;
  private volatile boolean readable;

  /**
   * Connects when first used.
   *
   * @param jurisdiction {@code [A-Za-z0-9._-]+}; desks of other jurisdictions may share the store
   */
  public RedisLedger(RedisAddress address, String jurisdiction) {
    this(address, jurisdiction, Format.NOW);
  }

  RedisLedger(RedisAddress address, String jurisdiction, Format format) {
    this.link = new RedisLink(address);
    this.together = new Together(link);
    this.prefix = "lastmile:{" + plain(jurisdiction) + "}:";
    this.format = format;
  }

  @Override
  public Optional<Lease> claim(String owner, Instant now, Duration term) {
    Lease mine = held;
    long known = mine != null && mine.owner().equals(owner) ? mine.epoch() : 0;
    long until = now.plus(term).toEpochMilli();
    String[] said =
        link.run(
            Script.CLAIM,
            keys("desk", "batches"),
            args(plain(owner), now.toEpochMilli(), until, known, format.version()));
    if (said[0].equals("held")) {
      return Optional.empty();
    }
    if (said[0].equals("newer")) {
      throw newer(said[1]);
    }
    Lease lease = new Lease(owner, Long.parseLong(said[1]));
    if (lease.epoch() != known) {
      migrate(lease, Integer.parseInt(said[2]));
      discardDrafts(lease);
      String doubt = durability();
      if (!doubt.isEmpty()) {
        LOG.warn(doubt);
      }
      held = lease;
    }
    return Optional.of(lease);
  }

  /**
   * What keeps an answered write from being on disk, for people; empty when nothing is known to.
   */
  public String durability() {
    Map<String, String> settings =
        link.call(
            redis -> {
              try {
                return redis.configGet("append*");
              } catch (JedisDataException e) {
                // Hosted servers hide their configuration: nothing is known then.
                LOG.info("the store does not tell how it keeps data: {}", e.getMessage());
                return Map.of();
              }
            });
    if (settings.getOrDefault("appendonly", "yes").equals("no")) {
      return "the store keeps nothing over a restart: set appendonly yes, appendfsync always";
    }
    String sync = settings.getOrDefault("appendfsync", "always");
    return sync.equals("always")
        ? ""
        : "the store may lose what it answered in the last seconds before a power cut: its"
            + " appendfsync is "
            + sync
            + ", set always";
  }

  private void migrate(Lease lease, int from) {
    if (from == 0) {
      return;
    }
    LOG.info("the store is brought from format {} to {}", from, format.version());
    link.call(
        redis -> {
          format.migrate(from, redis, prefix);
          return null;
        });
    fenced(lease, Script.MIGRATED, keys("desk"));
  }

  private void discardDrafts(Lease lease) {
    for (String id : link.call(redis -> redis.smembers(prefix + "drafts"))) {
      LOG.info("drops the unfinished plan of {}", id);
      fenced(lease, Script.DISCARD, keys("desk", "draft:" + id, "drafts"), id);
    }
  }

  @Override
  public void giveBack(Lease lease) {
    link.run(Script.GIVE_BACK, keys("desk"), args(lease.epoch()));
  }

  @Override
  public synchronized void open(Lease lease, Warning warning, Plan plan, List<Event> events) {
    String id = plain(plan == null ? warning.id() : plan.warning());
    boolean planned = plan != null && !plan.equals(Plan.empty(id));
    List<byte[]> chunks = planned ? PlanCodec.encode(plan) : List.of();
    boolean atOnce = chunks.stream().mapToInt(c -> c.length).sum() <= AT_ONCE;
    if (!atOnce) {
      String begun =
          fenced(
              lease,
              Script.BEGIN,
              keys("desk", "warning:" + id, "plan:" + id, "draft:" + id, "drafts"),
              id)[0];
      if (begun.equals("planned")) {
        requireSame(id, plan);
        return;
      }
      for (int i = 0; i < chunks.size(); i++) {
        fenced(lease, Script.CHUNK, keys("desk", "draft:" + id), i, chunks.get(i));
      }
    }
    List<Object> args =
        new ArrayList<>(
            List.of(
                id,
                chunks.size(),
                PlanCodec.encode(warning),
                events.isEmpty() ? new byte[0] : EventCodec.encode(events)));
    if (atOnce) {
      args.addAll(chunks);
    }
    String[] said =
        fenced(
            lease,
            Script.COMMIT,
            keys(
                "desk",
                "warning:" + id,
                "plan:" + id,
                "draft:" + id,
                "drafts",
                "events:" + id,
                "open",
                "closed"),
            args.toArray());
    if (said[0].equals("again") && planned) {
      requireSame(id, plan);
    }
    if (said[0].equals("short")) {
      throw new Memory.Away("the store lost part of the plan of " + id + " while it came in", null);
    }
  }

  private void requireSame(String id, Plan plan) {
    if (!PlanCodec.plan(chunks(id)).equals(plan)) {
      throw new IllegalStateException(id + " has another plan already, which stays");
    }
  }

  @Override
  public void append(Lease lease, long batch, Map<String, List<Event>> events) {
    if (batch < 1) {
      throw new IllegalArgumentException("batches are counted from 1, this is " + batch);
    }
    MessageDigest digest = sha256();
    List<String> ids = new ArrayList<>();
    List<String> keys = new ArrayList<>(List.of("desk", "batches"));
    List<Object> entries = new ArrayList<>();
    new TreeMap<>(events)
        .forEach(
            (id, list) -> {
              byte[] entry = EventCodec.encode(list);
              digest.update(id.getBytes(UTF_8));
              digest.update(entry);
              if (!list.isEmpty()) {
                ids.add(id);
                keys.add("warning:" + plain(id));
                keys.add("events:" + id);
                entries.add(entry);
              }
            });
    entries.addAll(0, List.of(batch, HexFormat.of().formatHex(digest.digest(), 0, 8), BATCHES));
    String[] said =
        fenced(lease, Script.APPEND, keys(keys.toArray(String[]::new)), entries.toArray());
    switch (said[0]) {
      case "unknown" ->
          throw new IllegalArgumentException(
              ids.get(Integer.parseInt(said[1])) + " was never opened; nothing was kept");
      case "other" ->
          throw new IllegalStateException("batch " + batch + " was kept with other events");
      case "old" ->
          throw new IllegalStateException(
              "batch " + batch + " is too old to tell whether it was kept");
      default -> {
        // kept, now or before
      }
    }
  }

  @Override
  public void close(Lease lease, String warning) {
    String[] said =
        fenced(
            lease,
            Script.CLOSE,
            keys("desk", "warning:" + plain(warning), "open", "closed"),
            warning);
    if (said[0].equals("unknown")) {
      throw new IllegalArgumentException(warning + " was never opened");
    }
  }

  @Override
  public List<String> open() {
    requireReadable();
    return link.call(redis -> redis.zrange(prefix + "open", 0, -1));
  }

  @Override
  public List<String> closed(int most) {
    requireReadable();
    return most < 1
        ? List.of()
        : link.call(
            redis -> redis.zrange(prefix + "closed", ZRangeParams.zrangeParams(0, most - 1).rev()));
  }

  @Override
  public Optional<Entry> read(String warning) {
    requireReadable();
    // Every new warning asks for itself first: one question has to be enough then.
    if (!link.call(redis -> redis.exists(key("warning:" + plain(warning))))) {
      return Optional.empty();
    }
    while (true) {
      List<byte[]> chunks = chunks(warning);
      byte[] stored = link.call(redis -> redis.get(key("warning:" + warning)));
      if (stored == null) {
        return Optional.empty();
      }
      List<Event> events = events(warning);
      // A plan that was committed while we read brought events of its own: read again.
      if (chunks.isEmpty() && link.call(redis -> redis.exists(key("plan:" + warning)))) {
        continue;
      }
      return Optional.of(
          new Entry(
              PlanCodec.warning(stored),
              chunks.isEmpty() ? Plan.empty(warning) : PlanCodec.plan(chunks),
              events));
    }
  }

  private List<byte[]> chunks(String id) {
    Map<byte[], byte[]> stored = link.call(redis -> redis.hgetAll(key("plan:" + id)));
    TreeMap<Integer, byte[]> chunks = new TreeMap<>();
    stored.forEach(
        (number, chunk) -> chunks.put(Integer.valueOf(new String(number, UTF_8)), chunk));
    return List.copyOf(chunks.values());
  }

  private List<Event> events(String id) {
    List<Event> events = new ArrayList<>();
    for (long from = 0; ; from += ENTRIES_PER_READ) {
      long first = from;
      List<byte[]> entries =
          link.call(
              redis -> redis.lrange(key("events:" + id), first, first + ENTRIES_PER_READ - 1));
      entries.forEach(entry -> events.addAll(EventCodec.decode(entry)));
      if (entries.size() < ENTRIES_PER_READ) {
        return events;
      }
    }
  }

  @Override
  public Memory memory(String room) {
    return new RedisMemory(
        together, prefix + "memory:" + plain(room) + ":", prefix + "counter:" + plain(room) + ":");
  }

  @Override
  public void ping() {
    // A write: a server that only reads is as good as away.
    link.call(redis -> redis.set(prefix + "ping", ""));
  }

  @Override
  public void close() {
    link.close();
  }

  private String[] fenced(Lease lease, Script script, List<byte[]> keys, Object... args) {
    List<byte[]> all = new ArrayList<>(args(lease.epoch()));
    all.addAll(args(args));
    String[] said = link.run(script, keys, all);
    if (said[0].equals("fenced")) {
      throw new Fenced(
          "epoch "
              + lease.epoch()
              + " of "
              + lease.owner()
              + " is over: "
              + said[2]
              + " decides since epoch "
              + said[1]);
    }
    return said;
  }

  private void requireReadable() {
    if (!readable) {
      String stored = link.call(redis -> redis.hget(prefix + "desk", "format"));
      if (stored != null && Integer.parseInt(stored) > format.version()) {
        throw newer(stored);
      }
      readable = true;
    }
  }

  private Newer newer(String stored) {
    return new Newer(
        "the store is in format "
            + stored
            + ", written by a newer LastMile; this program knows format "
            + format.version()
            + " and leaves it untouched: start the newer program");
  }

  /** What all keys of this jurisdiction begin with. */
  String prefix() {
    return prefix;
  }

  private byte[] key(String name) {
    return (prefix + name).getBytes(UTF_8);
  }

  private List<byte[]> keys(String... names) {
    List<byte[]> keys = new ArrayList<>(names.length);
    for (String name : names) {
      keys.add(key(name));
    }
    return keys;
  }

  private static List<byte[]> args(Object... values) {
    List<byte[]> args = new ArrayList<>(values.length);
    for (Object value : values) {
      args.add(value instanceof byte[] bytes ? bytes : value.toString().getBytes(UTF_8));
    }
    return args;
  }

  /** Names become parts of keys and of a script's answer. */
  private static String plain(String name) {
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException("not a name of [A-Za-z0-9._-]+: " + name);
    }
    return name;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
