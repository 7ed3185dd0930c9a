package org.lastmile.dist.command;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.speech.SpeakingChannel;
import org.lastmile.channel.sms.SmsChannel;
import org.lastmile.channel.sms.SmsConfig;
import org.lastmile.channel.wechat.WeChatChannel;
import org.lastmile.channel.wechat.WeComChannel;
import org.lastmile.config.Config;
import org.lastmile.ledger.EmbeddedRedis;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Loudspeaker;

/**
 * Everything around the gateway that a configuration names, tried once with the gateway's own
 * parts. Nothing is sent to anyone, nothing that comes in is acknowledged, and no PIN is tried:
 * three wrong ones lock a SIM.
 *
 * @param good what works, {@code problems} what does not; each begins with its path
 */
record Surroundings(List<String> good, List<String> problems) {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** A broker is tried with some thousand small messages. */
  private static final Duration LIMITS = Duration.ofSeconds(40);

  /** Devices named before the rest becomes a count. */
  private static final int NAMED = 10;

  private static final String KEPT = "receipts kept while away";

  /** A modem that was just switched on takes its time. */
  private static final Duration MODEM = Duration.ofSeconds(20);

  static Surroundings of(Config config) {
    Surroundings found = new Surroundings(new ArrayList<>(), new ArrayList<>());
    found.port("http.port", config.http().host(), config.http().port());
    found.port("http.management-port", "127.0.0.1", config.http().managementPort());
    found.store(config);
    try (Ledger ledger = new MemoryLedger(Clock.systemUTC())) {
      found.loudspeakers(config.loudspeaker(), ledger);
      found.modems(config.sms(), ledger);
      found.wechat(config, ledger);
    }
    if (config.intake().folder() != null) {
      found.folder("intake.folder", config.intake().folder());
    }
    return found;
  }

