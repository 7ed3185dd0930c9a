package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lastmile.config.Config;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: what would stand in the way of {@code run}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Tries everything that the configuration names: store, ports, broker, modems, WeChat.",
      "Tells every problem at once, each with its path. Sends nothing to anyone. For a machine"
          + " whose gateway is not running: a running one holds its store, ports and modems."
    })
public final class Check implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Printed printed;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration (YAML).")
  private Path file;

  @Override
  public Integer call() {
    List<String> good = List.of();
    List<String> problems;
    try {
      Surroundings found =
          Surroundings.of(
              file == null ? Config.defaults(Path.of("").toAbsolutePath()) : Config.read(file));
      good = found.good();
      problems = found.problems();
    } catch (Config.Unusable e) {
      problems = e.problems();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (printed.json()) {
      ObjectNode report = Gateway.object();
      good.forEach(report.putArray("good")::add);
      problems.forEach(report.putArray("problems")::add);
      Printed.json(out, report);
    } else {
      good.forEach(g -> out.println("ok       " + g));
      out.flush();
      problems.forEach(p -> spec.commandLine().getErr().println("problem  " + p));
      spec.commandLine().getErr().flush();
    }
    return problems.isEmpty() ? 0 : 1;
  }
}
