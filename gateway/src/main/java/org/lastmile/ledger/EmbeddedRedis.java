package org.lastmile.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A real Redis server of our own, for sites that run none: a child process on the loopback address,
 * with a random password and every write on disk before it is answered. It outlives a crash of the
 * gateway, which takes it up again; when it dies itself it is started again on the same port.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

  private static final String STORE_KEY = "lastmile:store";
  private static final int PORTS_TO_TRY = 5;

  /** Bytes; with less free than this a disk is called full. */
  private static final long FULL = 1_000_000;

  /** A big data file takes a while to read; a server that only starts takes less than a second. */
  private static final Duration START = Duration.ofSeconds(60);

  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final RedisFolder folder;
  private final RedisBinary binary;
  private final Thread supervisor;
  private volatile ProcessHandle server;
  private volatile String trouble = "";
  private volatile boolean closing;

  /** Why the server can't be had, in words for people. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String message) {
      super(message);
    }

    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private EmbeddedRedis(RedisFolder folder, RedisBinary binary) {
    this.folder = folder;
    this.binary = binary;
    this.supervisor = new Thread(this::supervise, "embedded-redis");
    this.supervisor.setDaemon(true);
  }

  /**
   * Starts the {@code redis-server} on PATH, else the one that LastMile carries, or takes up the
   * one that still runs on this data.
   *
   * @param data its data folder; made when missing
   * @throws Refused when it can't
   */
  public static EmbeddedRedis start(Path data) {
    return start(data, RedisBinary.onPath());
  }

  /**
   * Same with a given program.
   *
   * @param program empty = the one that LastMile carries
   */
  public static EmbeddedRedis start(Path data, Optional<Path> program) {
    RedisFolder folder = RedisFolder.open(data);
    try {
      RedisBinary binary =
          program.map(RedisBinary::at).orElseGet(() -> RedisBinary.carried(folder.path()));
      EmbeddedRedis redis = new EmbeddedRedis(folder, binary);
      Optional<ProcessHandle> running = redis.orphan();
      if (running.isPresent()) {
        redis.takeUp(running.get());
      } else {
        redis.launchOnAnyPort();
      }
      redis.requireOurData();
      redis.supervisor.start();
      return redis;
    } catch (IOException e) {
      release(folder);
      throw new Refused("the data folder " + folder.path() + " can't be used: " + e, e);
    } catch (RuntimeException e) {
      release(folder);
      throw e;
    }
  }

  /**
   * The server of a gateway that uses that data folder now; empty when none does. For commands that
   * read beside a running gateway.
   *
   * @throws Refused when the folder can't be read
   */
  public static Optional<RedisAddress> running(Path data) {
    try {
      return RedisFolder.inUse(data);
    } catch (IOException e) {
      throw new Refused("the data folder " + data + " can't be read: " + e, e);
    }
  }

  /** Where it listens, with its password. */
  public RedisAddress address() {
    try {
      return folder.address();
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the password of the store", e);
    }
  }

  /** Version of the server program, for people. */
  public String version() {
    return binary.version();
  }

  /** Process id of the server. */
  public long pid() {
    return server.pid();
  }

  /** What is wrong now, for people; empty when it runs. */
  public String trouble() {
    return trouble;
  }

  /** The server that a gateway before us left running on this data. */
  private Optional<ProcessHandle> orphan() {
    return ProcessHandle.allProcesses().filter(this::servesFolder).findFirst();
  }

  /** A server is called with its configuration alone; somebody may also look at that file. */
  private boolean servesFolder(ProcessHandle process) {
    String[] arguments = process.info().arguments().orElse(new String[0]);
    String program = process.info().command().orElse("");
    return arguments.length > 0
        && arguments[arguments.length - 1].equals(folder.config().toString())
        && (program.contains("redis")
            || program.contains("valkey")
            || program.endsWith("/setsid")
            || program.equals(binary.path().toString()));
  }

  private void takeUp(ProcessHandle running) throws IOException {
    LOG.info(
        "takes up the Redis server that still runs on {}, process {}",
        folder.path(),
        running.pid());
    server = running;
    if (!answers()) {
      throw new Refused(
          "a Redis server, process "
              + running.pid()
              + ", still holds the data in "
              + folder.path()
              + " but does not answer: end it, then start again");
    }
  }

  private void launchOnAnyPort() throws IOException {
    folder.turnLog();
    for (int left = PORTS_TO_TRY; ; left--) {
      try {
        folder.configure(freePort());
        launch();
        return;
      } catch (Refused e) {
        if (left == 1 || !lastWords().contains("Address already in use")) {
          throw e;
        }
        LOG.info("port {} was taken meanwhile, tries another", folder.port());
      }
    }
  }

  private void launch() throws IOException {
    folder.admit(binary);
    List<String> command = new ArrayList<>();
    // In a session of its own, so that Ctrl-C ends the gateway first and not both at once.
    Path setsid = Path.of("/usr/bin/setsid");
    if (Files.isExecutable(setsid)) {
      command.add(setsid.toString());
    }
    command.add(binary.path().toString());
    command.add(folder.config().toString());
    Process started =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log().toFile()))
            .start();
    server = started.toHandle();
    if (!answers()) {
      server.destroy();
      throw new Refused(
          "the Redis server "
              + binary.path()
              + " does not start on "
              + folder.path()
              + "; it says: "
              + lastWords());
    }
    LOG.info(
        "Redis {} runs on 127.0.0.1:{}, data in {}",
        binary.version(),
        folder.port(),
        folder.path());
  }

  /** Waits until the server has read its data; false when it ended or took too long. */
  private boolean answers() throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (server.isAlive() && System.nanoTime() < deadline) {
      try (Jedis redis = connect()) {
        redis.ping();
        String info = redis.info("server");
        if (info.contains("process_id:" + server.pid())) {
          return true;
        }
        throw new Refused(
            "port "
                + folder.port()
                + " is answered by another Redis than the one on "
                + folder.path()
                + ": end it, then start again");
      } catch (JedisConnectionException | JedisDataException notYet) {
        LOG.debug("waits for the Redis server: {}", notYet.getMessage());
        pause(Duration.ofMillis(20));
      }
    }
    return false;
  }

  private void requireOurData() throws IOException {
    try (Jedis redis = connect()) {
      String id = redis.get(STORE_KEY);
      if (id == null && !folder.confirmed()) {
        redis.set(STORE_KEY, folder.id());
      } else if (!folder.id().equals(id)) {
        stopServer();
        throw new Refused(
            "the data in "
                + folder.path()
                + " is not what LastMile left there: the server started "
                + (id == null ? "without it" : "with other data")
                + "; put the data back, or name another folder with store.data");
      }
    }
    folder.confirm();
  }

  private Jedis connect() throws IOException {
    return new Jedis(
        new HostAndPort("127.0.0.1", folder.port()),
        DefaultJedisClientConfig.builder()
            .resp2()
            .password(folder.password())
            .connectionTimeoutMillis(2_000)
            .socketTimeoutMillis(5_000)
            .build());
  }

  /** Starts the server again whenever it ends without having been asked to. */
  private void supervise() {
    Duration pause = Duration.ofMillis(200);
    while (!closing) {
      try {
        long since = System.nanoTime();
        server.onExit().get();
        if (closing) {
          return;
        }
        if (System.nanoTime() - since > LONGEST_PAUSE.toNanos()) {
          pause = Duration.ofMillis(200);
        }
        trouble = "the Redis server ended by itself; its last words: " + lastWords();
        LOG.error("{}; starts it again", trouble);
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
        if (!closing) {
          launch();
          requireOurData();
          trouble = "";
        }
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        if (closing) {
          return;
        }
        // Whatever it is, the store is needed: say it and try again.
        trouble = "the Redis server can't be started again: " + e.getMessage();
        LOG.error(trouble, e);
      }
    }
  }

  /** Why the server ended, as far as can be seen: on a full disk it can't even log it. */
  private String lastWords() {
    try {
      if (Files.getFileStore(folder.path()).getUsableSpace() < FULL) {
        return "the disk that holds " + folder.path() + " is full: make room";
      }
      List<String> lines = Files.readAllLines(folder.log());
      return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "nothing (" + e.getMessage() + ")";
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused("interrupted while starting the Redis server", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Ends the server, which first writes all it has, and unlocks the folder. */
  @Override
  public void close() {
    closing = true;
    supervisor.interrupt();
    try {
      // It may be starting a server just now, which has to be ended too.
      supervisor.join(STOP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopServer();
    release(folder);
  }

  private void stopServer() {
    server.destroy();
    try {
      server.onExit().get(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("the Redis server does not end, kills it: every answered write is on disk");
      server.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a process handle can't fail to exit", e);
    }
  }

  private static void release(RedisFolder folder) {
    try {
      folder.close();
    } catch (IOException e) {
      LOG.warn("can't unlock {}", folder.path(), e);
    }
  }
}
