package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that loudspeakers connect to, with the gateway's eyes and mouth. */
abstract class TestServer {

  /** One publish of a device. */
  record Said(String topic, JsonNode json, boolean retain) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Everything that devices published, last wills included, in order of arrival. */
  final List<Said> said = new CopyOnWriteArrayList<>();

  abstract URI uri();

  /** Publishes a command to one device with QoS 1. */
  abstract void command(String device, byte[] payload, boolean retain) throws Exception;

  /** Throws all devices out and is away until {@link #start()}. */
  abstract void stop() throws Exception;

  abstract void start() throws Exception;

  void heard(String topic, byte[] payload, boolean retain) {
    try {
      said.add(new Said(topic, JSON.readTree(payload), retain));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<JsonNode> receipts(String device) {
    return on("lm/v1/d/" + device + "/rcpt");
  }

  /** Outcomes with their reasons, as {@code refused NOT_FOR_ME}. */
  List<String> outcomes(String device) {
    return receipts(device).stream()
        .map(r -> (r.path("outcome").asText() + " " + r.path("reason").asText()).strip())
        .toList();
  }

  List<JsonNode> states(String device) {
    return on("lm/v1/d/" + device + "/state");
  }

  private List<JsonNode> on(String topic) {
    return said.stream().filter(s -> s.topic().equals(topic)).map(Said::json).toList();
  }

  /** Stops for good and leaves nothing behind. */
  abstract void end() throws Exception;
}
