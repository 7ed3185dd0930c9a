package org.lastmile.dist.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lastmile.App;
import org.lastmile.channel.Health;
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
    List<String> command = java(Child.class, List.of(config.toString()));
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

  /** A JVM like this one, with the gateway's memory, that runs that class. */
  static List<String> java(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(HEAP);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
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

  /** Where it listens. */
  int port() throws IOException {
    return (int) ask("port");
  }

  /** Modems that can carry something now. */
  int modems() throws IOException {
    return (int) ask("modems");
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
  public void close() {
    end(process, questions);
  }

  /** Closes its standard input and waits for it; kills it when it does not end within a minute. */
  static void end(Process process, PrintWriter input) {
    input.close();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
      }
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
        System.out.println(
            switch (asked) {
              case "heap" -> used();
              case "cpu" -> Processor.own();
              case "port" -> app.port();
              case "modems" -> modems(app);
              default -> throw new IllegalArgumentException("asked for " + asked);
            });
      }
    }
  }

  private static long used() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static long modems(App app) {
    return app.channels().get("sms").check().parts().stream()
        .filter(modem -> modem.state() != Health.State.DOWN)
        .count();
  }
}
