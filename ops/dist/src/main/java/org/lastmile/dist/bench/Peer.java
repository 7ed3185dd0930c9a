package org.lastmile.dist.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Another SMS daemon, as its distribution installs it, with everything queued before it starts. Its
 * configurations lie in ops/bench/peers.
 */
abstract class Peer implements Sender {
  /** What kind of daemon, and with which of its configurations. */
  enum Kind {
    SMSTOOLS("smstools", "smstools"),
    GAMMU("gammu", "gammu-smsd");

    private final String folder;
    private final String debian;

    Kind(String folder, String debian) {
      this.folder = folder;
      this.debian = debian;
    }

    private List<String> programs() {
      return this == GAMMU ? List.of("gammu-smsd", "gammu-smsd-inject") : List.of("smsd");
    }
  }

  /** A peer that a comparison needs is not on this machine. */
  static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    Missing(String message) {
      super(message);
    }
  }

  private static final int STOP_SECONDS = 10;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  Peer(Path folder) {
    this.folder = folder;
  }

  /**
   * Checks that it can be run, before anything is measured.
   *
   * @param path folders of programs with colons between them, as {@code PATH} names them
   */
  static void require(Kind kind, String path) throws Missing {
    for (String program : kind.programs()) {
      boolean found =
          Stream.of(path.split(":", -1))
              .filter(f -> !f.isEmpty())
              .anyMatch(f -> Files.isExecutable(Path.of(f, program)));
      if (!found) {
        throw new Missing(
            "%s is not installed: apt-get install %s, or leave it out with --reference raw"
                .formatted(program, kind.debian));
      }
    }
  }

  /**
   * @param configurations the folder ops/bench/peers
   * @param tuned with every documented option for speed, else as shipped
   */
  static Maker maker(Kind kind, Path configurations, boolean tuned) {
    Path template =
        configurations.resolve(kind.folder).resolve(tuned ? "tuned.conf" : "default.conf");
    return (folder, ports, letters) ->
        kind == Kind.GAMMU
            ? new Gammu(folder, Files.readString(template), ports, letters)
            : new Smstools(folder, Files.readString(template), ports, letters);
  }

  Path folder() {
    return folder;
  }

  /** Starts one of its processes; what it says goes to a file beside its queues. */
  void run(List<String> command) throws IOException {
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("said").toFile()))
            .start());
  }

  static void makeFolders(Path parent, List<String> names) throws IOException {
    for (String name : names) {
      Files.createDirectories(parent.resolve(name));
    }
  }

  @Override
  public long cpu() {
    return processes.stream().map(Process::toHandle).mapToLong(Processor::used).sum();
  }

  /** With its children: a daemon that hangs in a port may leave them behind. */
  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>();
    for (Process process : processes) {
      process.descendants().forEach(all::add);
      all.add(process.toHandle());
    }
    processes.forEach(Process::destroy);
    try {
      for (Process process : processes) {
        process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  /** One daemon for all modems; a folder of files is its queue. */
  private static final class Smstools extends Peer {
    private static final String DEVICE = "#--device--\n";

    private final Path configuration;

    Smstools(Path folder, String template, List<String> ports, List<Letter> letters)
        throws IOException {
      super(folder);
      makeFolders(
          folder, List.of("outgoing", "checked", "failed", "incoming", "report", "sent", "stats"));
      List<String> names = new ArrayList<>();
      StringBuilder devices = new StringBuilder();
      int cut = template.indexOf(DEVICE);
      for (String port : ports) {
        String name = "GSM" + (names.size() + 1);
        names.add(name);
        devices.append(
            template
                .substring(cut + DEVICE.length())
                .replace("@NAME@", name)
                .replace("@PORT@", port));
      }
      configuration =
          Files.writeString(
              folder.resolve("smsd.conf"),
              template
                      .substring(0, cut)
                      .replace("@DIR@", folder.toString())
                      .replace("@DEVICES@", String.join(", ", names))
                  + devices);
      for (int i = 0; i < letters.size(); i++) {
        Files.write(
            folder.resolve("outgoing").resolve("m%06d".formatted(i)), message(letters.get(i)));
      }
    }

    private static byte[] message(Letter letter) {
      boolean plain = letter.text().chars().allMatch(c -> c < 128);
      String head = "To: " + letter.to().substring(1) + "\nReport: yes\n";
      byte[] first =
          (head + (plain ? "\n" : "Alphabet: UCS\n\n")).getBytes(StandardCharsets.US_ASCII);
      byte[] text =
          letter.text().getBytes(plain ? StandardCharsets.US_ASCII : StandardCharsets.UTF_16BE);
      byte[] all = java.util.Arrays.copyOf(first, first.length + text.length);
      System.arraycopy(text, 0, all, first.length, text.length);
      return all;
    }

    @Override
    public void start() throws IOException {
      run(List.of("smsd", "-c", configuration.toString(), "-t"));
    }
  }

  /** One daemon drives one modem, so there is one for each; its own program fills their queues. */
  private static final class Gammu extends Peer {
    private static final String LONGEST = "700";

    private final List<Path> configurations = new ArrayList<>();

    Gammu(Path folder, String template, List<String> ports, List<Letter> letters)
        throws IOException, InterruptedException {
      super(folder);
      for (int i = 0; i < ports.size(); i++) {
        Path own = folder.resolve("gammu" + i);
        makeFolders(own, List.of("inbox", "outbox", "sent", "error"));
        configurations.add(
            Files.writeString(
                own.resolve("smsdrc"),
                template.replace("@PORT@", ports.get(i)).replace("@DIR@", own.toString())));
      }
      for (int i = 0; i < letters.size(); i++) {
        inject(configurations.get(i % ports.size()), letters.get(i));
      }
    }

    private void inject(Path configuration, Letter letter)
        throws IOException, InterruptedException {
      List<String> command =
          new ArrayList<>(
              List.of("gammu-smsd-inject", "-c", configuration.toString(), "TEXT", letter.to()));
      command.addAll(List.of("-report", "-len", LONGEST, "-text", letter.text()));
      if (letter.text().chars().anyMatch(c -> c > 127)) {
        command.add("-unicode");
      }
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("LC_ALL", "C.UTF-8"); // it reads the text in the locale's letters
      Path said = folder().resolve("inject");
      builder.redirectErrorStream(true).redirectOutput(said.toFile());
      if (builder.start().waitFor() != 0) {
        throw new UncheckedIOException(
            new IOException("gammu-smsd-inject: " + Files.readString(said)));
      }
    }

    @Override
    public void start() throws IOException {
      for (Path configuration : configurations) {
        run(List.of("gammu-smsd", "-c", configuration.toString()));
      }
    }
  }
}
