package org.lastmile.desk;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lastmile.channel.Memory;

/**
 * Codes by which somebody shows that a phone is theirs. They live for minutes and in memory alone:
 * after a restart one asks for another. Every code costs an SMS, and strangers' phones must not be
 * rung from here, so one account, one phone and the house as a whole get only so many; how many a
 * day, the store knows, so that no restart gives new ones.
 */
final class Proofs {
  static final Duration GOOD = Duration.ofMinutes(10);

  /**
   * Eight digits that begin with 1, as no codes of points do and no phone is as short: the one is
   * never taken for the other.
   */
  static final Pattern SHAPE = Pattern.compile("1\\d{7}");

  private static final int TRIES = 5;
  private static final int MOST_OF_ACCOUNT = 3;
  private static final int MOST_OF_PHONE = 3;
  private static final int MOST_AT_ALL = 60;
  private static final int MOST_A_DAY = 6;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WITHIN = Duration.ofHours(1);
  private static final String ALL = "";

  private final Memory memory;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Asked> asked = new HashMap<>();
  private final Map<String, Deque<Instant>> lately = new HashMap<>();

  /**
   * @param memory counts codes a day
   */
  Proofs(Memory memory) {
    this.memory = memory;
  }

  private static final class Asked {
    final String phone;
    final String village;
    final String code;
    final Instant until;
    int tries = TRIES;

    Asked(String phone, String village, String code, Instant until) {
      this.phone = phone;
      this.village = village;
      this.code = code;
      this.until = until;
    }
  }

  /** What was proved. */
  record Proved(String phone, String village) {}

  /** A new code, in the place of an earlier one; empty when there were too many lately. */
  Optional<String> ask(String openid, String phone, String village, Instant now) {
    forgetOld(now);
    if (many(openid, MOST_OF_ACCOUNT)
        || many(phone, MOST_OF_PHONE)
        || many(ALL, MOST_AT_ALL)
        || today(openid) >= MOST_A_DAY
        || today(phone) >= MOST_A_DAY) {
      return Optional.empty();
    }
    for (String key : new String[] {openid, phone}) {
      memory.put(day(key), Integer.toString(today(key) + 1), DAY);
    }
    for (String key : new String[] {openid, phone, ALL}) {
      lately.computeIfAbsent(key, k -> new ArrayDeque<>()).add(now);
    }
    // As SHAPE says.
    String code = Integer.toString(10_000_000 + random.nextInt(10_000_000));
    asked.put(openid, new Asked(phone, village, code, now.plus(GOOD)));
    return Optional.of(code);
  }

  /** A code is waited for. */
  boolean open(String openid, Instant now) {
    Asked a = asked.get(openid);
    return a != null && now.isBefore(a.until) && a.tries > 0;
  }

  /** Tries that are left; 0 = ask for another code. */
  int left(String openid, Instant now) {
    return open(openid, now) ? asked.get(openid).tries : 0;
  }

  /**
   * Empty when it is wrong, too late, or one try too many. The right one stays good until it is
   * {@link #spend spent}.
   */
  Optional<Proved> prove(String openid, String code, Instant now) {
    if (!open(openid, now)) {
      return Optional.empty();
    }
    Asked a = asked.get(openid);
    if (!a.code.equals(code)) {
      a.tries--;
      return Optional.empty();
    }
    return Optional.of(new Proved(a.phone, a.village));
  }

  /** What was proved is kept: the code is worth nothing any more. */
  void spend(String openid) {
    asked.remove(openid);
  }

  private int today(String key) {
    return memory.get(day(key)).map(Integer::parseInt).orElse(0);
  }

  private static String day(String key) {
    return "day/" + key;
  }

  void clear() {
    asked.clear();
  }

  private boolean many(String key, int most) {
    return lately.getOrDefault(key, new ArrayDeque<>()).size() >= most;
  }

  private void forgetOld(Instant now) {
    asked.values().removeIf(a -> !now.isBefore(a.until));
    lately
        .values()
        .removeIf(
            times -> {
              times.removeIf(at -> !now.isBefore(at.plus(WITHIN)));
              return times.isEmpty();
            });
  }
}
