package org.lastmile.dist.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Override
    public Integer call() {
      account.make("/api/v1/tokens", "token", spec);
      return 0;
    }
  }
}
