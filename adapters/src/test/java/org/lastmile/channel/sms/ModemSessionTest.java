package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.sms.Bench.PATIENCE;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.channel.Health;

/** Whatever is thrown in it, a session goes on, and says that something is wrong. */
class ModemSessionTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, UnsatisfiedLinkError.class})
  void what_fails_outside_the_modems_own_work_is_shown_and_tried_again(Class<?> thrown)
      throws Exception {
    AtomicInteger times = new AtomicInteger();
    ModemSession session =
        session(
            new Clock() {
              @Override
              public Instant instant() { // asked when power is about to be switched
                times.incrementAndGet();
                if (thrown == UnsatisfiedLinkError.class) {
                  throw new UnsatisfiedLinkError("none here");
                }
                throw new IllegalStateException("none here");
              }

              @Override
              public ZoneId getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(ZoneId zone) {
                return this;
              }
            });
    Thread thread = new Thread(session);
    thread.start();
    try {
      await().atMost(PATIENCE).until(() -> times.get() > 1);
      assertThat(thread.isAlive()).isTrue();
      assertThat(session.health()).isEqualTo(Health.State.DOWN);
    } finally {
      session.close();
      thread.join(PATIENCE.toMillis());
    }
  }

  /** On a port that is not there, with a command to switch its power, told to a pool that fails. */
  private ModemSession session(Clock clock) {
    String path = folder.resolve("ttyUSB0").toString();
    SmsConfig.PowerCycle cycle =
        new SmsConfig.PowerCycle(List.of("true"), Duration.ofSeconds(1), Duration.ofMillis(1));
    SmsConfig.Port port =
        new SmsConfig.Port(path, "", SmsConfig.Port.USUAL_BAUD, "auto", 0, "", cycle);
    SmsConfig config = new SmsConfig(List.of(port));
    Shared shared =
        new Shared(
            new Outbox(),
            null,
            null,
            null,
            null,
            null,
            new PortLocks(config.locks()),
            null,
            clock,
            Bench.QUICK,
            false);
    return new ModemSession(path, port, Ports.SYSTEM, new FailingPool(), shared);
  }

  private static final class FailingPool implements ModemSession.Pool {
    @Override
    public boolean owns(ModemSession session, String imei) {
      return true;
    }

    @Override
    public boolean mayCarry(ModemSession session, Letter letter) {
      return false;
    }

    @Override
    public boolean another(ModemSession session) {
      return false;
    }

    @Override
    public void changed(ModemSession session) {
      throw new IllegalStateException("nobody listens");
    }
  }
}
