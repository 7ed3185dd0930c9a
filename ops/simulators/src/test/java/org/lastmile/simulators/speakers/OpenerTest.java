package org.lastmile.simulators.speakers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is verified, and how often. */
class OpenerTest {
  private final Opener opener = new Opener();

  private Opened open(byte[] payload) throws IOException {
    TrustList trust = TrustList.provisioned(Map.of("test-1", Commands.publicKey()), Map.of());
    return opener.open(payload, trust, Commands.ISSUED);
  }

  private static ObjectNode tree() throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(Commands.golden("tree-first.json"));
  }

  private Opened open(ObjectNode wrapper) throws IOException {
    return open(wrapper.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aRootIsVerifiedOnceForAllItsLeaves() throws IOException {
    assertThat(open(Commands.golden("tree-first.json")).refusal()).isEmpty();
    assertThat(open(Commands.golden("tree-last.json")).refusal()).isEmpty();
    assertThat(opener.verified()).isEqualTo(1);
    assertThat(open(Commands.golden("tree-wrong-sibling.json")).refusal())
        .isEqualTo("BAD_SIGNATURE");
    assertThat(opener.verified()).isEqualTo(2);
  }

  @Test
  void aSignatureOverARootIsNoneOverItsLeaf() throws IOException {
    ObjectNode plain = tree();
    plain.remove("path");
    assertThat(open(plain).refusal()).isEqualTo("BAD_SIGNATURE");
  }

  @Test
  void whatTheSignatureIsOverIsNoBody() throws IOException {
    ObjectNode root = tree();
    byte[] signed =
        HashPath.signed(
            Base64.getDecoder().decode(root.get("body").textValue()),
            Base64.getDecoder().decode(root.get("path").textValue()));
    root.remove("path");
    root.put("body", Base64.getEncoder().encodeToString(signed));
    assertThat(open(root).refusal()).isEqualTo("MALFORMED");
  }

  @Test
  void aPathIsTextOfOneToSixteenHashesOrIsNotThere() throws IOException {
    for (int hashes : new int[] {0, 17}) {
      String path = Base64.getEncoder().encodeToString(new byte[hashes * 32]);
      assertThat(open(tree().put("path", path)).refusal()).isEqualTo("MALFORMED");
    }
    assertThat(open(tree().put("path", 7)).refusal()).isEqualTo("MALFORMED");
    assertThat(open(tree().putNull("path")).refusal()).isEqualTo("MALFORMED");
    assertThat(open(tree().put("path", "not base64!")).refusal()).isEqualTo("MALFORMED");
    String sixteen = Base64.getEncoder().encodeToString(new byte[16 * 32]);
    assertThat(open(tree().put("path", sixteen)).refusal()).isEqualTo("BAD_SIGNATURE");
  }
}
