package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** A small loudspeaker after the contract, on MQTT 3.1.1: checks the signature, plays, answers. */
final class TestDevice implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicLong SESSION = new AtomicLong();

  final List<JsonNode> commands = new CopyOnWriteArrayList<>();
  final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  volatile int volume = 100;
  volatile boolean muted;

  /** False: takes commands and says nothing about them. */
  volatile boolean answers = true;

  private final Vertx vertx;
  private final int port;
  private final String id;
  private final String password;
  private final PublicKey key;
  private volatile MqttClient client;
  private volatile boolean on;
  private volatile long session;

  TestDevice(Vertx vertx, int port, String id, String password, PublicKey key) {
    this.vertx = vertx;
    this.port = port;
    this.id = id;
    this.password = password;
    this.key = key;
  }

  /** Connects, and again whenever the connection breaks. */
  TestDevice on() {
    on = true;
    connect();
    return this;
  }

  void off() {
    on = false;
    MqttClient c = client;
    if (c != null) {
      c.disconnect();
    }
  }

  boolean isOn() {
    MqttClient c = client;
    return c != null && c.isConnected();
  }

  String id() {
    return id;
  }

  void publish(String topic, String payload) {
    client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false);
  }

  void says(String type) {
    says(state(type));
  }

  void says(ObjectNode state) {
    client.publish(
        "lm/v1/d/" + id + "/state",
        Buffer.buffer(state.toString()),
        MqttQoS.AT_LEAST_ONCE,
        false,
        true);
  }

  ObjectNode state(String type) {
    ObjectNode state = JSON.createObjectNode();
    state.put("v", 1).put("type", type).put("session", session).put("at", 0).put("uptime", 1);
    return state.put("volume", volume).put("muted", muted).put("firmware", "test");
  }

  @Override
  public void close() {
    off();
  }

  private void connect() {
    session = SESSION.incrementAndGet();
    MqttClientOptions options =
        new MqttClientOptions()
            .setClientId(id)
            .setUsername(id)
            .setPassword(password)
            .setCleanSession(true)
            .setMaxMessageSize(16_384)
            .setMaxInflightQueue(1000)
            .setKeepAliveInterval(30)
            .setWillFlag(true)
            .setWillTopic("lm/v1/d/" + id + "/state")
            .setWillQoS(1)
            .setWillRetain(true)
            .setWillMessageBytes(
                Buffer.buffer(
                    "{\"v\":1,\"type\":\"offline\",\"session\":"
                        + session
                        + ",\"reason\":\"will\"}"));
    MqttClient fresh = MqttClient.create(vertx, options);
    client = fresh;
    fresh.publishHandler(this::command);
    fresh.closeHandler(v -> again());
    fresh
        .connect(port, "127.0.0.1")
        .compose(ack -> fresh.subscribe("lm/v1/d/" + id + "/cmd", 1))
        .onSuccess(n -> says("birth"))
        .onFailure(e -> again());
  }

  private void again() {
    if (on) {
      vertx.setTimer(
          100,
          t -> {
            if (on && !isOn()) {
              connect();
            }
          });
    }
  }

  private void command(MqttPublishMessage message) {
    try {
      JsonNode wrapper = JSON.readTree(message.payload().getBytes());
      byte[] bytes = Base64.getDecoder().decode(wrapper.get("body").textValue());
      JsonNode body = JSON.readTree(bytes);
      commands.add(wrapper);
      bodies.add(body);
      if (!answers) {
        return;
      }
      if (!signed(wrapper, bytes)) {
        receipt(wrapper, body, "refused", r -> r.put("reason", "BAD_SIGNATURE"));
        return;
      }
      receipt(wrapper, body, "received", r -> {});
      receipt(wrapper, body, "playing", r -> r.put("volume", volume).put("muted", muted));
      receipt(
          wrapper,
          body,
          "played",
          r -> r.put("seconds", 12.5).put("volume", volume).put("muted", muted));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receipt(
      JsonNode wrapper,
      JsonNode body,
      String outcome,
      java.util.function.Consumer<ObjectNode> more) {
    ObjectNode receipt = JSON.createObjectNode();
    receipt.put("v", 1).set("id", wrapper.get("id"));
    receipt.set("content", body.get("content"));
    receipt.put("outcome", outcome).put("at", 0);
    more.accept(receipt);
    publish("lm/v1/d/" + id + "/rcpt", receipt.toString());
  }

  private boolean signed(JsonNode wrapper, byte[] body) {
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(
        false, new Ed25519PublicKeyParameters(Base64.getDecoder().decode(key.base64()), 0));
    byte[] signed =
        wrapper.has("path")
            ? HashTree.signed(body, Base64.getDecoder().decode(wrapper.get("path").textValue()))
            : body;
    verifier.update(signed, 0, signed.length);
    return wrapper.get("kid").textValue().equals(key.kid())
        && verifier.verifySignature(Base64.getDecoder().decode(wrapper.get("sig").textValue()));
  }
}
