package org.lastmile.dist.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own for one part of a benchmark: answers each line with one, and ends with its
 * standard input, so that nothing is left behind when the benchmark dies.
 */
final class Station implements AutoCloseable {
  /** What it answers; runs in the other process. */
  @FunctionalInterface
  interface Answers {
    String to(String question, String rest) throws Exception;
  }

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter questions;

  private static final String COMPILING = "compiling";

  /** Ready to be asked when this returns; {@link #ready} waits for its first word. */
  Station(Class<?> main, String heap, List<String> arguments) throws IOException {
    name = main.getSimpleName();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Xmx" + heap);
    String more = System.getProperty("lastmile.bench." + name, "");
    if (!more.isEmpty()) {
      command.addAll(List.of(more.split(" ", -1)));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    questions =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
  }

  Station ready() throws IOException {
    String word = answers.readLine();
    while (word != null && !word.equals("ready")) {
      word = answers.readLine(); // what options of the JVM have to say
    }
    if (word == null) {
      throw new IllegalStateException(name + " ended before it was ready, see above");
    }
    return this;
  }

  /** Without waiting for the answer: {@link #answer} does. */
  void put(String question) {
    questions.println(question);
  }

  String answer() throws IOException {
    String answer = answers.readLine();
    if (answer == null || answer.startsWith("!")) {
      throw new IllegalStateException(name + ": " + (answer == null ? "has died" : answer));
    }
    return answer;
  }

  String ask(String question) throws IOException {
    put(question);
    return answer();
  }

  long number(String question) throws IOException {
    return Long.parseLong(ask(question));
  }

  /** Seconds of processor time so far, without its children. */
  double cpu() {
    return Processor.of(process.pid()) / 1e9;
  }

  /** Of that, roughly, what the JVM has spent on compiling: a cold one compiles for minutes. */
  double compiling() throws IOException {
    return number(COMPILING) / 1e3;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    questions.close();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** In the other process: says {@code ready} and answers until nobody asks any more. */
  static void serve(Answers to) throws IOException {
    System.out.println("ready");
    BufferedReader asked =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = asked.readLine(); line != null; line = asked.readLine()) {
      String[] parts = line.split(" ", 2);
      String answer;
      try {
        answer =
            parts[0].equals(COMPILING)
                ? Long.toString(ManagementFactory.getCompilationMXBean().getTotalCompilationTime())
                : to.to(parts[0], parts.length > 1 ? parts[1] : "");
      } catch (Exception e) { // whatever it is, who asked is to hear of it and not to wait
        e.printStackTrace();
        answer = "!" + parts[0] + ": " + e;
      }
      System.out.println(answer);
    }
  }
}
