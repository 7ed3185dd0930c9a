package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code issue}: hands a warning to a running gateway. */
@Command(
    name = "issue",
    mixinStandardHelpOptions = true,
    description = {
      "Hands a warning (CAP 1.2, 12379-style XML, or JSON) to a running gateway and prints the"
          + " receipt.",
      "Handing in the same warning again is harmless: the receipt is the same."
    })
public final class Issue implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Target target;
  @Mixin private Printed printed;

  @Parameters(paramLabel = "FILE", description = "The warning.")
  private Path file;

  @Override
  public Integer call() {
    byte[] body = bytes(file);
    Gateway.Answer answer = target.gateway().post("/api/v1/warnings", type(body), body);
    JsonNode receipt = answer.body();
    PrintWriter out = spec.commandLine().getOut();
    if (printed.json()) {
      Printed.json(out, receipt);
      return 0;
    }
    out.printf(
        "%s %s %s: %d points, %d deliveries%s%n",
        receipt.path("id").asText(),
        receipt.path("status").asText(),
        receipt.path("grade").asText(""),
        receipt.path("points").asInt(),
        receipt.path("deliveries").asInt(),
        answer.status() == 200 ? " (known already)" : "");
    receipt.path("notices").forEach(n -> out.println("  " + n.asText()));
    out.flush();
    return 0;
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new Trouble(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new Trouble(file + ": can't be read: " + e, e);
    }
  }

  /** By its first sign: the gateway recognises the rest by content. */
  static String type(byte[] body) {
    for (byte b : body) {
      if (b == '{') {
        return "application/json";
      }
      if (b == '<') {
        break;
      }
    }
    return "application/cap+xml";
  }
}