  private void port(String path, String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      good.add(path + ": " + (port == 0 ? "any free one" : port + " is free"));
    } catch (IOException e) {
      problems.add(
          "%s: can't listen on %s:%d (%s): stop what uses it, or name another"
              .formatted(path, host, port, e.getMessage()));
    }
  }

  private void store(Config config) {
    if (config.store().embedded()) {
      embedded(config);
      return;
    }
    try (Ledger ledger =
        new RedisLedger(RedisAddress.parse(config.store().redis()), config.jurisdiction())) {
      ledger.ping();
      good.add("store.redis: answers");
      audio(config, ledger);
    } catch (RuntimeException e) {
      // Whatever the store's client throws, it is the store that can't be used.
      problems.add("store.redis: " + e.getMessage());
    }
  }

  private void embedded(Config config) {
    Config.Store store = config.store();
    Path trial = null;
    try {
      Path data = store.data();
      if (!Files.exists(data)) {
        folder("store.data", data);
        trial = Files.createTempDirectory("lastmile-check-");
        data = trial;
      }
      // The very server that the gateway would start: another one can't read its data.
      try (EmbeddedRedis redis =
          store.server().isEmpty()
              ? EmbeddedRedis.start(data)
              : EmbeddedRedis.start(data, Optional.of(Path.of(store.server())))) {
        good.add("store: Redis " + redis.version() + " starts");
        if (trial == null) {
          try (Ledger ledger = new RedisLedger(redis.address(), config.jurisdiction())) {
            audio(config, ledger);
          }
        }
      }
    } catch (EmbeddedRedis.Refused | Memory.Away | IllegalStateException e) {
      problems.add("store.data: " + e.getMessage());
    } catch (IOException e) {
      problems.add("store.data: no folder for a trial can be made: " + e.getMessage());
    } finally {
      delete(trial);
    }
  }

  /** Loudspeakers of the registry that need audio, and no way for it to reach them. */
  private void audio(Config config, Ledger ledger) {
    if (config.loudspeaker() == null) {
      return;
    }
    Registry registry = new Registries(ledger.memory("registry"), Clock.systemUTC()).current();
    List<String> mute =
        registry.loudspeakers().stream()
            .filter(l -> !ofThePlatform(config, l))
            .filter(l -> SpeakingChannel.needsAudio(device(l)))
            .map(Loudspeaker::id)
            .sorted()
            .toList();
    String path = "channels.loudspeaker.speech";
    if (mute.isEmpty()) {
      return;
    }
    String why = unreachable(config.loudspeaker());
    if (why.isEmpty()) {
      good.add(path + ": audio for " + mute.size() + " loudspeakers that need it");
      return;
    }
    problems.add(
        "%s: %d loudspeakers can't speak and get words all the same: %s: %s%s"
            .formatted(
                path,
                mute.size(),
                why,
                String.join(", ", mute.subList(0, Math.min(NAMED, mute.size()))),
                mute.size() > NAMED ? "…" : ""));
  }

  /** Why no device fetches audio; empty = devices can. */
  private static String unreachable(LoudspeakerConfig config) {
    if (config.rendering() == null) {
      return "nothing makes audio for them, write speech: {} and http.public-url";
    }
    String url = config.rendering().url();
    if (url.isEmpty()) {
      return "set http.public-url to an address that they reach";
    }
    boolean local = config.isEmbedded() && isLoopback(config.host());
    return !local && isLoopback(URI.create(url).getHost())
        ? url
            + " is the device itself for whoever asks, set http.public-url to an address of this"
            + " machine that they reach"
        : "";
  }

  /** By its name alone: a name that DNS gives is not asked for. */
  private static boolean isLoopback(String host) {
    return host != null
        && (host.equalsIgnoreCase("localhost")
            || host.matches("127(?:\\.\\d{1,3}){3}")
            || host.matches("\\[?::1\\]?"));
  }

  private static boolean ofThePlatform(Config config, Loudspeaker loudspeaker) {
    return config.horn() != null
        && config
            .horn()
            .devices()
            .has(loudspeaker.id(), loudspeaker.model(), loudspeaker.playMode());
  }

  private static SpeakingChannel.Device device(Loudspeaker loudspeaker) {
    return new SpeakingChannel.Device(loudspeaker.model(), loudspeaker.playMode());
  }

  /** It is there and can be written to, or can be made. */
  private void folder(String path, Path folder) {
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null || !Files.isDirectory(there) || !Files.isWritable(there)) {
      problems.add(
          "%s: %s can't be written to by %s"
              .formatted(path, folder, System.getProperty("user.name")));
    } else {
      good.add(path + ": " + folder + (there.equals(folder) ? "" : " can be made"));
    }
  }

  private void loudspeakers(LoudspeakerConfig config, Ledger ledger) {
    String path = "channels.loudspeaker";
    if (config == null) {
      good.add(path + ": off");
      return;
    }
    try (LoudspeakerChannel channel =
        LoudspeakerChannel.open(
            config.forTrial(), ledger.memory("loudspeaker"), Clock.systemUTC(), null)) {
      channel.listen(signal -> new CompletableFuture<>());
      Health health = await(channel, ANSWER, h -> part(h, "link") != Health.State.DOWN);
      if (part(health, "link") == Health.State.DOWN) {
        problems.add(path + ".broker: " + health.why());
      } else {
        good.add(
            path
                + ": "
                + (config.isEmbedded()
                    ? "port " + config.port() + " is free"
                    : "the broker answers"));
        limits(path, await(channel, LIMITS, Surroundings::knowsLimits));
      }
    } catch (IOException | RuntimeException e) {
      // The channel names the port or file that is wrong.
      problems.add(path + ": " + e.getMessage());
    }
  }

  /** What would lose receipts, and certificates that end. */
  private void limits(String path, Health health) {
    for (Health.Part part : health.parts()) {
      boolean broker = part.name().equals("broker");
      if ((broker || part.name().equals("certificate")) && !part.why().isEmpty()) {
        problems.add(path + ": " + part.why());
      } else if (broker) {
        good.add(path + ": receipts kept while away: " + part.facts().get(KEPT));
      }
    }
  }

  private static boolean knowsLimits(Health health) {
    return health.parts().stream()
        .filter(p -> p.name().equals("broker"))
        .noneMatch(p -> p.facts().get(KEPT).contains("not tried yet"));
  }

  private void modems(SmsConfig config, Ledger ledger) {
    String path = "channels.sms.modems";
    if (config == null) {
      good.add("channels.sms: off");
      return;
    }
    boolean pins = config.modems().stream().anyMatch(p -> !p.pin().isEmpty());
    try (SmsChannel channel =
        new SmsChannel(config.harmless(), ledger.memory("sms"), Clock.systemUTC())) {
      channel.listen(signal -> new CompletableFuture<>());
      Health health = await(channel, MODEM, Surroundings::decided);
      if (health.parts().isEmpty()) {
        problems.add(path + ": " + health.why());
      }
      for (Health.Part modem : health.parts()) {
        modem(path, modem, pins);
      }
    }
  }

  private void modem(String path, Health.Part modem, boolean pins) {
    if (pins && modem.facts().get("trouble").equals("SIM_PIN")) {
      good.add(path + ": " + modem.name() + " asks for its PIN, which is not tried here");
    } else if (modem.state() == Health.State.UP) {
      good.add(
          "%s: %s %s %s, signal %s"
              .formatted(
                  path,
                  modem.name(),
                  modem.facts().getOrDefault("model", ""),
                  modem.facts().getOrDefault("operator", ""),
                  modem.facts().getOrDefault("signal", "unknown")));
    } else {
      problems.add(path + ": " + modem.why());
    }
  }

  /** Every modem has said whether it works. */
  private static boolean decided(Health health) {
    return !health.parts().isEmpty()
        && health.parts().stream().noneMatch(p -> p.facts().get("state").equals("STARTING"));
  }

  private void wechat(Config config, Ledger ledger) {
    if (config.wechat() == null && config.wecom() == null) {
      good.add("channels.wechat: off");
      return;
    }
    if (config.wechat() != null) {
      platform(
          "official-account",
          "the account answers",
          new WeChatChannel(
              config.wechat(), ledger.memory("wechat"), Clock.systemUTC(), new SecureRandom()));
    }
    if (config.wecom() != null) {
      platform(
          "wecom",
          "the application answers",
          new WeComChannel(
              config.wecom(), ledger.memory("wecom"), Clock.systemUTC(), new SecureRandom()));
    }
  }

  private void platform(String section, String works, Channel opened) {
    String path = "channels.wechat." + section;
    try (Channel channel = opened) {
      channel.listen(signal -> new CompletableFuture<>());
      Health health = await(channel, ANSWER, Surroundings::answered);
      String why = health.parts().get(0).why();
      if (health.state() == Health.State.DOWN || !answered(health)) {
        problems.add(path + ": " + (why.isEmpty() ? "does not answer" : why));
      } else {
        good.add(path + ": " + works + (why.isEmpty() ? "" : "; " + why));
      }
    }
  }

  /** The platform has said yes or no. */
  private static boolean answered(Health health) {
    return health.parts().stream()
        .allMatch(
            p ->
                p.state() == Health.State.DOWN
                    || !("not fetched yet".equals(p.facts().get("token"))
                        || "not asked yet".equals(p.facts().get("application"))));
  }

  private static Health.State part(Health health, String name) {
    return health.parts().stream()
        .filter(p -> p.name().equals(name))
        .map(Health.Part::state)
        .findFirst()
        .orElse(health.state());
  }

  /** The channel's health once it is as wanted, or when that took too long. */
  private static Health await(Channel channel, Duration longest, Predicate<Health> wanted) {
    long end = System.nanoTime() + longest.toNanos();
    Health health = channel.check();
    while (!wanted.test(health) && System.nanoTime() < end) {
      try {
        Thread.sleep(100); // a device's answer can only be waited for
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return health;
      }
      health = channel.check();
    }
    return health;
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new Trouble("the trial folder " + folder + " could not be deleted: " + e, e);
    }
  }
}
