package org.lastmile.channel.loudspeaker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds two devices that use one id, on any link: each boot has a random name, so one that comes
 * back after another can't be the same device's. A broker may bring old states again, so once is no
 * proof.
 */
final class Twins {
  static final String WORDS = "two devices use this id";

  private static final int PROOF = 3;
  private static final long FORGOTTEN = TimeUnit.MINUTES.toNanos(10);

  private final LongSupplier nanos;
  private final Map<String, Boots> known = new ConcurrentHashMap<>();

  private record Boots(String last, String before, int returns, long returned) {}

  Twins(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether two devices use that id now, as far as their states show. */
  boolean use(String device, DeviceState said, boolean retained) {
    if (said.boot().isEmpty() || retained) {
      return false;
    }
    long now = nanos.getAsLong();
    Boots boots =
        known.compute(
            device,
            (d, was) -> {
              if (was == null) {
                return new Boots(said.boot(), "", 0, now);
              }
              boolean over = now - was.returned() > FORGOTTEN;
              int returns = over ? 0 : was.returns();
              if (said.boot().equals(was.last())) {
                return over ? new Boots(was.last(), was.before(), 0, now) : was;
              }
              boolean back = said.boot().equals(was.before());
              return new Boots(said.boot(), was.last(), back ? returns + 1 : returns, now);
            });
    return boots.returns() >= PROOF;
  }
}
