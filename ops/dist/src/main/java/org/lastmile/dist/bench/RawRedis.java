package org.lastmile.dist.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.lastmile.ledger.EmbeddedRedis;
import org.lastmile.ledger.RedisAddress;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/**
 * The bare limit: the same server with the same settings on the same disk, and nothing of ours in
 * front of it.
 */
final class RawRedis implements AutoCloseable {
  private final EmbeddedRedis server;

  RawRedis(Path data) {
    server = EmbeddedRedis.start(data);
  }

  RedisAddress address() {
    return server.address();
  }

  static Jedis connect(RedisAddress address) {
    HostAndPort at = address.hosts().iterator().next();
    return new Jedis(
        at,
        DefaultJedisClientConfig.builder()
            .user(address.user())
            .password(address.password())
            .build());
  }

  /** Appends a second: each client waits for the server's word, given after fsync. */
  double appends(int clients, int each, int bytes) throws Exception {
    byte[] value = "x".repeat(bytes).getBytes(StandardCharsets.UTF_8);
    return perSecond(
        clients,
        each,
        client -> {
          Jedis redis = connect(address());
          return new Client() {
            @Override
            public void once(int number) {
              redis.set(("raw:" + client + ":" + number).getBytes(StandardCharsets.UTF_8), value);
            }

            @Override
            public void close() {
              redis.close();
            }
          };
        });
  }

  /** Milliseconds to keep values of these sizes, one after another. */
  double write(List<Integer> sizes) {
    try (Jedis redis = connect(address())) {
      List<byte[]> values = new ArrayList<>();
      for (int size : sizes) {
        values.add("x".repeat(size).getBytes(StandardCharsets.UTF_8));
      }
      long start = System.nanoTime();
      for (int i = 0; i < values.size(); i++) {
        redis.set(("chunk:" + i).getBytes(StandardCharsets.UTF_8), values.get(i));
      }
      return Samples.millis(start);
    }
  }

  /** One of several who do the same again and again. */
  interface Client extends AutoCloseable {
    void once(int number) throws Exception;

    @Override
    default void close() {}
  }

  interface Clients {
    Client get(int number) throws Exception;
  }

  static double perSecond(int clients, int each, Clients make) throws Exception {
    List<Client> all = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      all.add(make.get(client));
    }
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (Client client : all) {
        work.add(
            () -> {
              for (int i = 0; i < each; i++) {
                client.once(i);
              }
              return null;
            });
      }
      long start = System.nanoTime();
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
      return clients * each / (Samples.millis(start) / 1_000);
    } finally {
      threads.shutdown();
      all.forEach(Client::close);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
