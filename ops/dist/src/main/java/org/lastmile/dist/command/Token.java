package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code token}: accounts of programs. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "Accounts of programs, which show a bearer token with every request.",
    subcommands = Token.Add.class)
public final class Token implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: token add NAME --role ROLE");
  }

  /** {@code token add}. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {"Makes a token.", "It is shown this once."})
  public static final class Add implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private User.Account account;

    @ArgGroup(
        exclusive = false,
        heading = "For --role DEPARTMENT, which speaks over the loudspeakers:%n")
    private Terms terms = new Terms();

    /** When and how much a department may speak; what is not said is as the gateway has it. */
    static final class Terms {
      @Option(names = "--hours", paramLabel = "FROM-TO", description = "Local time; 08:00-20:00.")
      private String hours;

      @Option(names = "--days", paramLabel = "D-D", description = "Monday is 1; 1-7.")
      private String days;

      @Option(names = "--per-day", paramLabel = "N", description = "Notices a day; 20.")
      private Integer perDay;

      @Option(
          names = "--seconds-per-day",
          paramLabel = "N",
          description = "Seconds of speaking a day, repeats counted; 1800.")
      private Integer secondsPerDay;

      @Option(names = "--devices", paramLabel = "N", description = "Loudspeakers a notice; 500.")
      private Integer devices;

      @Option(names = "--characters", paramLabel = "N", description = "Longest text; 300.")
      private Integer characters;

      private void in(ObjectNode body) {
        put(body, "perDay", perDay);
        put(body, "secondsPerDay", secondsPerDay);
        put(body, "devices", devices);
        put(body, "characters", characters);
        if (hours != null) {
          body.put("hours", hours);
        }
        if (days != null) {
          body.put("days", days);
        }
      }

      private static void put(ObjectNode body, String name, Integer value) {
        if (value != null) {
          body.put(name, value);
        }
      }
    }

    @Override
    public Integer call() {
      account.make("/api/v1/tokens", "token", spec, terms::in);
      return 0;
    }
  }
}
