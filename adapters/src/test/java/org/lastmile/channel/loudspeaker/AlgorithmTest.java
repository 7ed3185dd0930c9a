package org.lastmile.channel.loudspeaker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both algorithms sign what others verify, and verify what others signed. */
class AlgorithmTest {
  private static final byte[] BODY = "请立即转移".getBytes(UTF_8);

  @TempDir private Path folder;

  private static SigningKey golden(String name) throws IOException {
    return SigningKey.parse(new String(GoldenFramesTest.golden(name), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "SM2"})
  void a_fresh_key_signs_and_only_the_very_bytes_verify(String alg) {
    SigningKey key = SigningKey.fresh(alg, "k");
    byte[] signature = key.sign(BODY);
    assertThat(signature).hasSizeLessThanOrEqualTo(72);
    assertThat(key.publicKey().verifies(BODY, signature)).isTrue();
    assertThat(key.publicKey().verifies("请回家".getBytes(UTF_8), signature)).isFalse();
    assertThat(SigningKey.fresh(alg, "k").publicKey().verifies(BODY, signature)).isFalse();
    signature[signature.length - 1] ^= 1;
    assertThat(key.publicKey().verifies(BODY, signature)).isFalse();
    assertThat(SigningKey.parse(key.json()).publicKey()).isEqualTo(key.publicKey());
  }

  @Test
  void the_golden_frame_that_openssl_signed_with_SM2_verifies() throws IOException {
    JsonNode wrapper = new ObjectMapper().readTree(GoldenFramesTest.golden("sm2-warn.json"));
    assertThat(
            golden("test-key-sm2.json")
                .publicKey()
                .verifies(
                    GoldenFramesTest.golden("sm2-warn.body.json"),
                    Base64.getDecoder().decode(wrapper.get("sig").textValue())))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "SM2"})
  void openssl_verifies_what_we_sign(String alg) throws Exception {
    assumeThat(Path.of("/usr/bin/openssl")).exists();
    SigningKey key = SigningKey.fresh(alg, "k");
    Path pem = Files.writeString(folder.resolve("pub.pem"), key.publicKey().pem());
    Path body = Files.write(folder.resolve("body"), BODY);
    Path signature = Files.write(folder.resolve("sig"), key.sign(BODY));
    List<String> command =
        new ArrayList<>(
            List.of("/usr/bin/openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pem.toString()));
    command.addAll(List.of("-rawin", "-in", body.toString(), "-sigfile", signature.toString()));
    if (alg.equals("SM2")) {
      command.addAll(List.of("-digest", "sm3", "-pkeyopt", "distid:1234567812345678"));
    }
    Process openssl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(openssl.getInputStream().readAllBytes(), UTF_8);
    assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).as(said).isZero();
  }

  @Test
  void a_key_of_another_algorithm_or_length_is_refused_in_words() {
    assertThatThrownBy(() -> SigningKey.fresh("RSA", "k")).hasMessageContaining("Ed25519 or SM2");
    assertThatThrownBy(() -> new PublicKey("k", "SM2", "AAAA"))
        .hasMessageContaining("not an SM2 public key");
    assertThatThrownBy(() -> new PublicKey("k 1", "SM2", "AAAA")).hasMessageContaining("key id");
  }
}
