package org.lastmile.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The AsyncAPI file holds together and names the topics that README names. */
class AsyncApiTest {
  private static final String ROOT = "/lastmile/device/v1/";

  @Test
  void every_reference_leads_somewhere() throws IOException {
    JsonNode api = api();
    List<JsonNode> refs = api.findValues("$ref");
    assertThat(refs).isNotEmpty();
    for (JsonNode ref : refs) {
      String target = ref.textValue();
      if (target.startsWith("#")) {
        assertThat(api.at(target.substring(1)).isMissingNode()).as(target).isFalse();
      } else {
        assertThat(AsyncApiTest.class.getResource(ROOT + target)).as(target).isNotNull();
      }
    }
  }

  @Test
  void commands_are_never_retained_and_states_always() throws IOException {
    JsonNode operations = api().get("operations");
    assertThat(operations.at("/obeyCommand/bindings/mqtt/retain").booleanValue()).isFalse();
    assertThat(operations.at("/sendReceipt/bindings/mqtt/retain").booleanValue()).isFalse();
    assertThat(operations.at("/sendState/bindings/mqtt/retain").booleanValue()).isTrue();
    operations.forEach(o -> assertThat(o.at("/bindings/mqtt/qos").intValue()).isEqualTo(1));
  }

  @Test
  void readme_names_every_topic() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (JsonNode channel : api().get("channels")) {
      assertThat(readme).contains("`" + channel.get("address").textValue() + "`");
    }
  }

  private static JsonNode api() throws IOException {
    try (InputStream in = AsyncApiTest.class.getResourceAsStream(ROOT + "asyncapi.yaml")) {
      return new YAMLMapper().readTree(in);
    }
  }
}
