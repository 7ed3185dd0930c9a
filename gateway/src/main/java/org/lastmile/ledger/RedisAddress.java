package org.lastmile.ledger;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;

/**
 * Where the store is, read from one URI:
 *
 * <ul>
 *   <li>{@code redis://[[user:]password@]host[:6379][/database]}, {@code rediss://…} with TLS
 *   <li>{@code redis-sentinel://[[user:]password@]host[:26379],host…[/database]#master}
 *   <li>{@code redis-cluster://[[user:]password@]host[:6379],host…}
 * </ul>
 *
 * with {@code rediss-…} for TLS everywhere. Sentinels are asked with the same user and password.
 */
public record RedisAddress(
    Form form,
    boolean tls,
    String user,
    String password,
    Set<HostAndPort> hosts,
    int database,
    String master) {

  private static final Pattern URI =
      Pattern.compile(
          "(rediss?)(-sentinel|-cluster)?://(?:([^@]*)@)?([^/#@]+)(?:/([^#]*))?(?:#(.*))?");

  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?");

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int CONNECTIONS = 16;

  /** One server, or several that agree on a master, or several that share the keys. */
  public enum Form {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  public RedisAddress {
    hosts = Set.copyOf(hosts);
  }

  /**
   * Reads one of the forms above.
   *
   * @throws IllegalArgumentException naming everything that is wrong, never the password
   */
  public static RedisAddress parse(String uri) {
    Matcher parts = URI.matcher(uri);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "not a Redis address: give redis://host:port, rediss://host:port,"
              + " redis-sentinel://host:port,host:port#master or redis-cluster://host:port,host:port");
    }
    List<String> wrong = new ArrayList<>();
    Form form =
        parts.group(2) == null
            ? Form.SINGLE
            : parts.group(2).equals("-sentinel") ? Form.SENTINEL : Form.CLUSTER;
    Set<HostAndPort> hosts = hosts(parts.group(4), form == Form.SENTINEL ? 26379 : 6379, wrong);
    if (form == Form.SINGLE && hosts.size() > 1) {
      wrong.add("several hosts need redis-sentinel:// or redis-cluster://");
    }
    String master = parts.group(6);
    if (form == Form.SENTINEL && (master == null || master.isEmpty())) {
      wrong.add("redis-sentinel:// needs #master, the name the sentinels know the master by");
    }
    String database = parts.group(5) == null ? "" : parts.group(5);
    if (!database.matches("\\d{0,4}")) {
      wrong.add("the database is not a number: " + database);
    }
    if (form == Form.CLUSTER && !database.isEmpty() && !database.equals("0")) {
      wrong.add("a cluster has no databases, only 0");
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("not a Redis address: " + String.join("; ", wrong));
    }
    String[] login = parts.group(3) == null ? new String[0] : parts.group(3).split(":", 2);
    return new RedisAddress(
        form,
        parts.group(1).equals("rediss"),
        login.length == 2 && !login[0].isEmpty() ? plain(login[0]) : null,
        login.length == 0 ? null : plain(login[login.length - 1]),
        hosts,
        database.isEmpty() ? 0 : Integer.parseInt(database),
        master);
  }

  private static Set<HostAndPort> hosts(String list, int usualPort, List<String> wrong) {
    Set<HostAndPort> hosts = new LinkedHashSet<>();
    for (String one : list.split(",", -1)) {
      Matcher host = HOST.matcher(one);
      int port = usualPort;
      if (host.matches() && host.group(2) != null) {
        port = Integer.parseInt(host.group(2));
      }
      if (!host.matches() || port < 1 || port > 65535) {
        wrong.add("not host:port: " + one);
        continue;
      }
      hosts.add(new HostAndPort(host.group(1).replaceAll("[\\[\\]]", ""), port));
    }
    return hosts;
  }

  private static String plain(String escaped) {
    return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** A new client; sentinels and clusters are asked at once, a single server only when used. */
  UnifiedJedis connect() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxIdle(CONNECTIONS);
    pool.setMaxWait(ANSWER);
    return switch (form) {
      case SINGLE ->
          RedisClient.builder()
              .hostAndPort(hosts.iterator().next())
              .clientConfig(client(database))
              .poolConfig(pool)
              .build();
      case SENTINEL ->
          RedisSentinelClient.builder()
              .masterName(master)
              .sentinels(hosts)
              .sentinelClientConfig(client(0))
              .clientConfig(client(database))
              .poolConfig(pool)
              .build();
      case CLUSTER ->
          RedisClusterClient.builder()
              .nodes(hosts)
              .clientConfig(client(0))
              .poolConfig(pool)
              .maxAttempts(3)
              .maxTotalRetriesDuration(ANSWER)
              .build();
    };
  }

  private JedisClientConfig client(int database) {
    return DefaultJedisClientConfig.builder()
        .connectionTimeoutMillis((int) CONNECT.toMillis())
        .socketTimeoutMillis((int) ANSWER.toMillis())
        .user(user)
        .password(password)
        .sslOptions(tls ? SslOptions.defaults() : null)
        .database(database)
        .clientName("lastmile")
        .build();
  }

  /** For people: without user and password. */
  @Override
  public String toString() {
    String list =
        hosts.stream().map(HostAndPort::toString).sorted().reduce((a, b) -> a + "," + b).orElse("");
    return (tls ? "rediss" : "redis")
        + (form == Form.SINGLE ? "" : form == Form.SENTINEL ? "-sentinel" : "-cluster")
        + "://"
        + list
        + (database == 0 ? "" : "/" + database)
        + (master == null ? "" : "#" + master);
  }
}
