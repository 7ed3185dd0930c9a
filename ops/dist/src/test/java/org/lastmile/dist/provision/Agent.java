package org.lastmile.dist.provision;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.lastmile.channel.loudspeaker.Mosquitto;

/** The reference loudspeaker as a process: a bundle goes in, WAV files and actions come out. */
final class Agent implements AutoCloseable {
  static final Path PROGRAM =
      Path.of("..", "..", "device-firmware-config", "agent", "lastmile-speaker");
  private static final String PYTHON = python();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Path bundle;
  private final List<String> command = new ArrayList<>();
  private Process process;

  /**
   * Starts it.
   *
   * @param folder for its memory and its sound
   */
  Agent(Path bundle, Path folder, String... options) throws IOException {
    this.folder = folder;
    this.bundle = bundle;
    command.addAll(List.of(PYTHON, "-B", PROGRAM.toString()));
    command.addAll(List.of("--bundle", bundle.toString(), "--state", folder + "/state"));
    command.addAll(List.of("--wav", folder + "/wav", "--retry", "0.1"));
    command.addAll(Arrays.asList(options));
    if (!command.contains("--clock")) {
      command.addAll(List.of("--clock", "trusted"));
    }
    Files.createDirectories(folder);
    start();
  }

  /** Where it can't be tested, the reason is in the report. */
  static void need() {
    for (String tool : new String[] {"python3", "openssl", "espeak-ng"}) {
      assumeTrue(Mosquitto.program(tool).isPresent(), tool + " is not installed");
    }
  }

  /** The interpreter itself: what stands for it on the PATH may be a slow wrapper. */
  private static String python() {
    try {
      Process process =
          new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
      String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return path.isBlank() ? "python3" : path.strip();
    } catch (IOException e) {
      return "python3"; // not installed: need() says so
    }
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("agent.log").toFile()))
            .start();
  }

  /** Runs the installer's check; its exit code, then its lines. */
  static List<String> check(Path bundle, Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                PYTHON,
                "-B",
                PROGRAM.toString(),
                "--check",
                "--bundle",
                bundle.toString(),
                "--state",
                folder + "/state",
                "--wav",
                folder + "/wav",
                "--speed",
                "100")
            .redirectErrorStream(true)
            .start();
    List<String> said = new ArrayList<>();
    process.inputReader(StandardCharsets.UTF_8).lines().forEach(said::add);
    said.add(0, Integer.toString(process.onExit().join().exitValue()));
    return said;
  }

  /** Holds it still, as a machine that is overloaded does, until {@link #goesOn()}. */
  void freezes() throws Exception {
    signal("-STOP");
  }

  void goesOn() throws Exception {
    signal("-CONT");
  }

  private void signal(String which) throws Exception {
    Process kill = new ProcessBuilder("kill", which, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + which + " ended with " + kill.exitValue());
    }
  }

  /** As a power cut does. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** An installer brings it another one; read at its next start. */
  void bundle(Bundle other) throws IOException {
    new Bundles(bundle.getParent().getParent(), false).write(other);
  }

  /** Files of audio that it keeps, and of downloads under way. */
  List<String> audio() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("state").resolve("audio"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** From now on its memory can't be written: a folder stands where the new file would. */
  void spoilStorage() throws IOException {
    Files.createDirectories(folder.resolve("state").resolve("memory.json.new").resolve("x"));
  }

  /** As systemd does. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the agent does not stop: " + said());
    }
  }

  String said() {
    try {
      return Files.readString(folder.resolve("agent.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What it did, in order. */
  List<JsonNode> actions() throws IOException {
    Path file = folder.resolve("wav").resolve("actions.jsonl");
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    List<JsonNode> actions = new ArrayList<>();
    // The last line may not be whole yet.
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", 0)) {
      if (!line.isEmpty()) {
        actions.add(JSON.readTree(line));
      }
    }
    return actions;
  }

  /** Its actions as "play c1", "end c1 SUPERSEDED", without the repeats. */
  List<String> story() throws IOException {
    return actions().stream()
        .filter(a -> !List.of("repeat", "accept").contains(a.path("do").asText()))
        .map(Agent::told)
        .toList();
  }

  void awaitAction(String told) {
    await()
        .atMost(Duration.ofSeconds(20))
        .conditionEvaluationListener(null)
        .until(() -> actions().stream().map(Agent::told).anyMatch(told::equals));
  }

  /** One action as the stories say it. */
  static String told(JsonNode action) {
    String words = action.path("do").asText() + " " + action.path("content").asText();
    String reason = action.path("reason").asText(action.path("outcome").asText());
    return (words + " " + reason).strip();
  }

  /** The sound it made for a content, a file for each repeat. */
  List<Path> sounds(String content) throws IOException {
    Path wav = folder.resolve("wav");
    if (!Files.exists(wav)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(wav)) {
      return files
          .filter(f -> f.getFileName().toString().endsWith("-" + content + ".wav"))
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
