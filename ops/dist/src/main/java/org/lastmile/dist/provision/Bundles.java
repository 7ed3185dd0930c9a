package org.lastmile.dist.provision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lastmile.channel.loudspeaker.PublicKey;

/**
 * The folder that provisioning writes: {@code devices/ID/}, {@code broker/}. Readable by its owner
 * alone. What another device, site or secret has left there is not overwritten unless asked for.
 */
public final class Bundles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final boolean secretInLabel;

  public Bundles(Path folder, boolean secretInLabel) {
    this.folder = folder;
    this.secretInLabel = secretInLabel;
  }

  /** Where that device's bundle is. */
  public Path folderOf(String device) {
    return folder.resolve("devices").resolve(name(device));
  }

  /** A file name of its own on every file system, whatever the id. */
  static String name(String device) {
    String safe = URLEncoder.encode(device, StandardCharsets.UTF_8).replace("*", "%2A");
    return safe.startsWith(".") ? "%2E" + safe.substring(1) : safe;
  }

  /** What would be lost by writing these bundles, and broker files for these devices. */
  public List<String> conflicts(List<Bundle> bundles, Set<String> admitted) throws IOException {
    List<String> conflicts = new ArrayList<>();
    for (Bundle bundle : bundles) {
      Path file = folderOf(bundle.id()).resolve("device.json");
      if (Files.exists(file)) {
        conflict(file, bundle, conflicts);
      }
    }
    Path passwords = passwords();
    if (Files.exists(passwords)) {
      String others;
      try (Stream<String> lines = Files.lines(passwords)) {
        others =
            lines
                .filter(l -> l.contains(":"))
                .map(l -> l.substring(0, l.indexOf(':')))
                .filter(user -> !admitted.contains(user))
                .collect(Collectors.joining(", "));
      }
      if (!others.isEmpty()) {
        conflicts.add(
            passwords + ": admits " + others + ", which the registry does not have (any more)");
      }
    }
    return conflicts;
  }

  private static void conflict(Path file, Bundle bundle, List<String> conflicts)
      throws IOException {
    JsonNode there;
    try {
      there = JSON.readTree(file.toFile());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      conflicts.add(file + ": is not a bundle: " + e.getOriginalMessage());
      return;
    }
    String other = there.path("device").asText();
    if (!other.equals(bundle.id())) {
      conflicts.add(file + ": is the bundle of '" + other + "', not of " + bundle.id());
      return;
    }
    List<String> keys = new ArrayList<>();
    there.path("keys").forEach(k -> keys.add(k.path("kid").asText()));
    if (!there.path("password").asText().equals(bundle.password())) {
      conflicts.add(file + ": has another password: another site's, or the site's secret was lost");
    } else if (!keys.equals(bundle.publicKeys().stream().map(PublicKey::kid).toList())) {
      conflicts.add(file + ": has other keys: " + String.join(", ", keys));
    }
  }

  /** Writes one device's files. */
  public void write(Bundle bundle) throws IOException {
    Path own = folderOf(bundle.id());
    directory(own);
    write(own.resolve("device.env"), bundle.env());
    write(own.resolve("device.uci"), bundle.uci());
    write(own.resolve("label.svg"), Label.svg(bundle, secretInLabel));
    if (bundle.server().authority() != null) {
      write(own.resolve(bundle.server().ca()), Files.readString(bundle.server().authority()));
    }
    // Last: with it the bundle is whole.
    write(own.resolve("device.json"), bundle.json());
  }

  /**
   * Writes the broker's files: for all devices, for a file that names one would lock out the rest.
   *
   * @param gatewayPassword empty = the one written there before, or a new one
   */
  public void writeBroker(List<Bundle> all, Server server, String gateway, String gatewayPassword)
      throws IOException {
    Path broker = broker();
    directory(broker);
    String password = gatewayPassword;
    Path kept = broker.resolve("gateway.password");
    if (password.isEmpty() && Files.exists(kept)) {
      password = Files.readString(kept).strip();
    }
    if (password.isEmpty()) {
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
    write(kept, password + "\n");
    List<BrokerAccount> accounts = new ArrayList<>();
    accounts.add(BrokerAccount.gateway(gateway, password));
    all.forEach(b -> accounts.add(BrokerAccount.device(b.id(), b.password())));
    write(broker.resolve("mosquitto.acl"), BrokerFiles.accessList(gateway));
    write(broker.resolve("mosquitto.conf"), BrokerFiles.settings(server));
    write(broker.resolve("dynamic-security.json"), BrokerFiles.dynamicSecurity(accounts));
    write(passwords(), BrokerFiles.passwords(accounts));
  }

  private Path broker() {
    return folder.resolve("broker");
  }

  private Path passwords() {
    return broker().resolve("mosquitto.passwd");
  }

  private static void directory(Path path) throws IOException {
    Files.createDirectories(path, attributes(path, "rwx------"));
  }

  /** Whole or not at all, and never readable by others, not even for a moment. */
  private static void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, attributes(file, "rw-------"));
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] attributes(Path file, String permissions) {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  /** What tells two devices apart also where a file system takes capitals for small letters. */
  static String fold(String device) {
    return name(device).toLowerCase(Locale.ROOT);
  }
}
