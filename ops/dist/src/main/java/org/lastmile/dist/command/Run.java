package org.lastmile.dist.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.lastmile.App;
import org.lastmile.config.Config;
import org.lastmile.ledger.EmbeddedRedis;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: the gateway, until it is told to stop (SIGTERM or Ctrl-C). */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the gateway until SIGTERM or Ctrl-C.",
      "Without --config: embedded store below ./data, own MQTT endpoint, no modem, port 8080.",
      "LASTMILE_BOOTSTRAP_TOKEN in the environment is accepted as an administrator's token."
    })
public final class Run implements Callable<Integer> {
  /** Admits an administrator before there is any account. */
  public static final String BOOTSTRAP = "LASTMILE_BOOTSTRAP_TOKEN";

  @Spec private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration (YAML).")
  private Path file;

  @Override
  public Integer call() throws Exception {
    Config config =
        file == null ? Config.defaults(Path.of("").toAbsolutePath()) : Config.read(file);
    try (Stopping stopping = new Stopping(0)) {
      return run(
          stopping.parts().add(started(config, Clock.systemUTC(), System.getenv(BOOTSTRAP))));
    }
  }

  /** The gateway; a port or a data folder that somebody else has is told in words, no more. */
  public static App started(Config config, Clock clock, String bootstrapToken) throws Exception {
    try {
      return App.start(config, clock, bootstrapToken);
    } catch (IOException | EmbeddedRedis.Refused e) {
      throw new Trouble(e.getMessage(), e);
    }
  }

  private int run(App app) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("console http://localhost:" + app.port());
    out.flush();
    if (app.accounts().nobody()) {
      spec.commandLine()
          .getErr()
          .println(
              "nobody can sign in yet: start with "
                  + BOOTSTRAP
                  + " set to a secret of your own, then: lastmile user add NAME --role admin");
    }
    new CountDownLatch(1).await();
    return 0;
  }
}
