package org.lastmile.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Every write to the store is one of these scripts, whole or not at all. Each is small, so that the
 * server is never held up, and each but {@link #CLAIM} starts with the fence: {@code ARGV[1]} must
 * be the newest epoch of the desk, {@code KEYS[1]}. They run on Redis 6.2 and later.
 *
 * <p>A script answers with a word and, behind blanks, its particulars.
 */
enum Script {
  /**
   * Claims or renews the desk. KEYS desk, batches; ARGV owner, now, until (ms), epoch the caller
   * holds already or 0, format of this program. Answers {@code claimed EPOCH MIGRATE-FROM|0},
   * {@code held OWNER}, {@code newer FORMAT}.
   */
  CLAIM(
      false,
      """
      local desk = redis.call('HMGET', KEYS[1], 'format', 'epoch', 'owner', 'until', 'migrating')
      local mine, format = tonumber(ARGV[5]), tonumber(desk[1] or ARGV[5])
      if format > mine then return 'newer ' .. format end
      local epoch = tonumber(desk[2] or '0')
      local held = desk[3] and desk[3] ~= '' and tonumber(desk[4]) > tonumber(ARGV[2])
      if held and desk[3] ~= ARGV[1] then return 'held ' .. desk[3] end
      if not held or tonumber(ARGV[4]) ~= epoch then
        epoch = epoch + 1
        redis.call('DEL', KEYS[2])
      end
      local migrating = desk[5] or '0'
      if format < mine and migrating == '0' then migrating = tostring(format) end
      redis.call('HSET', KEYS[1], 'format', ARGV[5], 'epoch', epoch, 'owner', ARGV[1],
        'until', ARGV[3], 'migrating', migrating)
      return string.format('claimed %d %s', epoch, migrating)
      """),

  /** What is stored now has the newest form. KEYS desk. */
  MIGRATED(
      true,
      """
      redis.call('HSET', KEYS[1], 'migrating', '0')
      return 'done'
      """),

  /** Ends the term. KEYS desk. */
  GIVE_BACK(
      true,
      """
      redis.call('HSET', KEYS[1], 'owner', '', 'until', '0')
      return 'done'
      """),

  /**
   * Starts to write a plan; chunks that a lost try left behind go. KEYS desk, warning, plan, draft,
   * drafts; ARGV epoch, id. Answers {@code planned} when it has a plan already, else {@code begun}.
   */
  BEGIN(
      true,
      """
      if redis.call('EXISTS', KEYS[3]) == 1 then return 'planned' end
      redis.call('DEL', KEYS[4])
      redis.call('SADD', KEYS[5], ARGV[2])
      return 'begun'
      """),

  /** One chunk. KEYS desk, draft; ARGV epoch, number, bytes. */
  CHUNK(
      true,
      """
      redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
      return 'done'
      """),

  /** Drops chunks that nobody will commit. KEYS desk, draft, drafts; ARGV epoch, id. */
  DISCARD(
      true,
      """
      redis.call('DEL', KEYS[2])
      redis.call('SREM', KEYS[3], ARGV[2])
      return 'done'
      """),

  /**
   * Makes a warning, and its plan when there are chunks, visible. KEYS desk, warning, plan, draft,
   * drafts, events, open, closed; ARGV epoch, id, number of chunks, warning, events or nothing,
   * then the chunks if they were not brought before. Answers {@code done}, {@code again} when it
   * was there already, {@code short} when chunks are missing.
   */
  COMMIT(
      true,
      """
      local chunks = tonumber(ARGV[3])
      if chunks == 0 then
        if redis.call('EXISTS', KEYS[2]) == 1 then return 'again' end
      else
        if redis.call('EXISTS', KEYS[3]) == 1 then return 'again' end
        if #ARGV > 5 then redis.call('DEL', KEYS[4]) end
        for i = 6, #ARGV do redis.call('HSET', KEYS[4], string.format('%d', i - 6), ARGV[i]) end
        if redis.call('HLEN', KEYS[4]) ~= chunks then return 'short' end
        redis.call('RENAME', KEYS[4], KEYS[3])
        redis.call('SREM', KEYS[5], ARGV[2])
      end
      redis.call('SET', KEYS[2], ARGV[4])
      if ARGV[5] ~= '' then redis.call('RPUSH', KEYS[6], ARGV[5]) end
      redis.call('ZADD', KEYS[7], 'NX', redis.call('HINCRBY', KEYS[1], 'sequence', 1), ARGV[2])
      redis.call('ZREM', KEYS[8], ARGV[2])
      return 'done'
      """),

  /**
   * Adds events. KEYS desk, batches, then warning and events of each; ARGV epoch, batch, digest of
   * the batch, how many batches are remembered, then an entry for each warning. Answers {@code
   * done}, {@code again}, {@code other} when that batch was kept with other events, {@code old}
   * when it is too old to tell, {@code unknown N} for the N-th warning.
   */
  APPEND(
      true,
      """
      local batch, window = tonumber(ARGV[2]), tonumber(ARGV[4])
      local kept = redis.call('HGET', KEYS[2], ARGV[2])
      if kept then return kept == ARGV[3] and 'again' or 'other' end
      local last = tonumber(redis.call('HGET', KEYS[2], 'last') or '0')
      if batch <= last - window then return 'old' end
      for i = 3, #KEYS, 2 do
        if redis.call('EXISTS', KEYS[i]) == 0 then return 'unknown ' .. (i - 3) / 2 end
      end
      redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
      if batch > last then
        redis.call('HSET', KEYS[2], 'last', ARGV[2])
        for gone = math.max(last - window + 1, 1), math.min(batch, last + window) - window do
          redis.call('HDEL', KEYS[2], string.format('%d', gone))
        end
      end
      for i = 4, #KEYS, 2 do redis.call('RPUSH', KEYS[i], ARGV[i / 2 + 3]) end
      return 'done'
      """),

  /** KEYS desk, warning, open, closed; ARGV epoch, id. Answers {@code done}, {@code unknown}. */
  CLOSE(
      true,
      """
      if redis.call('EXISTS', KEYS[2]) == 0 then return 'unknown' end
      redis.call('ZREM', KEYS[3], ARGV[2])
      redis.call('ZADD', KEYS[4], 'NX', redis.call('HINCRBY', KEYS[1], 'sequence', 1), ARGV[2])
      return 'done'
      """);

  private final String text;
  private final String sha1;

  Script(boolean fenced, String lua) {
    this.text = (fenced ? Fence.TEXT : "") + lua;
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(text());
      this.sha1 = HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  byte[] text() {
    return text.getBytes(UTF_8);
  }

  byte[] sha1() {
    return sha1.getBytes(US_ASCII);
  }

  /** Held apart because an enum's constants come before its own statics. */
  private static final class Fence {
    static final String TEXT =
        """
        local lease = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
        if lease[1] ~= ARGV[1] then
          return 'fenced ' .. (lease[1] or '0') .. ' ' .. (lease[2] or '')
        end
        """;
  }
}
