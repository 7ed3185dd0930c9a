package org.lastmile.channel.loudspeaker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every leaf leads to the root, and nothing else does. */
class HashTreeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static List<byte[]> bodies(int count) {
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bodies.add(("{\"leaf\":" + i + "}").getBytes(UTF_8));
    }
    return bodies;
  }

  @Test
  void every_leaf_of_every_size_of_tree_leads_to_the_root() {
    for (int count = 2; count <= 70; count++) {
      List<byte[]> bodies = bodies(count);
      HashTree tree = new HashTree(bodies);
      for (int i = 0; i < count; i++) {
        byte[] path = tree.path(i);
        assertThat(HashTree.signed(bodies.get(i), path)).isEqualTo(tree.signed());
        assertThat(path.length).isLessThanOrEqualTo(7 * 32);
        assertThat(HashTree.signed("{}".getBytes(UTF_8), path)).isNotEqualTo(tree.signed());
      }
    }
  }

  @Test
  void a_leaf_without_a_sibling_goes_up_as_it_is() {
    HashTree tree = new HashTree(bodies(5));
    assertThat(tree.path(4)).hasSize(32);
    assertThat(tree.path(0)).hasSize(3 * 32);
  }

  @Test
  void what_is_signed_can_be_no_body() {
    byte[] signed = new HashTree(bodies(3)).signed();
    assertThat(signed).hasSize(49);
    assertThat(new String(signed, 0, 17, UTF_8)).isEqualTo("lastmile-tree-v1:");
  }

  @Test
  void a_node_is_no_body_and_a_path_can_be_neither_cut_nor_mixed() {
    List<byte[]> bodies = bodies(4);
    HashTree tree = new HashTree(bodies);
    byte[] path = tree.path(0);
    byte[] sibling = Arrays.copyOf(path, 32);
    byte[] above = Arrays.copyOfRange(path, 32, 64);
    byte[] own = Arrays.copyOf(tree.path(1), 32);
    boolean lower = Arrays.compareUnsigned(own, sibling) < 0;
    byte[] node = new byte[64];
    System.arraycopy(lower ? own : sibling, 0, node, 0, 32);
    System.arraycopy(lower ? sibling : own, 0, node, 32, 32);
    assertThat(HashTree.signed(node, above)).isNotEqualTo(tree.signed());
    assertThat(HashTree.signed(bodies.get(0), sibling)).isNotEqualTo(tree.signed());
    byte[] mixed = Arrays.copyOf(above, 64);
    System.arraycopy(sibling, 0, mixed, 32, 32);
    assertThat(HashTree.signed(bodies.get(0), mixed)).isNotEqualTo(tree.signed());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 95, 544})
  void what_is_no_path_is_refused(int length) {
    assertThatThrownBy(() -> HashTree.signed("{}".getBytes(UTF_8), new byte[length]))
        .hasMessageContaining(length + " bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "SM2"})
  void one_signature_stands_for_all_but_the_largest(String alg) throws IOException {
    SigningKey key = SigningKey.fresh(alg, "k");
    List<byte[]> bodies = bodies(600);
    bodies.set(7, ("{" + " ".repeat(5_800) + "}").getBytes(UTF_8));
    List<Signed> all = Signed.all(key, bodies);
    assertThat(all.stream().map(s -> HexFormat.of().formatHex(s.sig())).distinct().count())
        .isEqualTo(2);
    for (int i = 0; i < bodies.size(); i++) {
      JsonNode wrapper = JSON.readTree(all.get(i).wrap("a.1"));
      byte[] body = decoded(wrapper, "body");
      assertThat(body).isEqualTo(bodies.get(i));
      assertThat(wrapper.has("path")).isEqualTo(i != 7);
      byte[] signed = i == 7 ? body : HashTree.signed(body, decoded(wrapper, "path"));
      if (i < 16 || i > 590) {
        assertThat(key.publicKey().verifies(signed, decoded(wrapper, "sig"))).isTrue();
        Signed one = all.get(i);
        assertThat(key.publicKey().verifies(one.body(), one.path(), one.sig())).isTrue();
      }
    }
  }

  @Test
  void a_single_body_and_a_large_one_have_no_path() throws IOException {
    SigningKey key = SigningKey.fresh("Ed25519", "k");
    for (Signed one : Signed.all(key, bodies(1))) {
      JsonNode wrapper = JSON.readTree(one.wrap("a.1"));
      assertThat(wrapper.has("path")).isFalse();
      assertThat(key.publicKey().verifies(one.body(), decoded(wrapper, "sig"))).isTrue();
    }
    assertThat(Signed.all(key, List.of())).isEmpty();
  }

  @Test
  void the_largest_wrapper_with_the_longest_path_is_what_a_device_takes() {
    List<byte[]> bodies = bodies(40_000);
    bodies.set(0, ("{" + " ".repeat(5_198) + "}").getBytes(UTF_8));
    byte[] wrapper = Signed.all(SigningKey.fresh("SM2", "k"), bodies).get(0).wrap("x".repeat(96));
    assertThat(new String(wrapper, UTF_8)).contains("\"path\":");
    assertThat(wrapper.length).isLessThanOrEqualTo(8192);
  }

  @Test
  void an_id_that_no_desk_makes_stays_one_string() throws IOException {
    Signed signed = Signed.by(SigningKey.fresh("Ed25519", "k"), bodies(1).get(0));
    assertThat(JSON.readTree(signed.wrap("a\"b\\c")).get("id").textValue()).isEqualTo("a\"b\\c");
  }

  private static byte[] decoded(JsonNode wrapper, String name) {
    return Base64.getDecoder().decode(wrapper.get(name).textValue());
  }
}
