package org.lastmile.dist.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.lastmile.dist.command.Stopping;
import org.lastmile.dist.terminal.Screen;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: see {@link Demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "A whole township in one process: embedded store and MQTT endpoint, virtual modems, simulated"
          + " loudspeakers, phones and WeChat. Issues a red rainstorm warning and shows how every"
          + " hazard point is covered. Nothing leaves this machine."
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--points", paramLabel = "N", defaultValue = "24", description = "Hazard points.")
  private int points;

  @Option(
      names = "--speakers",
      paramLabel = "N",
      defaultValue = "16",
      description = "Loudspeakers.")
  private int speakers;

  @Option(names = "--modems", paramLabel = "N", defaultValue = "2", description = "SMS modems.")
  private int modems;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Same seed, same township, same faults.")
  private long seed;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Console and API; 0 = any free port.")
  private int port;

  @Option(
      names = "--exit-when-covered",
      description = "End 0 when every point is covered, 1 at the limit with what is open.")
  private boolean exitWhenCovered;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "Longest time to coverage (150 s, more for a larger township).")
  private Integer limit;

  @Option(names = "--report", paramLabel = "FILE", description = "JSON summary.")
  private Path report;

  @Override
  public Integer call() throws Exception {
    within("--points", points, 1, 5_000);
    within("--speakers", speakers, 0, 5_000);
    within("--modems", modems, 1, 16);
    within("--port", port, 0, 65_535);
    Settings settings =
        new Settings(
            points,
            speakers,
            modems,
            seed,
            port,
            exitWhenCovered,
            limit == null ? null : Duration.ofSeconds(limit),
            report == null ? null : report.toAbsolutePath());
    Screen screen = Screen.ofTerminal(System.out, System.getenv("LASTMILE_TERMINAL"));
    // Whoever stops a demo that was to end by itself has not seen it covered.
    try (Stopping stopping = new Stopping(exitWhenCovered ? 1 : 0)) {
      return new Demo(settings, screen, stopping.parts()).run() ? 0 : 1;
    }
  }

  private void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '%s': %d is not %d to %d".formatted(name, value, least, most));
    }
  }
}
