package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.lastmile.console.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code user}: accounts of people. */
@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    description = "Accounts of people, who sign in to the console with a password.",
    subcommands = User.Add.class)
public final class User implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: user add NAME --role ROLE");
  }

  /** {@code user add}. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {
        "Makes an account, or gives an existing one a new role and password.",
        "The password is made up and shown this once."
      })
  public static final class Add implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Account account;

    @Override
    public Integer call() {
      account.make("/api/v1/users", "password", spec);
      return 0;
    }
  }

  /** What a new account is given, for people and for programs. */
  static final class Account {
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "NAME", description = "1 to 32 letters, digits, dots or hyphens.")
    private String name;

    @Option(
        names = "--role",
        required = true,
        paramLabel = "ROLE",
        description = "${COMPLETION-CANDIDATES}.")
    private Role role;

    @Option(
        names = "--area",
        paramLabel = "CODE",
        description = "12-digit area code that the account is limited to; may be repeated.")
    private List<String> areas = List.of();

    void make(String path, String secret, CommandSpec spec) {
      make(path, secret, spec, body -> {});
    }

    /** With more of what the account may do. */
    void make(String path, String secret, CommandSpec spec, Consumer<ObjectNode> more) {
      ObjectNode body = Gateway.object().put("name", name).put("role", role.name());
      if (!areas.isEmpty()) {
        ArrayNode codes = body.putArray("areas");
        areas.forEach(codes::add);
      }
      more.accept(body);
      var made = target.gateway().post(path, body);
      var out = spec.commandLine().getOut();
      if (printed.json()) {
        Printed.json(out, made);
      } else {
        out.println(
            "%s (%s), %s, shown this once:"
                .formatted(made.path("name").asText(), made.path("role").asText(), secret));
        out.println(made.path("secret").asText());
        out.flush();
      }
    }
  }
}
