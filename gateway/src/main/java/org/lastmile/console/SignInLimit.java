package org.lastmile.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down who guesses passwords: after some failures for one name from one address every further
 * one doubles the wait, and one address can't go through many names either. What it knows is
 * bounded and forgotten by a restart.
 */
final class SignInLimit {
  private static final int FREE = 3;
  private static final int FREE_PER_ADDRESS = 30;
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration FORGET = Duration.ofMinutes(30);
  private static final int MOST = 10_000;

  private final InstantSource clock;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MOST;
        }
      };

  private record Failures(int count, Instant last) {}

  SignInLimit(InstantSource clock) {
    this.clock = clock;
  }

  /** How long this name at this address must wait before the next try; zero = try. */
  synchronized Duration wait(String name, String address) {
    Duration forName = left(failures.get(name + "\n" + address), FREE);
    Duration forAddress = left(failures.get(address), FREE_PER_ADDRESS);
    return forName.compareTo(forAddress) > 0 ? forName : forAddress;
  }

  /** Counted before the password is checked, so that tries at the same moment count too. */
  synchronized void tried(String name, String address) {
    count(name + "\n" + address);
    count(address);
  }

  synchronized void succeeded(String name, String address) {
    failures.remove(name + "\n" + address);
    failures.computeIfPresent(
        address, (a, f) -> f.count() <= 1 ? null : new Failures(f.count() - 1, f.last()));
  }

  private void count(String key) {
    Instant now = clock.instant();
    Failures before = failures.get(key);
    boolean fresh = before == null || before.last().plus(FORGET).isBefore(now);
    failures.put(key, new Failures(fresh ? 1 : before.count() + 1, now));
  }

  private Duration left(Failures failed, int free) {
    if (failed == null || failed.count() < free) {
      return Duration.ZERO;
    }
    Duration wait = FIRST.multipliedBy(1L << Math.min(failed.count() - free, 20));
    Instant again = failed.last().plus(wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
    Duration left = Duration.between(clock.instant(), again);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
