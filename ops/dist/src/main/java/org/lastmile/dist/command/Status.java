package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lastmile.dist.terminal.Board;
import org.lastmile.dist.terminal.Columns;
import org.lastmile.dist.terminal.Screen;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code status}: coverage in the terminal. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows how far a warning has come: coverage by village, deliveries by channel, what is stuck.",
      "Without ID: all warnings, newest first."
    })
public final class Status implements Callable<Integer> {
  private static final long WATCH_MS = 1_000;

  /** Lines enough for every village and point. */
  private static final int UNBOUNDED = 100_000;

  @Spec private CommandSpec spec;
  @Mixin private Target target;
  @Mixin private Printed printed;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "A warning's id.")
  private String id;

  @Option(
      names = "--watch",
      description =
          "Goes on until the warning is over, through restarts of the gateway too; without ID the newest"
              + " one.")
  private boolean watch;

  @Override
  public Integer call() throws InterruptedException {
    Gateway gateway = target.gateway();
    if (!watch) {
      once(gateway);
      return 0;
    }
    Screen screen = Screen.ofTerminal(System.out, System.getenv("LASTMILE_TERMINAL"));
    String before = "";
    List<String> board = List.of();
    boolean over = false;
    while (!over) {
      String now;
      try {
        String which = id == null ? newest(gateway) : id;
        JsonNode warning = warning(gateway, which);
        JsonNode coverage = coverage(gateway, which);
        board =
            new Board(screen.columns(), true)
                .lines(warning, coverage, Instant.now(), screen.rows() - 1);
        screen.draw(board);
        now = line(warning);
        over = !warning.path("status").asText().matches("RELEASED|HELD|AWAITING_APPROVAL");
      } catch (Gateway.Away e) {
        if (board.isEmpty()) {
          throw e; // it was never there: an address or a gateway that somebody has to see to
        }
        // It restarts, or its standby takes over; what is shown may be old, and that is said.
        now = e.getMessage().lines().findFirst().orElse("");
        List<String> old = new ArrayList<>(board);
        old.add(Columns.cut("not up to date: " + now, screen.columns()));
        screen.draw(old);
      }
      if (!screen.live() && !now.equals(before)) {
        screen.say(now);
        before = now;
      }
      if (!over) {
        Thread.sleep(WATCH_MS);
      }
    }
    return 0;
  }

  private void once(Gateway gateway) {
    PrintWriter out = spec.commandLine().getOut();
    if (id == null) {
      JsonNode all = gateway.get("/api/v1/warnings");
      if (printed.json()) {
        Printed.json(out, all);
      } else if (all.isEmpty()) {
        out.println("no warnings yet");
      } else {
        all.forEach(w -> out.println(line(w)));
      }
    } else if (printed.json()) {
      ObjectNode whole = Gateway.object();
      whole.set("warning", warning(gateway, id));
      whole.set("coverage", coverage(gateway, id));
      Printed.json(out, whole);
    } else {
      new Board(80, false)
          .lines(warning(gateway, id), coverage(gateway, id), Instant.now(), UNBOUNDED)
          .forEach(out::println);
    }
    out.flush();
  }

  private static String line(JsonNode warning) {
    return "%s %s %s %d/%d covered, %d told, %d untold  %s"
        .formatted(
            warning.path("id").asText(),
            Columns.fit(warning.path("status").asText(), 10),
            Columns.fit(warning.path("grade").asText(""), 6),
            warning.path("covered").asInt(),
            warning.path("points").asInt(),
            warning.path("reached").asInt(),
            warning.path("unreached").asInt(),
            warning.path("headline").asText());
  }

  private static String newest(Gateway gateway) {
    JsonNode all = gateway.get("/api/v1/warnings");
    if (all.isEmpty()) {
      throw new Trouble("this gateway has no warnings yet");
    }
    return all.get(0).path("id").asText();
  }

  private static JsonNode warning(Gateway gateway, String id) {
    return gateway.get("/api/v1/warnings/" + Gateway.escaped(id));
  }

  private static JsonNode coverage(Gateway gateway, String id) {
    return gateway.get("/api/v1/warnings/" + Gateway.escaped(id) + "/coverage");
  }
}
