package org.lastmile.story;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A device that the test plays: it takes commands and says what it is told to. */
final class Hand implements AutoCloseable {
  private final String device;
  private final MqttAsyncClient client;
  private final List<String> commands = new CopyOnWriteArrayList<>();

  Hand(Valley valley, String device) throws MqttException {
    this.device = device;
    String address = valley.server().toString().replace("mqtt://", "tcp://");
    client = new MqttAsyncClient(address, device, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(device);
    options.setPassword(valley.password(device).getBytes(StandardCharsets.UTF_8));
    client.setCallback(new Keeps(commands));
    client.connect(options).waitForCompletion(10_000);
    client.subscribe("lm/v1/d/" + device + "/cmd", 1).waitForCompletion(10_000);
    state("birth");
  }

  /** Says that it is there still. */
  void lives() throws MqttException {
    state("heartbeat");
  }

  private void state(String type) throws MqttException {
    client
        .publish(
            "lm/v1/d/" + device + "/state",
            "{\"v\":1,\"type\":\"%s\",\"session\":1,\"at\":0,\"uptime\":1,\"volume\":90,\"muted\":false}"
                .formatted(type)
                .getBytes(StandardCharsets.UTF_8),
            1,
            false)
        .waitForCompletion(10_000);
  }

  boolean has() {
    return !commands.isEmpty();
  }

  JsonNode command() {
    return commands().get(0);
  }

  /** All that have come. */
  List<JsonNode> commands() {
    return commands.stream().map(Gateway::json).toList();
  }

  void says(String receipt) throws MqttException {
    client
        .publish("lm/v1/d/" + device + "/rcpt", receipt.getBytes(StandardCharsets.UTF_8), 1, false)
        .waitForCompletion(10_000);
  }

  @Override
  public void close() throws MqttException {
    if (client.isConnected()) {
      client.disconnectForcibly(0, 500, true);
    }
    client.close(true);
  }

  static String played(String id, JsonNode command, long at) {
    return played(id, body(command).path("content").asText(), at);
  }

  /** What was signed. */
  static JsonNode body(JsonNode command) {
    byte[] body = Base64.getDecoder().decode(command.path("body").asText());
    return Gateway.json(new String(body, StandardCharsets.UTF_8));
  }

  static String played(String id, String content, long at) {
    return "{\"v\":1,\"id\":\"%s\",\"content\":\"%s\",\"outcome\":\"played\",\"at\":%d,\"seconds\":9,\"volume\":90,\"muted\":false}"
        .formatted(id, content, at);
  }

  private record Keeps(List<String> commands) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      commands.add(new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String uri) {}

    @Override
    public void authPacketArrived(int code, MqttProperties properties) {}
  }
}
