package org.lastmile.dist.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.SigningKey;
import org.lastmile.channel.loudspeaker.TrustDocument;
import org.lastmile.channel.loudspeaker.TrustedKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keys}: the keys that loudspeakers trust. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "The keys that loudspeakers trust: change them without touching a device.",
    subcommands = {Keys.Show.class, Keys.Rotate.class, Keys.Retire.class, Keys.Recover.class})
public final class Keys implements Runnable {
  private static final String PATH = "/api/v1/loudspeakers/keys";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: keys list, rotate, retire or recover");
  }

  private static void print(CommandSpec spec, Printed printed, JsonNode keys) {
    PrintWriter out = spec.commandLine().getOut();
    if (printed.json()) {
      Printed.json(out, keys);
      return;
    }
    for (JsonNode key : keys.path("keys")) {
      out.printf(
          "%-9s %-14s %-8s since %s%n",
          key.path("state").asText(),
          key.path("kid").asText(),
          key.path("alg").asText(),
          key.path("since").asText());
    }
    out.printf(
        "%d loudspeakers online, %d have this list%n",
        keys.path("online").asInt(), keys.path("follow").asInt());
    out.flush();
  }

  /** {@code keys list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Every key: current, next, previous, retired, recovery.",
        "Public halves with --json."
      })
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Override
    public Integer call() {
      print(spec, printed, target.gateway().get(PATH));
      return 0;
    }
  }

  /** {@code keys rotate}. */
  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = {
        "Makes the next key and announces it to all loudspeakers; the current one goes on signing.",
        "With --use, later: the next key signs. Both are trusted until the old one is retired."
      })
  static final class Rotate implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Option(
        names = "--alg",
        paramLabel = "ALG",
        defaultValue = "Ed25519",
        description = "Ed25519 (default) or SM2 (with SM3).")
    private String alg;

    @Option(names = "--use", description = "The announced key signs from now on.")
    private boolean use;

    @Option(
        names = "--force",
        description = "With --use: though loudspeakers that are online do not have it yet.")
    private boolean force;

    @Override
    public Integer call() {
      JsonNode keys =
          use
              ? target.gateway().post(PATH + "/use", Gateway.object().put("force", force))
              : target.gateway().post(PATH, Gateway.object().put("alg", alg));
      print(spec, printed, keys);
      return 0;
    }
  }

  /** {@code keys retire}. */
  @Command(
      name = "retire",
      mixinStandardHelpOptions = true,
      description = "Loudspeakers no longer believe that key, as soon as they have heard of it.")
  static final class Retire implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "KEY-ID", description = "As keys list names it.")
    private String kid;

    @Override
    public Integer call() {
      print(spec, printed, target.gateway().delete(PATH + "/" + Gateway.escaped(kid)));
      return 0;
    }
  }

  /** {@code keys recover}. */
  @Command(
      name = "recover",
      mixinStandardHelpOptions = true,
      description = {
        "For the day on which the signing key is lost or stolen.",
        "Before: new-key on a machine that is not this one, announce its public half."
            + " On that day: sign there, deliver here."
      },
      subcommands = {NewKey.class, Announce.class, Sign.class, Deliver.class})
  static final class Recover implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(
          spec.commandLine(), "say what to do: keys recover new-key, announce, sign or deliver");
    }
  }

  /** {@code keys recover new-key}. */
  @Command(
      name = "new-key",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a recovery key in FILE. Needs no gateway: make it where it will lie, on paper or a"
            + " stick in a safe.",
        "FILE.public is what the gateway is told."
      })
  static final class NewKey implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Must not be there yet.")
    private Path file;

    @Option(
        names = "--alg",
        paramLabel = "ALG",
        defaultValue = "Ed25519",
        description = "Ed25519 (default) or SM2 (with SM3).")
    private String alg;

    @Override
    public Integer call() {
      SigningKey key;
      try {
        key = SigningKey.fresh(alg, "r");
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--alg: " + e.getMessage(), e);
      }
      PublicKey half = key.publicKey();
      ObjectNode told = Gateway.object().put("kid", half.kid()).put("alg", half.alg());
      told.put("publicKey", half.base64());
      write(file, key.json(), true);
      Path open = file.resolveSibling(file.getFileName() + ".public");
      write(open, told.toString(), false);
      spec.commandLine().getOut().println("recovery key " + half.kid() + " in " + file);
      spec.commandLine().getOut().println("for the gateway: keys recover announce " + open);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** {@code keys recover announce}. */
  @Command(
      name = "announce",
      mixinStandardHelpOptions = true,
      description = "Tells all loudspeakers the public half of the recovery key.")
  static final class Announce implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "FILE.public", description = "What keys recover new-key wrote.")
    private Path file;

    @Override
    public Integer call() {
      JsonNode told = json(file);
      if (told.has("private")) {
        throw new Trouble(
            file + ": has the private half in it, which belongs on no gateway; give FILE.public");
      }
      ObjectNode body = Gateway.object();
      for (String name : List.of("kid", "alg", "publicKey")) {
        body.put(name, told.path(name).asText());
      }
      print(spec, printed, target.gateway().post(PATH + "/recovery", body));
      return 0;
    }
  }

  /** {@code keys recover sign}. */
  @Command(
      name = "sign",
      mixinStandardHelpOptions = true,
      description = {
        "Signs a recovery document: loudspeakers will trust the keys of that list and no others.",
        "Needs no gateway."
      })
  static final class Sign implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "The recovery key.")
    private Path key;

    @Option(
        names = "--list",
        required = true,
        paramLabel = "FILE",
        description = "What keys list --json printed on the gateway that is to be believed.")
    private Path list;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "The document; no secret.")
    private Path out;

    @Override
    public Integer call() {
      try {
        SigningKey by = SigningKey.in(key);
        List<TrustedKey> keys = new ArrayList<>();
        for (JsonNode line : json(list).path("keys")) {
          if (List.of("current", "next", "previous").contains(line.path("state").asText())) {
            keys.add(TrustedKey.command(half(line)));
          }
        }
        if (keys.isEmpty()) {
          throw new Trouble(list + ": has no key; it is what keys list --json prints");
        }
        keys.add(TrustedKey.recovery(by.publicKey()));
        TrustDocument document = TrustDocument.recovery(by, keys, Instant.now());
        write(out, document.json(), false);
      } catch (IOException | IllegalArgumentException e) {
        throw new Trouble(e.getMessage(), e);
      }
      spec.commandLine().getOut().println("on the gateway: keys recover deliver " + out);
      spec.commandLine().getOut().flush();
      return 0;
    }

    private static PublicKey half(JsonNode line) {
      return new PublicKey(
          line.path("kid").asText(), line.path("alg").asText(), line.path("publicKey").asText());
    }
  }

  /** {@code keys recover deliver}. */
  @Command(
      name = "deliver",
      mixinStandardHelpOptions = true,
      description =
          "Hands a recovery document to all loudspeakers, now and whenever one comes back.")
  static final class Deliver implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "FILE", description = "What keys recover sign wrote.")
    private Path file;

    @Override
    public Integer call() {
      String document = new String(Issue.bytes(file), StandardCharsets.UTF_8);
      ObjectNode body = Gateway.object().put("document", document);
      print(spec, printed, target.gateway().post(PATH + "/recover", body));
      return 0;
    }
  }

  private static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(Issue.bytes(file));
    } catch (JsonProcessingException e) {
      throw new Trouble(file + ": is not JSON", e);
    } catch (IOException e) {
      throw new Trouble(file + ": can't be read: " + e, e);
    }
  }

  private static void write(Path file, String text, boolean secret) {
    try {
      boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      if (secret && posix) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(file);
      }
      Files.writeString(file, text);
    } catch (FileAlreadyExistsException e) {
      throw new Trouble(file + ": is there already, and is not overwritten", e);
    } catch (IOException e) {
      throw new Trouble(file + ": can't be written: " + e, e);
    }
  }
}
