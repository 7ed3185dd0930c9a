package org.lastmile.dist.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Provisioning;
import org.lastmile.config.Config;
import org.lastmile.dist.provision.Bundle;
import org.lastmile.dist.provision.Bundles;
import org.lastmile.dist.provision.Candidates;
import org.lastmile.dist.provision.Server;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Loudspeaker;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code provision}: a bundle of files for each loudspeaker of the registry, and the broker's. */
@Command(
    name = "provision",
    mixinStandardHelpOptions = true,
    description = {
      "Writes what loudspeakers need to connect and obey, one folder each, and the files of a"
          + " Mosquitto that admits them.",
      "Reads registry, secret and keys from the store; the gateway may run meanwhile.",
      "The files hold passwords: they are readable by you alone."
    })
public final class Provision implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Which which;

  /** One or more devices, or every one. */
  static final class Which {
    @Option(names = "--device", paramLabel = "ID", description = "Only this device; may repeat.")
    private List<String> devices;

    @Option(names = "--all", description = "Every loudspeaker of the registry.")
    private boolean all;
  }

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write to; made when missing.")
  private Path out;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration (YAML) of the gateway.")
  private Path file;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Where devices connect to; else the broker's or the public address.")
  private String host;

  @Option(names = "--port", paramLabel = "PORT", description = "Its port; else the configured one.")
  private int port;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "PEM file of the authority behind the server's certificate; means TLS.")
  private Path authority;

  @Option(
      names = "--floor",
      description = "This gateway gives devices a signed time and sequence floor when they ask.")
  private boolean floor;

  @Option(
      names = "--secret-in-label",
      description = "The QR code also holds the password: whoever photographs it has it.")
  private boolean secretInLabel;

  @Option(
      names = "--replace",
      description = "Overwrite also what another device, site or secret has left in DIR.")
  private boolean replace;

  @Option(
      names = "--despite-problems",
      description = "Provision the devices without problems and leave out the others.")
  private boolean despiteProblems;

  @Override
  public Integer call() throws IOException {
    Config config =
        file == null ? Config.defaults(Path.of("").toAbsolutePath()) : Config.read(file);
    LoudspeakerConfig channel = config.loudspeaker();
    if (channel == null) {
      throw new Trouble("channels.loudspeaker: is off in " + file + ": configure it first");
    }
    Server server = server(config, channel);
    String gateway = channel.username().isEmpty() ? "lastmile-gateway" : channel.username();
    try (SiteStore store = SiteStore.open(config)) {
      Registry registry = new Registries(store.memory("registry"), Clock.systemUTC()).current();
      Candidates found = Candidates.of(registry.loudspeakers(), gateway);
      List<String> problems = new ArrayList<>(found.problems());
      wanted(registry).stream()
          .filter(id -> registry.loudspeakers().stream().noneMatch(d -> d.id().equals(id)))
          .forEach(id -> problems.add("loudspeaker '" + id + "': the registry has no such device"));
      if (registry.loudspeakers().isEmpty()) {
        problems.add("the registry has no loudspeakers: import a ledger with 大喇叭台账 first");
      }
      problems.forEach(p -> spec.commandLine().getErr().println("problem  " + p));
      if (!problems.isEmpty() && !(despiteProblems && !found.good().isEmpty())) {
        spec.commandLine().getErr().println("nothing was written");
        return 1;
      }
      Provisioning site = Provisioning.of(channel, store.memory("loudspeaker"), Clock.systemUTC());
      List<Bundle> all = found.good().stream().map(d -> bundle(d, registry, site, server)).toList();
      return write(all, wanted(registry), server, gateway, channel.password());
    } catch (Memory.Away e) {
      throw new Trouble("store: " + e.getMessage(), e);
    }
  }

  private int write(
      List<Bundle> all, Set<String> wanted, Server server, String gateway, String password)
      throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    List<Bundle> chosen = all.stream().filter(b -> wanted.contains(b.id())).toList();
    Bundles bundles = new Bundles(out, secretInLabel);
    Set<String> admitted = all.stream().map(Bundle::id).collect(Collectors.toSet());
    admitted.add(gateway);
    List<String> conflicts = bundles.conflicts(chosen, admitted);
    if (!conflicts.isEmpty() && !replace) {
      conflicts.forEach(c -> err.println("problem  " + c));
      err.println("nothing was written; --replace overwrites, --out names another folder");
      return 1;
    }
    for (Bundle bundle : chosen) {
      bundles.write(bundle);
    }
    bundles.writeBroker(all, server, gateway, password);
    PrintWriter print = spec.commandLine().getOut();
    for (Bundle bundle : chosen) {
      print.printf(
          "%s  %s  %s%n", bundle.id(), bundle.fingerprint(), bundles.folderOf(bundle.id()));
    }
    print.printf(
        "%d bundles for %s:%d%s; broker files for %d devices in %s%n",
        chosen.size(),
        server.host(),
        server.port(),
        server.tls() ? " (TLS)" : "",
        all.size(),
        out.resolve("broker"));
    if (!server.tls()) {
      print.println(
          "without TLS passwords cross the network readable: use it only on a closed one");
    }
    print.flush();
    return 0;
  }

  private Set<String> wanted(Registry registry) {
    return which.all
        ? registry.loudspeakers().stream().map(Loudspeaker::id).collect(Collectors.toSet())
        : new HashSet<>(which.devices);
  }

  private Bundle bundle(Loudspeaker device, Registry registry, Provisioning site, Server server) {
    List<String> points =
        device.points().stream()
            .map(id -> registry.point(id).map(p -> p.name()).orElse(id))
            .toList();
    return new Bundle(device, points, site.password(device.id()), server, site.keys(), floor);
  }

  private Server server(Config config, LoudspeakerConfig channel) {
    boolean tls = authority != null || channel.certificate() != null;
    String reached = host == null ? publicHost(config) : host;
    int at = port == 0 ? channel.port() : port;
    Path ca = authority;
    if (!channel.isEmbedded()) {
      URI broker = URI.create(channel.broker());
      tls |= broker.getScheme().equals("mqtts");
      reached = host == null ? broker.getHost() : host;
      at = port != 0 ? port : broker.getPort() > 0 ? broker.getPort() : tls ? 8883 : 1883;
      ca = authority == null && tls ? channel.trust() : authority;
    }
    if (reached.isEmpty()) {
      throw new Trouble(
          "which address do devices reach the gateway at? Give --host (http.public-url names none)");
    }
    if (at < 1 || at > 65_535) {
      throw new Trouble("which port do devices reach? Give --port, 1 to 65535");
    }
    if (ca != null && !Files.isReadable(ca)) {
      throw new Trouble(ca + ": there is no such file, or it can't be read");
    }
    return new Server(reached, at, tls, ca);
  }

  private static String publicHost(Config config) {
    String url = config.http().publicUrl();
    String named = url.isEmpty() ? null : URI.create(url).getHost();
    return named == null || named.equals("localhost") ? "" : named;
  }
}
