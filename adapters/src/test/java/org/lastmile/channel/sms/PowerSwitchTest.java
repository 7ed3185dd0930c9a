package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.Trouble;

/** The administrator's own command, well written and not. */
class PowerSwitchTest {
  @TempDir Path folder;

  private Finding cycle(String script, Duration limit) throws Exception {
    Path command = Files.writeString(folder.resolve("cycle"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    return cycle(List.of(command.toString(), "hub-2"), limit);
  }

  private static Finding cycle(List<String> command, Duration limit) {
    return new PowerSwitch(new SmsConfig.PowerCycle(command, limit, Duration.ofMinutes(5)))
        .cycle("/dev/ttyUSB2", "867000012345678", "1-1.2:1.2", "12:00", () -> false);
  }

  @Test
  void it_is_given_port_imei_and_place_behind_its_own_arguments() throws Exception {
    Path seen = folder.resolve("seen");
    Finding ended = cycle("echo \"$@\" > " + seen, Duration.ofSeconds(20));
    assertThat(ended.trouble()).isEqualTo(Trouble.POWER_CYCLED);
    assertThat(seen).hasContent("hub-2 /dev/ttyUSB2 867000012345678 1-1.2:1.2");
    assertThat(ended.words()).contains("12:00");
  }

  @Test
  void a_failure_is_told_with_its_code_and_last_words() throws Exception {
    Finding ended =
        cycle("yes noise | head -c 100000; echo 'no such hub' >&2; exit 3", Duration.ofSeconds(20));
    assertThat(ended.trouble()).isEqualTo(Trouble.POWER_CYCLE_FAILED);
    assertThat(ended.words()).contains("exit code 3").contains("no such hub").hasSizeLessThan(400);
    assertThat(ended.wordsInChinese()).contains("退出码 3").contains("no such hub");
  }

  @Test
  void one_that_hangs_is_ended_with_all_that_it_started() throws Exception {
    Path child = folder.resolve("child");
    Finding ended = cycle("sleep 600 & echo $! > " + child + "; wait", Duration.ofMillis(500));
    assertThat(ended.words()).contains("did not end within");
    Path status = Path.of("/proc", Files.readString(child).strip(), "status");
    await().until(() -> !Files.exists(status) || Files.readString(status).contains("State:\tZ"));
  }

  @Test
  void one_that_leaves_a_child_behind_holds_nobody_up() throws Exception {
    Finding ended = cycle("sleep 30 & exit 0", Duration.ofSeconds(20));
    assertThat(ended.trouble()).isEqualTo(Trouble.POWER_CYCLED);
  }

  @Test
  void one_that_is_not_there_is_told() {
    Finding ended = cycle(List.of(folder.resolve("none").toString()), Duration.ofSeconds(5));
    assertThat(ended.trouble()).isEqualTo(Trouble.POWER_CYCLE_FAILED);
    assertThat(ended.words()).contains("none");
  }
}
