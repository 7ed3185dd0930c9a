package org.lastmile.dist.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.lastmile.App;
import org.lastmile.config.Config;

/**
 * A gateway in a JVM of its own. It says {@code ready} once its desk decides, then answers {@code
 * heap} and {@code cpu}, one word a line, and ends with its standard input.
 */
final class Child implements AutoCloseable {
  /** As the launcher sets it. */
  private static final String HEAP = "-Xmx256m";

  private final long started = System.nanoTime();
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter questions;

  /** Ready when this returns. */
  Child(Path config) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(HEAP);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Child.class.getName(), config.toString()));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    questions =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
    if (!"ready".equals(answers.readLine())) {
      throw new IllegalStateException("the gateway ended before it was ready, see above");
    }
  }

  /** Since the process was started. */
  double millis() {
    return Samples.millis(started);
  }

  /** Bytes in use after garbage was collected. */
  long heap() throws IOException {
    return ask("heap");
  }

  /** Nanoseconds of processor time so far. */
  long cpu() throws IOException {
    return ask("cpu");
  }

  private long ask(String question) throws IOException {
    questions.println(question);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IllegalStateException("the gateway has died, see above");
    }
    return Long.parseLong(answer);
  }

  @Override
  public void close() throws IOException {
    questions.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  public static void main(String[] args) throws Exception {
    try (App app = App.start(Config.read(Path.of(args[0])), Clock.systemUTC(), Site.TOKEN);
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Site.await("the desk", app.desk()::active);
      System.out.println("ready");
      for (String asked = questions.readLine(); asked != null; asked = questions.readLine()) {
        System.out.println(asked.equals("heap") ? used() : cpuTime());
      }
    }
  }

  private static long used() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static long cpuTime() throws IOException {
    // Linux' own count of this process: clock ticks of 10 ms in user and in kernel mode.
    String[] fields =
        Files.readString(Path.of("/proc/self/stat")).replaceAll(".*\\)", "").split(" ", -1);
    return (Long.parseLong(fields[12]) + Long.parseLong(fields[13])) * 10_000_000;
  }
}
