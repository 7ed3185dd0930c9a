package org.lastmile.dist.command;

import java.net.URI;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which gateway a command talks to, and as whom. */
public final class Target {
  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://localhost:8080",
      description = "The gateway (${DEFAULT-VALUE}).")
  private URI url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "Bearer token; else LASTMILE_TOKEN, else LASTMILE_BOOTSTRAP_TOKEN.")
  private String token;

  Gateway gateway() {
    return new Gateway(url, token(token, System::getenv));
  }

  static String token(String given, UnaryOperator<String> environment) {
    return Stream.of(
            given == null ? "" : given,
            String.valueOf(environment.apply("LASTMILE_TOKEN")),
            String.valueOf(environment.apply(Run.BOOTSTRAP)))
        .filter(t -> !t.isBlank() && !t.equals("null"))
        .findFirst()
        .orElse("");
  }
}
