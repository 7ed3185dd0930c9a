package org.lastmile.dist.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.TrustedKey;
import org.lastmile.warning.Loudspeaker;

/**
 * Everything one device has to know, written as JSON, as variables of a shell and as OpenWrt's UCI.
 *
 * @param points names of the points it covers, for people
 * @param floor whether the gateway answers a device that asks for a signed time and sequence floor
 */
public record Bundle(
    Loudspeaker device,
    List<String> points,
    String password,
    Server server,
    List<TrustedKey> keys,
    boolean floor) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONTRACT = 1;

  public Bundle {
    points = List.copyOf(points);
    keys = List.copyOf(keys);
  }

  public String id() {
    return device.id();
  }

  /** The groups that commands may name: its points, and its villagers' group with the area code. */
  List<String> groups() {
    List<String> groups = new ArrayList<>();
    // Only digits would be read as an area code, and a device as itself.
    device.points().stream()
        .filter(p -> !p.matches("\\d+") && !p.startsWith("device:"))
        .forEach(groups::add);
    if (!device.group().isEmpty() && !device.areaCode().isEmpty()) {
      groups.add(device.areaCode() + "-" + device.group());
    }
    return groups;
  }

  /** Changes with the credentials and tells nothing about them: label and box can be compared. */
  public String fingerprint() {
    StringBuilder all = new StringBuilder(id() + "\n" + password);
    publicKeys().forEach(k -> all.append('\n').append(k.kid()).append(' ').append(k.base64()));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }

  String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("contract", CONTRACT).put("device", id()).put("password", password);
    json.putObject("server")
        .put("host", server.host())
        .put("port", server.port())
        .put("tls", server.tls())
        .put("ca", server.ca());
    json.put("code", device.areaCode());
    ArrayNode named = json.putArray("groups");
    groups().forEach(named::add);
    ArrayNode known = json.putArray("keys");
    keys.forEach(
        k ->
            known
                .addObject()
                .put("kid", k.key().kid())
                .put("alg", k.key().alg())
                .put("use", k.use())
                .put("public", k.key().base64()));
    json.put("floor", floor);
    json.put("fingerprint", fingerprint());
    json.put("name", device.name()).put("village", device.village()).put("model", device.model());
    ArrayNode covered = json.putArray("points");
    points.forEach(covered::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }

  /** For a shell and for systemd's EnvironmentFile. */
  String env() {
    StringBuilder env = new StringBuilder();
    variable(env, "contract", Integer.toString(CONTRACT));
    variable(env, "device", id());
    variable(env, "password", password);
    variable(env, "host", server.host());
    variable(env, "port", Integer.toString(server.port()));
    variable(env, "tls", server.tls() ? "1" : "0");
    variable(env, "ca", server.ca());
    variable(env, "code", device.areaCode());
    variable(env, "groups", String.join(" ", groups()));
    variable(env, "floor", floor ? "1" : "0");
    variable(env, "key_ids", String.join(" ", publicKeys().stream().map(PublicKey::kid).toList()));
    for (int i = 0; i < keys.size(); i++) {
      variable(env, "key_" + (i + 1), line(keys.get(i)));
    }
    return env.toString();
  }

  /** For {@code /etc/config/lastmile}. */
  String uci() {
    StringBuilder uci = new StringBuilder("config speaker 'speaker'\n");
    option(uci, "contract", Integer.toString(CONTRACT));
    option(uci, "device", id());
    option(uci, "password", password);
    option(uci, "host", server.host());
    option(uci, "port", Integer.toString(server.port()));
    option(uci, "tls", server.tls() ? "1" : "0");
    option(uci, "ca", server.ca());
    option(uci, "code", device.areaCode());
    option(uci, "floor", floor ? "1" : "0");
    option(uci, "model", device.model());
    groups().forEach(g -> uci.append("\tlist group ").append(quoted(g)).append('\n'));
    keys.forEach(k -> uci.append("\tlist key ").append(quoted(line(k))).append('\n'));
    return uci.toString();
  }

  /** All of them, what each is for apart. */
  List<PublicKey> publicKeys() {
    return keys.stream().map(TrustedKey::key).toList();
  }

  private static String line(TrustedKey trusted) {
    PublicKey key = trusted.key();
    return key.kid() + " " + key.alg() + " " + trusted.use() + " " + key.base64();
  }

  private static void variable(StringBuilder env, String name, String value) {
    env.append("LASTMILE_").append(name.toUpperCase(Locale.ROOT)).append('=');
    env.append(quoted(value)).append('\n');
  }

  private static void option(StringBuilder uci, String name, String value) {
    uci.append("\toption ").append(name).append(' ').append(quoted(value)).append('\n');
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }

  /** A record would print it. */
  @Override
  public String toString() {
    return "Bundle[" + id() + "]";
  }
}
