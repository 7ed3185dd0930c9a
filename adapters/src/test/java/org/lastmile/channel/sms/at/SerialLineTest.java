package org.lastmile.channel.sms.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.pty4j.unix.Pty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SerialLineTest {
  @TempDir Path folder;

  @Test
  void a_write_that_nobody_takes_is_noticed_and_freed_by_closing() throws Exception {
    Pty pty = new Pty();
    SerialLine line = SerialLine.open(pty.getSlaveName(), 115_200);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () ->
                end.complete(
                    catchThrowableOfType(LineLost.class, () -> line.write(new byte[1_000_000]))));
    writer.setDaemon(true);
    writer.start();

    await().until(() -> line.stuck(Duration.ofMillis(200)));
    line.close();

    assertThat(end).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(LineLost.class);
    assertThat(line.stuck(Duration.ZERO)).isFalse();
    pty.close();
  }

  @Test
  void a_port_in_use_names_the_program_that_has_it() throws Exception {
    Pty pty = new Pty();
    Path ready = folder.resolve("ready");
    Process other =
        new ProcessBuilder(
                "flock", pty.getSlaveName(), "sh", "-c", "touch " + ready + "; sleep 600 & wait")
            .start();
    try {
      await().until(() -> Files.exists(ready));
      LineLost lost =
          catchThrowableOfType(LineLost.class, () -> SerialLine.open(pty.getSlaveName(), 115_200));
      assertThat(lost.finding().trouble()).isEqualTo(Trouble.PORT_BUSY);
      assertThat(lost.finding().words())
          .contains(pty.getSlaveName())
          .contains("flock (pid " + other.pid() + ")")
          .contains("stop that program");
      assertThat(lost.finding().wordsInChinese()).contains("flock (pid " + other.pid() + ")");
    } finally {
      other.descendants().forEach(ProcessHandle::destroyForcibly);
      other.destroyForcibly();
      pty.close();
    }
  }

  /** In a program of its own: a library that was loaded once stays loaded. */
  @Test
  void without_a_native_library_it_says_so_instead_of_ending_the_thread() throws Exception {
    Pty pty = new Pty();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=/dev/null/none",
                "-Duser.home=/dev/null/none",
                "-Dos.arch=loongarch64",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutLibrary.class.getName(),
                pty.getSlaveName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    pty.close();
    assertThat(said.lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("NO_DRIVER").contains("loongarch64"));
  }

  /** Opens a port twice, since a class that could not be loaded fails in another way then. */
  static final class WithoutLibrary {
    private WithoutLibrary() {}

    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try {
          SerialLine.open(args[0], 115_200).close();
        } catch (LineLost e) {
          System.out.println(e.finding().trouble() + " " + e.finding().words());
        }
      }
    }
  }

  @Test
  void a_port_that_is_not_there_says_so() {
    LineLost lost =
        catchThrowableOfType(
            LineLost.class, () -> SerialLine.open(folder.resolve("ttyUSB9").toString(), 9_600));
    assertThat(lost.finding().trouble()).isEqualTo(Trouble.PORT_MISSING);
  }

  @Test
  void who_has_a_port_open_is_read_from_the_processes() throws IOException {
    Path proc = folder.resolve("proc");
    Path device = Path.of("/dev/ttyUSB3");
    process(proc, "812", "gammu-smsd", device);
    process(proc, "813", "bash", Path.of("/dev/null"));
    process(proc, Long.toString(ProcessHandle.current().pid()), "java", device);
    Files.createDirectories(proc.resolve("900"));

    assertThat(PortUsers.of(proc, device)).containsExactly("gammu-smsd (pid 812)");
    assertThat(PortUsers.of(folder.resolve("none"), device)).isEmpty();
  }

  private static void process(Path proc, String pid, String name, Path open) throws IOException {
    Path fd = Files.createDirectories(proc.resolve(pid).resolve("fd"));
    Files.writeString(proc.resolve(pid).resolve("comm"), name + "\n");
    Files.createSymbolicLink(fd.resolve("3"), open);
  }
}
