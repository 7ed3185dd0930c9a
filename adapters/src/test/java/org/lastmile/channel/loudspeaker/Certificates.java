package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of a test and what it signs, made with the JDK's own keytool. */
final class Certificates {
  private static final String WORD = "only-a-test";

  private final Path folder;

  /** A certificate with its key, as PEM files. */
  record Pair(Path certificate, Path key) {}

  Certificates(Path folder) throws IOException {
    this.folder = folder;
    keytool(
        "-genkeypair",
        "-alias",
        "authority",
        "-dname",
        "CN=authority",
        "-ext",
        "bc:c",
        "-validity",
        "3650",
        "-keyalg",
        "EC",
        "-keystore",
        "authority.p12");
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "authority",
        "-keystore",
        "authority.p12",
        "-file",
        "authority.pem");
  }

  Path authority() {
    return folder.resolve("authority.pem");
  }

  /** For 127.0.0.1; begins and ends so many days from now. */
  Pair signed(String name, int from, int to) throws IOException {
    Pair made = new Pair(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    if (Files.exists(made.key())) {
      return made;
    }
    String store = name + ".p12";
    String start = (from < 0 ? "" : "+") + from + "d";
    keytool(
        "-genkeypair",
        "-alias",
        "own",
        "-dname",
        "CN=" + name,
        "-keyalg",
        "EC",
        "-keystore",
        store);
    keytool("-certreq", "-alias", "own", "-keystore", store, "-file", name + ".csr");
    keytool(
        "-gencert",
        "-rfc",
        "-alias",
        "authority",
        "-keystore",
        "authority.p12",
        "-infile",
        name + ".csr",
        "-outfile",
        name + ".pem",
        "-startdate",
        start,
        "-validity",
        Integer.toString(to - from),
        "-ext",
        "san=ip:127.0.0.1,dns:localhost");
    try (InputStream in = Files.newInputStream(folder.resolve(store))) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, WORD.toCharArray());
      Key secret = keys.getKey("own", WORD.toCharArray());
      Files.writeString(
          made.key(),
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                  .encodeToString(secret.getEncoded())
              + "\n-----END PRIVATE KEY-----\n");
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    return made;
  }

  private void keytool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-storepass", WORD, "-storetype", "PKCS12", "-J-XX:TieredStopAtLevel=1"));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
