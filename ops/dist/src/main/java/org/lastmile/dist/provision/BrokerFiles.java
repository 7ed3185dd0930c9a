package org.lastmile.dist.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What Mosquitto is told: who may connect, and that a device speaks only for itself. The same
 * twice: as a password file with an access list, and for its dynamic-security plugin.
 */
final class BrokerFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVERYTHING = "lm/v1/#";
  private static final String GATEWAY = "gateway";

  private BrokerFiles() {}

  static String passwords(List<BrokerAccount> accounts) {
    return accounts.stream().map(BrokerAccount::line).collect(Collectors.joining());
  }

  static String accessList(String gateway) {
    return """
        # Every device: its own topics and nothing else. %%u is its user name = its device id.
        pattern read lm/v1/d/%%u/cmd
        pattern write lm/v1/d/%%u/rcpt
        pattern write lm/v1/d/%%u/state

        # The gateway: everything of the contract.
        user %s
        topic readwrite %s
        """
        .formatted(gateway, EVERYTHING);
  }

  static String dynamicSecurity(List<BrokerAccount> accounts) {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("defaultACLAccess")
        .put("publishClientSend", false)
        .put("publishClientReceive", false)
        .put("subscribe", false)
        .put("unsubscribe", true);
    ArrayNode clients = root.putArray("clients");
    root.putArray("groups");
    ArrayNode roles = root.putArray("roles");
    for (BrokerAccount account : accounts) {
      // The plugin of Mosquitto 2.0 has no pattern for "its own name": a role for each device.
      String role = account.gateway() ? GATEWAY : "device-" + account.user();
      clients
          .addObject()
          .put("username", account.user())
          .put("password", account.hash())
          .put("salt", account.salt())
          .put("iterations", account.rounds())
          .putArray("roles")
          .addObject()
          .put("rolename", role);
      ArrayNode rights = roles.addObject().put("rolename", role).putArray("acls");
      if (account.gateway()) {
        right(rights, "publishClientSend", EVERYTHING);
        right(rights, "publishClientReceive", EVERYTHING);
        right(rights, "subscribePattern", EVERYTHING);
      } else {
        String own = "lm/v1/d/" + account.user();
        right(rights, "subscribeLiteral", own + "/cmd");
        right(rights, "publishClientReceive", own + "/cmd");
        right(rights, "publishClientSend", own + "/rcpt");
        right(rights, "publishClientSend", own + "/state");
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }

  /** The shipped settings with the listener that the bundles name. */
  static String settings(Server server) {
    String shipped;
    try (InputStream in = BrokerFiles.class.getResourceAsStream("mosquitto.conf")) {
      shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("mosquitto.conf is packed into this program", e);
    }
    String plain = "listener 1883\n";
    if (!shipped.contains(plain)) {
      throw new IllegalStateException("the shipped mosquitto.conf has no '" + plain.strip() + "'");
    }
    if (!server.tls()) {
      return shipped.replace(plain, "listener " + server.port() + "\n");
    }
    return shipped
        .replace(plain, "")
        .replace("# With certificates, instead of the line above:\n", "")
        .replace("#listener 8883", "listener " + server.port())
        .replace("#certfile", "certfile")
        .replace("#keyfile", "keyfile");
  }

  private static void right(ArrayNode rights, String type, String topic) {
    rights
        .addObject()
        .put("acltype", type)
        .put("topic", topic)
        .put("priority", 0)
        .put("allow", true);
  }
}
