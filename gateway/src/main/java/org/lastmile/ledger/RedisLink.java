package org.lastmile.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * The way to the server. Whatever keeps the server from doing its work becomes {@link Memory.Away}
 * in words for people; the next call tries anew.
 */
final class RedisLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  private static final Pattern CODE =
      Pattern.compile(
          "\\b(READONLY|LOADING|MISCONF|OOM|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH"
              + "|WRONGPASS|NOPERM)\\b");

  private final RedisAddress address;
  private UnifiedJedis client;
  private boolean closed;

  RedisLink(RedisAddress address) {
    this.address = address;
  }

  /** Runs commands on the server. */
  <T> T call(Function<UnifiedJedis, T> commands) {
    UnifiedJedis client = client();
    try {
      return commands.apply(client);
    } catch (JedisDataException e) {
      throw away(e);
    } catch (JedisException e) {
      // Every other connection of this client may be dead too: the next call makes new ones.
      drop(client);
      throw away(e);
    }
  }

  /** The same in words for people. */
  Memory.Away away(JedisException e) {
    return new Memory.Away("the store at " + address + " " + words(e), e);
  }

  /** Runs a script and answers what it said, split at blanks; sends its text only when needed. */
  String[] run(Script script, List<byte[]> keys, List<byte[]> args) {
    Object answer =
        call(
            redis -> {
              try {
                return redis.evalsha(script.sha1(), keys, args);
              } catch (JedisNoScriptException e) {
                LOG.debug("sends the text of {} to the store", script);
                return redis.eval(script.text(), keys, args);
              }
            });
    return new String((byte[]) answer, UTF_8).split(" ", 3);
  }

  private synchronized UnifiedJedis client() {
    if (closed) {
      throw new IllegalStateException("the ledger is closed");
    }
    if (client == null) {
      try {
        client = address.connect();
      } catch (JedisException e) {
        throw away(e);
      }
    }
    return client;
  }

  private synchronized void drop(UnifiedJedis failed) {
    if (client == failed) {
      client = null;
      failed.close();
    }
  }

  private static String words(JedisException e) {
    String said = String.valueOf(e.getMessage());
    if (e instanceof JedisAccessControlException) {
      return "refuses our user or password: " + said;
    }
    if (e instanceof JedisConnectionException) {
      Throwable cause = e;
      while (cause.getCause() != null && cause.getCause() != cause) {
        cause = cause.getCause();
      }
      return "does not answer: " + (cause.getMessage() == null ? said : cause.getMessage());
    }
    if (!(e instanceof JedisDataException)) {
      return "does not answer: " + said;
    }
    // Inside a script 6.2 wraps the server's word in its own.
    Matcher code = CODE.matcher(said);
    return switch (code.find() ? code.group() : "") {
      case "READONLY" -> "is a replica and takes no writes; its master is another: " + said;
      case "LOADING" -> "is still reading its data: " + said;
      case "MISCONF" -> "can't write to its disk (full?) and takes no writes: " + said;
      case "OOM" -> "has no memory left and takes no writes; raise maxmemory: " + said;
      case "NOREPLICAS" -> "has too few replicas and takes no writes: " + said;
      case "MASTERDOWN" -> "is a replica that has lost its master: " + said;
      case "CLUSTERDOWN", "TRYAGAIN" -> "is a cluster that is not whole now: " + said;
      case "BUSY" -> "is busy with a script: " + said;
      case "NOAUTH", "WRONGPASS", "NOPERM" -> "refuses our user or password: " + said;
      default -> "refused: " + said;
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
    }
  }
}
