package org.lastmile.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The golden frames say what the schemas say, and their signatures are what their names promise.
 */
class GoldenFramesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROOT = "/lastmile/device/v1/";

  /** The unknown key's frame is checked against a key that did not sign it. */
  private static final Map<String, String> KEYS =
      Map.of(
          "test-1", "test-key.json",
          "test-2", "test-key.json",
          "test-next", "test-key-next.json",
          "test-recovery", "test-key-recovery.json");

  @ParameterizedTest
  @MethodSource("frames")
  void every_frame_obeys_its_schema(String name) throws Exception {
    JsonNode frame = JSON.readTree(golden(name));
    boolean unknownType = name.equals("refuse-unsupported-type.body.json");
    List<String> problems = problems(schemaOf(name), frame);
    if (unknownType) {
      assertThat(problems).singleElement().asString().contains("$.type");
    } else {
      assertThat(problems).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void every_wrapper_carries_the_body_beside_it_byte_for_byte(String name) throws Exception {
    JsonNode wrapper = JSON.readTree(golden(name));
    assertThat(Base64.getDecoder().decode(wrapper.get("body").textValue()))
        .isEqualTo(golden(name.replace(".json", ".body.json")));
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void the_signature_is_right_exactly_where_the_name_says_so(String name) throws Exception {
    JsonNode wrapper = JSON.readTree(golden(name));
    assumeThat(wrapper.get("kid").textValue())
        .as("SM2, which the JDK can't do, is checked by both sides' tests")
        .isNotEqualTo("test-sm2");
    boolean wrong =
        List.of(
                "refuse-bad-signature.json",
                "refuse-unsigned.json",
                "refuse-unknown-key.json",
                "tree-wrong-sibling.json",
                "tree-wrong-order.json",
                "tree-without-a-level.json",
                "tree-malformed-path.json")
            .contains(name);
    assertThat(verifies(wrapper)).isEqualTo(!wrong);
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void commands_stay_below_the_size_a_small_device_reserves(String name) throws Exception {
    assertThat(golden(name)).hasSizeLessThan(8192);
  }

  @Test
  void a_played_receipt_without_its_volume_breaks_the_schema() throws Exception {
    JsonNode receipt =
        JSON.readTree("{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"played\",\"at\":0}");
    assertThat(problems("receipt", receipt)).anyMatch(p -> p.contains("volume"));
  }

  @Test
  void a_refusal_without_a_reason_breaks_the_schema() throws Exception {
    JsonNode receipt =
        JSON.readTree("{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"refused\",\"at\":0}");
    assertThat(problems("receipt", receipt)).anyMatch(p -> p.contains("reason"));
  }

  @Test
  void a_birth_without_its_volume_breaks_the_schema() throws Exception {
    JsonNode state = JSON.readTree("{\"v\":1,\"type\":\"birth\",\"session\":1}");
    assertThat(problems("state", state)).anyMatch(p -> p.contains("volume"));
  }

  @Test
  void a_device_that_needs_a_floor_and_says_no_boot_breaks_the_schema() throws Exception {
    JsonNode state =
        JSON.readTree("{\"v\":1,\"type\":\"offline\",\"session\":1,\"needs\":\"floor\"}");
    assertThat(problems("state", state)).anyMatch(p -> p.contains("boot"));
  }

  @Test
  void a_preload_without_the_hash_of_its_clip_breaks_the_schema() throws Exception {
    ObjectNode preload = (ObjectNode) JSON.readTree(golden("preload.body.json"));
    ((ObjectNode) preload.get("speech")).put("sha256", "");
    assertThat(problems("body", preload)).anyMatch(p -> p.contains("sha256"));
  }

  @Test
  void a_list_of_nine_keys_breaks_the_schema() throws Exception {
    ObjectNode keys = (ObjectNode) JSON.readTree(golden("keys-two.body.json"));
    ArrayNode list = keys.withArray("keys");
    while (list.size() < 9) {
      list.add(list.get(0));
    }
    assertThat(problems("keys", keys)).anyMatch(p -> p.contains("8"));
  }

  static Stream<String> frames() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(Path.of(url("golden").toURI()))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> !n.startsWith("test-key"))
          .sorted()
          .toList()
          .stream();
    }
  }

  static Stream<String> wrappers() throws IOException, URISyntaxException {
    return frames()
        .filter(n -> !n.startsWith("receipt-") && !n.startsWith("state-"))
        .filter(n -> !n.endsWith(".body.json"));
  }

  private static String schemaOf(String name) {
    String first = name.replaceFirst("[-.].*", "");
    if (name.endsWith(".body.json")) {
      return List.of("floor", "keys", "recovery").contains(first) ? first : "body";
    }
    return List.of("receipt", "state").contains(first) ? first : "command";
  }

  private static List<String> problems(String schema, JsonNode frame) throws IOException {
    try (InputStream in = url("schema/" + schema + ".schema.json").openStream()) {
      JsonSchema compiled =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
      return new ArrayList<>(compiled.validate(frame)).stream().map(Object::toString).toList();
    }
  }

  private static boolean verifies(JsonNode wrapper) throws IOException, GeneralSecurityException {
    JsonNode key = JSON.readTree(golden(KEYS.get(wrapper.get("kid").textValue())));
    byte[] little = Base64.getDecoder().decode(key.get("public").textValue());
    byte[] sig = Base64.getDecoder().decode(wrapper.get("sig").textValue());
    if (sig.length != 64) {
      return false;
    }
    Signature ed25519 = Signature.getInstance("Ed25519");
    ed25519.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point(little))));
    byte[] body = Base64.getDecoder().decode(wrapper.get("body").textValue());
    ed25519.update(wrapper.has("path") ? root(body, wrapper.get("path").textValue()) : body);
    return ed25519.verify(sig);
  }

  /** The contract's words about a path, as they stand in README. */
  private static byte[] root(byte[] body, String text) throws GeneralSecurityException {
    byte[] path = Base64.getDecoder().decode(text);
    byte[] h = sha256(new byte[] {0}, body);
    for (int at = 0; at < path.length; at += 32) {
      byte[] s = Arrays.copyOfRange(path, at, Math.min(path.length, at + 32));
      boolean lower = Arrays.compareUnsigned(h, s) < 0;
      h = sha256(new byte[] {1}, lower ? h : s, lower ? s : h);
    }
    byte[] tag = "lastmile-tree-v1:".getBytes(StandardCharsets.US_ASCII);
    byte[] signed = Arrays.copyOf(tag, 49);
    System.arraycopy(h, 0, signed, tag.length, 32);
    return signed;
  }

  private static byte[] sha256(byte[]... parts) throws GeneralSecurityException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (byte[] part : parts) {
      sha.update(part);
    }
    return sha.digest();
  }

  private static EdECPoint point(byte[] littleEndian) {
    byte[] big = Arrays.copyOf(littleEndian, 32);
    for (int i = 0; i < 16; i++) {
      byte b = big[i];
      big[i] = big[31 - i];
      big[31 - i] = b;
    }
    boolean odd = (big[0] & 0x80) != 0;
    big[0] &= 0x7f;
    return new EdECPoint(odd, new BigInteger(1, big));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = url("golden/" + name).openStream()) {
      return in.readAllBytes();
    }
  }

  private static java.net.URL url(String path) {
    return GoldenFramesTest.class.getResource(ROOT + path);
  }
}
