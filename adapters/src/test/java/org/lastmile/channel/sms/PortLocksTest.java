package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.sms.Bench.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

/** One port, two programs: processes of the operating system, not threads of this one. */
class PortLocksTest {
  @TempDir Path folder;
  private Path locks;

  @BeforeEach
  void makesTheFolder() throws IOException {
    locks = Files.createDirectory(folder.resolve("lock"));
  }

  @Test
  void a_port_that_another_program_has_locked_is_left_alone_until_that_program_has_ended()
      throws Exception {
    Process other = new ProcessBuilder("sleep", "600").start();
    try (Smsc smsc = new Smsc();
        VirtualModem modem = modem(smsc)) {
      Path lock = lockOf(modem);
      Files.writeString(lock, "%10d\n".formatted(other.pid()));
      try (SmsChannel channel = channel(modem.link(), locks)) {
        Heard.by(channel);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(channel.check().why())
                        .contains("in use by process " + other.pid() + " (sleep)"));
        other.destroyForcibly().waitFor();
        await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
        assertThat(Files.readString(lock).strip())
            .isEqualTo(Long.toString(ProcessHandle.current().pid()));
      }
      assertThat(locks).isEmptyDirectory();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void a_lock_that_names_no_process_is_stale() throws Exception {
    try (Smsc smsc = new Smsc();
        VirtualModem modem = modem(smsc)) {
      Files.writeString(lockOf(modem), "");
      try (SmsChannel channel = channel(modem.link(), locks)) {
        Heard.by(channel);
        await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
      }
    }
  }

  @Test
  void a_lock_that_another_has_just_taken_is_given_back() throws Exception {
    Process other = new ProcessBuilder("sleep", "600").start();
    try {
      Path lock = Files.writeString(locks.resolve("LCK..ttyUSB0"), "%10d\n".formatted(4_000_000));
      PortLocks.Seen stale = PortLocks.Seen.of(lock);
      // Between our look and our hand another has seen the same, and was faster.
      Files.writeString(lock, "%10d\n".formatted(other.pid()));
      PortLocks all = new PortLocks(locks);
      all.setAside(lock, stale);
      assertThat(Files.readString(lock).strip()).isEqualTo(Long.toString(other.pid()));
      assertThat(locks).isDirectoryNotContaining("glob:**/LTMP.*");
      assertThatThrownBy(() -> all.take("/dev/ttyUSB0"))
          .isInstanceOf(LineLost.class)
          .hasMessageContaining("in use by process " + other.pid());
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void a_process_number_counts_only_for_the_process_that_had_it_when_the_port_was_locked()
      throws Exception {
    Process later = new ProcessBuilder("sleep", "600").start();
    try {
      PortLocks all = new PortLocks(locks);
      Path lock = locks.resolve("LCK..ttyUSB0");
      FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
      for (long number : new long[] {later.pid(), ProcessHandle.current().pid()}) {
        Files.writeString(lock, "%10d\n".formatted(number));
        Files.setLastModifiedTime(lock, longAgo);
        try (PortLocks.Held held = all.take("/dev/ttyUSB0")) {
          assertThat(held.file()).contains(lock);
        }
      }
      // Our own number, and not locked by us: from another container.
      Files.writeString(lock, "%10d\n".formatted(ProcessHandle.current().pid()));
      assertThatThrownBy(() -> all.take("/dev/ttyUSB0")).hasMessageContaining("in use by process");
      assertThat(lock).exists();
    } finally {
      later.destroyForcibly();
    }
  }

  @Test
  void two_gateways_never_share_a_port_and_the_second_takes_over_when_the_first_is_killed()
      throws Exception {
    try (Smsc smsc = new Smsc();
        VirtualModem modem = modem(smsc)) {
      Process first = gateway(modem.link(), locks);
      try (SmsChannel second = channel(modem.link(), locks)) {
        await().atMost(PATIENCE).until(() -> Files.exists(lockOf(modem)));
        Heard.by(second);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(second.check().why()).contains("process " + first.pid()));
        assertThat(second.room()).isZero();
        first.destroyForcibly().waitFor();
        await().atMost(PATIENCE).until(() -> second.check().state() == Health.State.UP);
      } finally {
        first.destroyForcibly();
      }
    }
  }

  @Test
  void without_a_folder_for_locks_the_lock_on_the_device_protects_a_port() throws Exception {
    Path none = folder.resolve("none");
    try (Smsc smsc = new Smsc();
        VirtualModem modem = modem(smsc)) {
      Process first = gateway(modem.link(), none);
      try (SmsChannel second = channel(modem.link(), none)) {
        await().atMost(PATIENCE).until(() -> first.inputReader().readLine().equals("READY"));
        Heard.by(second);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(second.check().why()).contains("in use by"));
        first.destroyForcibly().waitFor();
        await().atMost(PATIENCE).until(() -> second.check().state() == Health.State.UP);
      } finally {
        first.destroyForcibly();
      }
    }
  }

  /** The first gateway: a JVM of its own, with a channel on that port until it is killed. */
  public static void main(String[] args) throws InterruptedException {
    SmsChannel channel = channel(Path.of(args[0]), Path.of(args[1]));
    channel.listen(signal -> CompletableFuture.completedFuture(null));
    await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
    System.out.println("READY");
    new CountDownLatch(1).await();
  }

  private static Process gateway(Path port, Path locks) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PortLocksTest.class.getName(),
            port.toString(),
            locks.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static SmsChannel channel(Path port, Path locks) {
    SmsConfig config =
        new SmsConfig(
            List.of(SmsConfig.Port.of(port.toString())),
            SmsConfig.Budget.USUAL,
            SmsConfig.USUAL_REFERENCE_BITS,
            locks);
    return new SmsChannel(config, new MemoryInHeap(), Clock.systemUTC(), Bench.QUICK);
  }

  private VirtualModem modem(Smsc smsc) {
    return new VirtualModem(folder.resolve("modem"), ModemSettings.ofNumber("13900000000"), smsc);
  }

  /** As minicom and others name it: the device's path below /dev, with strokes for slashes. */
  private Path lockOf(VirtualModem modem) throws IOException {
    String device = modem.link().toRealPath().toString();
    return locks.resolve("LCK.." + device.substring("/dev/".length()).replace('/', '_'));
  }
}
