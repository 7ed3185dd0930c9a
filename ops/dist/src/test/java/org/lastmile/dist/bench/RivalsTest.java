package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom SMS is held against, and what is said when they are not there. */
class RivalsTest {
  @TempDir Path folder;

  @Test
  void the_bare_line_needs_nothing_installed() {
    assertThatCode(() -> new Rivals(Rivals.Choice.raw, folder, "").require())
        .doesNotThrowAnyException();
    assertThat(new Rivals(Rivals.Choice.raw, folder, "").makers()).containsOnlyKeys("raw");
  }

  @Test
  void all_are_the_bare_line_and_each_daemon_as_shipped_and_tuned() {
    assertThat(new Rivals(Rivals.Choice.all, folder, "").makers())
        .containsOnlyKeys("raw", "smstools", "smstools tuned", "gammu", "gammu tuned");
  }

  @Test
  void set_ups_of_all_daemons_are_at_hand() {
    Path peers = Path.of("../bench/peers");
    for (String daemon : List.of("smstools", "gammu")) {
      assertThat(peers.resolve(daemon).resolve("default.conf")).content().contains("@PORT@");
      assertThat(peers.resolve(daemon).resolve("tuned.conf")).content().contains("@PORT@");
    }
  }

  @Test
  void a_daemon_that_is_half_installed_is_missing() throws Exception {
    Path program = Files.createFile(folder.resolve("gammu-smsd"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> new Rivals(Rivals.Choice.gammu, folder, folder.toString()).require())
        .isInstanceOf(Peer.Missing.class)
        .hasMessageContaining("gammu-smsd-inject is not installed")
        .hasMessageContaining("apt-get install gammu-smsd");
  }

  @ParameterizedTest
  @CsvSource({
    "sms-throughput, gammu, 1, apt-get install gammu-smsd",
    "sms-faults, smstools, 1, apt-get install smstools",
    "sms-coverage, all, 1, apt-get install",
    "sms-throughput, nobody, 2, nobody",
    "sms-nothing, raw, 2, no such benchmark"
  })
  void the_command_says_what_to_install_and_how_it_ended(
      String bench, String reference, int exit, String words) throws Exception {
    List<String> command =
        new ArrayList<>(
            Child.java(
                Bench.class,
                List.of(bench, "--reference", reference, "--data", folder.toString())));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", folder.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(exit);
    assertThat(said).contains(words);
  }
}
