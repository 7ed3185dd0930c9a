package org.lastmile.channel.sms;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.Said;
import org.lastmile.channel.sms.at.Trouble;

/**
 * Switches one modem's power off and on by the administrator's own command: a relay, a USB hub, a
 * PoE switch. Whatever that command does, it ends in time.
 */
final class PowerSwitch {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int SHOWN = 200;

  private final SmsConfig.PowerCycle config;

  PowerSwitch(SmsConfig.PowerCycle config) {
    this.config = config;
  }

  /**
   * Runs the command with port, IMEI and USB place as further arguments (empty where not known) and
   * waits for its end, or ends it.
   *
   * @param at when, for the operator
   * @param closing says true when nobody wants its end any more
   */
  Finding cycle(String port, String imei, String usb, String at, BooleanSupplier closing) {
    List<String> command = new ArrayList<>(config.command());
    command.addAll(List.of(port, imei, usb));
    Path output = null;
    long began = System.nanoTime();
    try {
      // A file, not a pipe: a child that the command leaves behind would keep a pipe open for ever.
      output = Files.createTempFile("lastmile-power-", ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return await(process, closing)
          ? ended(
              process.exitValue(), port, at, Duration.ofNanos(System.nanoTime() - began), output)
          : failed(port, at, late());
    } catch (IOException e) {
      return failed(port, at, new Said(e.getMessage(), "无法执行（" + e.getMessage() + "）"));
    } finally {
      delete(output);
    }
  }

  private boolean await(Process process, BooleanSupplier closing) {
    long end = System.nanoTime() + config.limit().toNanos();
    try {
      while (!closing.getAsBoolean() && System.nanoTime() - end < 0) {
        if (process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    return false;
  }

  private Said late() {
    long limit = config.limit().toSeconds();
    return new Said("it did not end within " + limit + " s", limit + " 秒内没有结束");
  }

  private static Finding ended(int code, String port, String at, Duration took, Path output)
      throws IOException {
    if (code == 0) {
      return Finding.of(Trouble.POWER_CYCLED, port, at, took.toSeconds());
    }
    String words = last(output);
    return failed(
        port, at, new Said("exit code " + code + ", " + words, "退出码 " + code + "，" + words));
  }

  /** The last line that it wrote, which most programs use to say what went wrong. */
  private static String last(Path output) throws IOException {
    try (InputStream file = Files.newInputStream(output)) {
      file.skipNBytes(Math.max(0, Files.size(output) - SHOWN));
      return new String(file.readNBytes(SHOWN), StandardCharsets.UTF_8)
          .lines()
          .reduce("", (a, b) -> b.isBlank() ? a : b);
    }
  }

  private static Finding failed(String port, String at, Said why) {
    return Finding.of(Trouble.POWER_CYCLE_FAILED, port, at, why);
  }

  private static void delete(Path output) {
    try {
      if (output != null) {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      output.toFile().deleteOnExit(); // a few bytes in the folder for such files
    }
  }
}
