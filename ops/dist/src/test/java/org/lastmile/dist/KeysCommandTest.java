package org.lastmile.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the keys commands do without a gateway: on the machine where the recovery key lies. */
class KeysCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Lastmile.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void aRecoveryKeyIsMadeForItsOwnerAloneAndItsPublicHalfBeside() throws Exception {
    assertThat(run("keys", "recover", "new-key", file("r.json"))).isZero();
    JsonNode secret = JSON.readTree(folder.resolve("r.json").toFile());
    JsonNode told = JSON.readTree(folder.resolve("r.json.public").toFile());
    assertThat(told.has("private")).isFalse();
    assertThat(told.path("publicKey").asText()).isEqualTo(secret.path("public").asText());
    assertThat(Files.getPosixFilePermissions(folder.resolve("r.json"))).hasSize(2);
    assertThat(run("keys", "recover", "new-key", file("r.json"))).isEqualTo(1);
    assertThat(err.toString()).contains("is not overwritten");
  }

  @Test
  void theFileWithThePrivateHalfIsNeverSent() {
    run("keys", "recover", "new-key", file("r.json"));
    assertThat(run("keys", "recover", "announce", file("r.json"), "--url", "http://127.0.0.1:1"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("belongs on no gateway");
  }

  @Test
  void aDocumentTrustsTheListedKeysAndNotTheRetiredOnes() throws Exception {
    for (String alg : new String[] {"Ed25519", "SM2"}) {
      String key = file(alg + ".json");
      run("keys", "recover", "new-key", key, "--alg", alg);
      String open = JSON.readTree(Path.of(key).toFile()).path("public").asText();
      Files.writeString(
          folder.resolve("list.json"),
          ("{\"keys\":[{\"kid\":\"k-1\",\"alg\":\"%1$s\",\"publicKey\":\"%2$s\",\"state\":\"current\"},"
                  + "{\"kid\":\"k-0\",\"alg\":\"%1$s\",\"publicKey\":\"%2$s\",\"state\":\"retired\"}]}")
              .formatted(alg, open));
      String document = file(alg + "-document.json");
      assertThat(
              run(
                  "keys",
                  "recover",
                  "sign",
                  "--key",
                  key,
                  "--list",
                  file("list.json"),
                  "--out",
                  document))
          .isZero();
      JsonNode wrapper = JSON.readTree(Path.of(document).toFile());
      JsonNode body =
          JSON.readTree(
              new String(
                  Base64.getDecoder().decode(wrapper.path("body").asText()),
                  StandardCharsets.UTF_8));
      assertThat(body.path("type").asText()).isEqualTo("recovery");
      assertThat(body.path("keys")).hasSize(2);
      assertThat(body.path("keys").get(0).path("kid").asText()).isEqualTo("k-1");
      assertThat(body.path("keys").get(1).path("use").asText()).isEqualTo("recovery");
    }
  }
}
