package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import}: a ledger becomes the registry of a running gateway. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Imports a ledger into a running gateway, with a report row by row.",
      "A workbook with a sheet for each table, or one table as CSV. Nothing is changed while there"
          + " are problems, unless --despite-problems says so."
    })
public final class Import implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Target target;
  @Mixin private Printed printed;

  @Parameters(paramLabel = "FILE", description = "A ledger: .xlsx or .csv.")
  private Path file;

  @Option(names = "--dry-run", description = "Only report; change nothing.")
  private boolean dryRun;

  @Option(names = "--despite-problems", description = "Take what could be read.")
  private boolean despiteProblems;

  @Override
  public Integer call() {
    String path =
        "/api/v1/registry/import?name="
            + Gateway.escaped(file.getFileName().toString())
            + "&dry-run="
            + dryRun
            + "&despite-problems="
            + despiteProblems;
    JsonNode report =
        target.gateway().post(path, "application/octet-stream", Issue.bytes(file)).body();
    boolean good = report.path("problems").isEmpty() || report.path("taken").asBoolean();
    PrintWriter out = spec.commandLine().getOut();
    if (printed.json()) {
      Printed.json(out, report);
      return good ? 0 : 1;
    }
    report
        .path("rows")
        .fields()
        .forEachRemaining(t -> out.println(t.getKey() + ": " + t.getValue().asInt() + " rows"));
    say(out, "problem", report.path("problems"));
    say(out, "notice", report.path("notices"));
    say(out, "gap", report.path("gaps"));
    out.println(
        report.path("taken").asBoolean()
            ? "taken: registry version " + report.path("version").asInt()
            : dryRun ? "dry run: nothing was changed" : "nothing was changed");
    out.flush();
    return good ? 0 : 1;
  }

  private static void say(PrintWriter out, String kind, JsonNode findings) {
    findings.forEach(
        f -> out.println(kind + " " + f.path("at").asText() + ": " + f.path("what").asText()));
  }
}
