package org.lastmile.console;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.lastmile.channel.Memory;

/**
 * People who are signed in. Kept in the store, so that a restart in the middle of the night signs
 * nobody out; the store sees only the cookie's SHA-256. Calls block on the store.
 */
final class Sessions {
  /** A night shift; used within it, it goes on. */
  static final Duration IDLE = Duration.ofHours(12);

  /** Whatever happens, the password is asked for again after a week. */
  static final Duration LONGEST = Duration.ofDays(7);

  private final Memory memory;
  private final SecureRandom random;
  private final InstantSource clock;

  /**
   * @param csrf what a write must repeat in its {@code X-CSRF-Token} header
   */
  record Session(String user, String csrf, Instant since, Instant until) {
    @Override
    public String toString() {
      return "session of " + user;
    }
  }

  /** A new session and its cookie. */
  record Opened(String cookie, Session session) {
    @Override
    public String toString() {
      return session.toString();
    }
  }

  Sessions(Memory memory, SecureRandom random, InstantSource clock) {
    this.memory = memory;
    this.random = random;
    this.clock = clock;
  }

  Opened open(String user) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String cookie = Secret.random(random);
    Session session = new Session(user, Secret.random(random), now, now.plus(IDLE));
    keep(cookie, session);
    return new Opened(cookie, session);
  }

  /** The session of that cookie if it still holds; used in its second half, it is prolonged. */
  Optional<Session> find(String cookie) {
    Instant now = clock.instant();
    Optional<Session> found =
        memory
            .get(key(cookie))
            .map(s -> Json.kept(s, Session.class))
            .filter(s -> now.isBefore(s.until()));
    return found.map(
        s -> {
          Instant most = s.since().plus(LONGEST);
          Instant next = now.plus(IDLE).isBefore(most) ? now.plus(IDLE) : most;
          if (Duration.between(now, s.until()).compareTo(IDLE.dividedBy(2)) > 0
              || !next.isAfter(s.until())) {
            return s;
          }
          Session prolonged = new Session(s.user(), s.csrf(), s.since(), next);
          keep(cookie, prolonged);
          return prolonged;
        });
  }

  void close(String cookie) {
    memory.remove(key(cookie));
  }

  private void keep(String cookie, Session session) {
    Duration left = Duration.between(clock.instant(), session.until());
    if (!left.isNegative() && !left.isZero()) {
      memory.put(key(cookie), Json.text(session), left);
    }
  }

  private static String key(String cookie) {
    return "session." + Secret.digest(cookie);
  }
}
