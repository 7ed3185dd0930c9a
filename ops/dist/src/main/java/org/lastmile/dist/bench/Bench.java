package org.lastmile.dist.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ops/bench/run NAME}: runs one benchmark, one line of JSON for each case. */
@Command(
    name = "ops/bench/run",
    mixinStandardHelpOptions = true,
    description = "Measures the program on real parts, one JSON line a case.",
    footer = {
      "",
      "Names: intake, plan, footprint, startup, sms-throughput, sms-faults, sms-coverage,",
      "  wechat-throughput, loudspeaker-fanout, loudspeaker-latency, loudspeaker-signing,",
      "  supervision"
    })
public final class Bench implements Callable<Integer> {
  /** Names that are promised and come with the channels' own depth. */
  private static final java.util.Set<String> LATER = java.util.Set.of("coverage-night");

  /** Those that end with a table for docs/performance.md. */
  private static final java.util.Set<String> TABLED =
      java.util.Set.of(LoudspeakerFanout.NAME, LoudspeakerLatency.NAME, Supervision.NAME);

  @Parameters(paramLabel = "NAME", description = "which benchmark")
  private String name;

  @Option(names = "--quick", description = "fewer samples, ends within 60 s")
  private boolean quick;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder on the disk to measure (default: ${DEFAULT-VALUE})",
      defaultValue = "ops/dist/target/bench")
  private Path data;

  @Option(
      names = "--reference",
      description =
          "whom SMS is held against: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}; daemons"
              + " have to be installed)",
      defaultValue = "raw")
  private Rivals.Choice reference;

  @Option(
      names = "--peers",
      paramLabel = "DIR",
      description = "set-ups of other SMS daemons (default: ${DEFAULT-VALUE})",
      defaultValue = "ops/bench/peers")
  private Path peers;

  @Option(
      names = "--case",
      paramLabel = "WORDS",
      description = "SMS: only the cases whose names contain these words",
      defaultValue = "")
  private String only;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description =
          "sms-coverage: modems N times faster than 2.5 s a part (default: ${DEFAULT-VALUE})",
      defaultValue = "10")
  private int scale;

  @Option(
      names = "--link",
      paramLabel = "LINK",
      description = "loudspeakers: broker or endpoint (default: both)",
      split = ",",
      defaultValue = "broker,endpoint")
  private List<String> links;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "loudspeakers: fleets of that many instead of the usual ones",
      split = ",")
  private List<Integer> devices = List.of();

  @Option(
      names = "--docs",
      paramLabel = "DIR",
      description = "SMS: puts table and chart into that folder, beside performance.md")
  private Path docs;

  private Map<String, Measure> measures() {
    Rivals rivals = new Rivals(reference, peers, System.getenv().getOrDefault("PATH", ""));
    Map<String, Measure> measures =
        new TreeMap<>(
            Map.of(
                "intake", new Intake(),
                "plan", new PlanLatency(),
                "footprint", new Footprint(),
                "startup", new Startup(),
                "sms-throughput", new SmsThroughput(rivals, only),
                "sms-faults", new SmsFaults(rivals, only),
                "sms-coverage", new SmsCoverage(rivals, scale),
                "wechat-throughput", new WeChatThroughput()));
    measures.put(LoudspeakerFanout.NAME, new LoudspeakerFanout(links, devices));
    measures.put("loudspeaker-signing", new LoudspeakerSigning());
    measures.put(LoudspeakerLatency.NAME, new LoudspeakerLatency(links));
    measures.put(Supervision.NAME, new Supervision(links, devices));
    return measures;
  }

  public static void main(String[] args) {
    // A store outlives its gateway on purpose; here nobody will take it up again.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy)));
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Measure> measures = measures();
    Measure measure = measures.get(name);
    if (measure == null) {
      System.err.println(
          LATER.contains(name)
              ? name + ": not built yet; there are " + measures.keySet()
              : name + ": no such benchmark; there are " + measures.keySet());
      return CommandLine.ExitCode.USAGE;
    }
    Files.createDirectories(data);
    Path folder = Files.createTempDirectory(data.toAbsolutePath(), name + "-");
    try {
      List<Figure> all = new ArrayList<>();
      measure.run(
          quick,
          folder,
          figure -> {
            System.out.println(figure.json());
            all.add(figure);
          });
      if (TABLED.contains(name)) {
        System.out.println(new Comparison(all).table());
      }
      if (docs != null && Page.shows(name)) {
        Page.write(docs, name, all);
      }
    } catch (Peer.Missing e) {
      System.err.println(name + ": " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    } finally {
      delete(folder);
    }
    return CommandLine.ExitCode.OK;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
