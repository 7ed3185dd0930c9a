package org.lastmile.dist;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.lastmile.config.Config;
import org.lastmile.dist.command.Check;
import org.lastmile.dist.command.Import;
import org.lastmile.dist.command.Issue;
import org.lastmile.dist.command.Keys;
import org.lastmile.dist.command.Modem;
import org.lastmile.dist.command.Provision;
import org.lastmile.dist.command.Run;
import org.lastmile.dist.command.Simulate;
import org.lastmile.dist.command.Speaker;
import org.lastmile.dist.command.Status;
import org.lastmile.dist.command.Token;
import org.lastmile.dist.command.Trouble;
import org.lastmile.dist.command.User;
import org.lastmile.dist.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 failed, 2 asked for wrongly; errors on stderr. */
@Command(
    name = "lastmile",
    mixinStandardHelpOptions = true,
    versionProvider = Lastmile.Version.class,
    description = "A last-mile public-warning gateway for townships.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "First look: lastmile demo", "Help on one command: lastmile COMMAND --help"},
    subcommands = {
      DemoCommand.class,
      Run.class,
      Issue.class,
      Status.class,
      Import.class,
      User.class,
      Token.class,
      Check.class,
      Modem.class,
      Keys.class,
      Provision.class,
      Speaker.class,
      Simulate.class
    })
public final class Lastmile implements Runnable {
  @Spec private CommandSpec spec;

  /** The version that the build wrote into the program. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Lastmile.class.getPackage().getImplementationVersion();
      return new String[] {"lastmile " + (version == null ? "(not packaged)" : version)};
    }
  }

  public static void main(String[] args) {
    // Chinese must come out right whatever locale the machine was given.
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8));
    System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
    System.exit(commandLine().execute(args));
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  /** The whole command line, ready to execute; for {@link #main} and for tests. */
  public static CommandLine commandLine() {
    return new CommandLine(new Lastmile())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(Lastmile::failed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? See the list below.");
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof Config.Unusable unusable) {
      unusable.problems().forEach(command.getErr()::println);
    } else if (e instanceof Trouble) {
      command.getErr().println(e.getMessage());
    } else {
      // Nobody foresaw it: whoever reports it needs the whole of it.
      e.printStackTrace(command.getErr());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
