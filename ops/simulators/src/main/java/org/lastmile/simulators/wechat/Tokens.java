package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Access tokens of one application: the same one until shortly before its end, then a new one
 * beside it. Safe to use from any thread.
 */
final class Tokens {
  static final int OK = 0;
  static final int NOT_LATEST = 40001;
  static final int UNKNOWN = 40014;
  static final int EXPIRED = 42001;
  static final int TOO_OFTEN = 45011;
  static final int DAY_LIMIT = 45009;

  private static final Duration FORCE_SPACING = Duration.ofSeconds(30);
  private static final int FORCES_A_DAY = 20;

  /** One token: its end, and whether a forced refresh made it worthless. */
  private record Token(String value, Instant end, boolean revoked) {}

  /** Answer to a request: an errcode, or a token and the seconds it has left. */
  record Grant(int errcode, String token, long expiresIn) {}

  private final InstantSource clock;
  private final Duration life;
  private final Duration overlap;
  private final int revokedCode;
  private final Random random = new Random(7);
  private final Window forces;
  private final Map<String, Token> all = new HashMap<>();
  private Token latest;
  private Instant lastForce = Instant.EPOCH;
  private long requests;
  private long issued;

  private Tokens(InstantSource clock, Duration life, Duration overlap, int revokedCode) {
    this.clock = clock;
    this.life = life;
    this.overlap = overlap;
    this.revokedCode = revokedCode;
    forces = new Window(clock, Duration.ofDays(1));
  }

  /** The official account's: a new one five minutes before the end, both work until then. */
  static Tokens ofAccount(InstantSource clock, Duration life) {
    // With a short life the overlap shrinks too, or every request would make a new token.
    Duration five = Duration.ofMinutes(5);
    Duration quarter = life.dividedBy(4);
    return new Tokens(clock, life, five.compareTo(quarter) < 0 ? five : quarter, NOT_LATEST);
  }

  /** WeCom's: a new one at the end of the old one; what dies early is as good as unknown. */
  static Tokens ofWeCom(InstantSource clock, Duration life) {
    return new Tokens(clock, life, Duration.ZERO, UNKNOWN);
  }

  synchronized Grant request(boolean force) {
    requests++;
    Instant now = clock.instant();
    if (force) {
      if (lastForce.plus(FORCE_SPACING).isAfter(now)) {
        return new Grant(TOO_OFTEN, "", 0);
      }
      if (forces.used() >= FORCES_A_DAY) {
        return new Grant(DAY_LIMIT, "", 0);
      }
      forces.add(1);
      lastForce = now;
      revokeAll();
    }
    boolean endsSoon = latest != null && !now.isBefore(latest.end().minus(overlap));
    if (latest == null || latest.revoked() || endsSoon) {
      issue(now);
    }
    return new Grant(OK, latest.value(), Duration.between(now, latest.end()).toSeconds());
  }

  private void issue(Instant now) {
    issued++;
    StringBuilder value = new StringBuilder("T" + issued + "_");
    for (int i = 0; i < 136; i++) {
      value.append(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
              .charAt(random.nextInt(64)));
    }
    latest = new Token(value.toString(), now.plus(life), false);
    all.put(latest.value(), latest);
  }

  /** Makes every token worthless before its end, as happens when somebody else refreshes. */
  synchronized void revokeAll() {
    all.replaceAll((value, token) -> new Token(value, token.end(), true));
    latest = latest == null ? null : all.get(latest.value());
  }

  /** 0 or the errcode of a call that carries this token. */
  synchronized int check(String value) {
    Token token = all.get(value);
    if (token == null) {
      return UNKNOWN;
    }
    if (token.revoked()) {
      return revokedCode;
    }
    return clock.instant().isBefore(token.end()) ? OK : EXPIRED;
  }

  synchronized long requests() {
    return requests;
  }

  synchronized long issued() {
    return issued;
  }
}
