package org.lastmile.channel.loudspeaker;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttTopicSubscription;
import io.vertx.mqtt.messages.MqttPubAckMessage;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubscribeMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.lastmile.channel.Outcome;

/**
 * One authenticated connection to the embedded endpoint: what came in on it, what waits for it.
 *
 * <p>Vert.x calls us while it holds the connection's lock, and takes that lock in every call back.
 * So the endpoint is touched on its own event loop only, and everything here lives there: no other
 * thread can ever wait for that lock, whatever locks it holds itself.
 */
final class DeviceConnection {
  /** A device needs a handful; more unanswered commands than this mean that it hangs. */
  private static final int UNACKNOWLEDGED = 16;

  /** Receipts of one device that wait for the store; beyond it the device is cut off. */
  private static final int UNKEPT = 64;

  private final EmbeddedLink link;
  private final Link.Wire wire;
  private final MqttEndpoint endpoint;
  private final String device;
  private final String clientId;
  private final boolean five;
  private final String password;
  private final Map<Integer, CompletableFuture<Outcome>> unacknowledged = new HashMap<>();
  private final Context context = Vertx.currentContext();
  private final Thread loop = Thread.currentThread();
  private String endedBecause = "lost its connection";
  private int unkept;
  private int lastId;
  private boolean ended;

  /** On the endpoint's event loop. */
  DeviceConnection(
      EmbeddedLink link,
      Link.Wire wire,
      MqttEndpoint endpoint,
      Admission.Verdict verdict,
      String clientId) {
    this.link = link;
    this.wire = wire;
    this.endpoint = endpoint;
    this.device = verdict.device();
    this.clientId = clientId;
    this.five = endpoint.protocolVersion() == 5;
    this.password = verdict.password();
  }

  String device() {
    return device;
  }

  String clientId() {
    return clientId;
  }

  /** Takes over the endpoint's events; called before it is accepted. */
  void open() {
    endpoint.publishAutoAck(false);
    endpoint.subscriptionAutoAck(false);
    endpoint.publishHandler(this::published);
    endpoint.publishReleaseHandler(endpoint::publishComplete);
    endpoint.publishAcknowledgeMessageHandler(this::acknowledged);
    endpoint.subscribeHandler(this::subscribed);
    endpoint.unsubscribeHandler(
        u -> {
          endpoint.unsubscribeAcknowledge(u.messageId());
          end("gave up its subscription");
        });
    endpoint.pingHandler(v -> lives());
    endpoint.disconnectHandler(v -> endedBecause = "said goodbye");
    endpoint.exceptionHandler(this::failed);
    endpoint.closeHandler(v -> closed());
  }

  /** From any thread. */
  CompletionStage<Outcome> publish(
      String topic, byte[] payload, Duration expiry, Duration patience) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    onLoop(() -> write(topic, payload, expiry, outcome));
    return outcome.completeOnTimeout(
        new Outcome.Unknown("no acknowledgement within " + patience.toSeconds() + " s"),
        patience.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void write(
      String topic, byte[] payload, Duration expiry, CompletableFuture<Outcome> outcome) {
    if (ended || !endpoint.isConnected()) {
      outcome.complete(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
      return;
    }
    unacknowledged.values().removeIf(CompletableFuture::isDone);
    if (unacknowledged.size() >= UNACKNOWLEDGED) {
      outcome.complete(
          new Outcome.Retry(
              Duration.ofSeconds(5),
              "the device has left " + UNACKNOWLEDGED + " commands unacknowledged"));
      return;
    }
    do {
      lastId = lastId % 65_535 + 1;
    } while (unacknowledged.containsKey(lastId));
    unacknowledged.put(lastId, outcome);
    MqttProperties properties = new MqttProperties();
    if (five) {
      properties.add(
          EmbeddedLink.number(
              MqttProperties.MqttPropertyType.PUBLICATION_EXPIRY_INTERVAL,
              (int) Math.min(Integer.MAX_VALUE, Math.max(1, expiry.toSeconds()))));
    }
    endpoint
        .publish(
            topic, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false, lastId, properties)
        .onFailure(e -> outcome.complete(new Outcome.Unknown("write failed: " + e.getMessage())));
  }

  /** Another connection of the same device has taken its place. */
  void takenOver() {
    onLoop(
        () -> end("taken over by another connection", MqttDisconnectReasonCode.SESSION_TAKEN_OVER));
  }

  /** The endpoint goes away. */
  void shutDown() {
    onLoop(() -> end("the gateway is closing"));
  }

  /** Twice a minute it is asked whether its credentials still hold, so that a rotation is felt. */
  private void lives() {
    wire.heard(device);
    if (!link.admits(device, password)) {
      end("credentials revoked", MqttDisconnectReasonCode.NOT_AUTHORIZED);
    }
  }

  private void failed(Throwable e) {
    endedBecause = "connection failed: " + e.getMessage();
    if (e instanceof TooLongFrameException) {
      wire.ignored("message of more than 64 KiB: " + e.getMessage(), device);
      end("sent a message of more than 64 KiB", MqttDisconnectReasonCode.PACKET_TOO_LARGE);
    }
  }

  private void published(MqttPublishMessage message) {
    if (ended) {
      return;
    }
    if (!link.mayGoOn(device)) {
      end("sent " + Allowance.WORDS, MqttDisconnectReasonCode.MESSAGE_RATE_TOO_HIGH);
      return;
    }
    wire.heard(device);
    Optional<Topics.FromDevice> from = Topics.fromDevice(message.topicName());
    if (from.isEmpty() || !from.get().device().equals(device)) {
      wire.ignored("publish on a topic that is not its own", device);
      acknowledge(message, MqttPubAckReasonCode.NOT_AUTHORIZED);
      return;
    }
    byte[] payload = message.payload().getBytes();
    if (!from.get().receipt()) {
      lives();
      if (ended) {
        return;
      }
      if (link.isListening(device)) {
        wire.state(device, payload, false);
      }
      acknowledge(message, MqttPubAckReasonCode.SUCCESS);
      return;
    }
    if (++unkept > UNKEPT) {
      wire.ignored("more than " + UNKEPT + " receipts that wait for the store", device);
      end("sent more receipts than can be kept");
      return;
    }
    wire.receipt(device, payload)
        .whenComplete((kept, failure) -> onLoop(() -> answer(message, failure)));
  }

  private void answer(MqttPublishMessage message, Throwable failure) {
    unkept--;
    if (failure == null) {
      acknowledge(message, MqttPubAckReasonCode.SUCCESS);
    } else {
      // Not kept and not held: the device says it again on its next connection.
      end("a receipt could not be kept");
    }
  }

  private void acknowledge(MqttPublishMessage message, MqttPubAckReasonCode code) {
    if (!endpoint.isConnected()) {
      return;
    }
    switch (message.qosLevel()) {
      case AT_LEAST_ONCE -> {
        if (five) {
          endpoint.publishAcknowledge(message.messageId(), code, MqttProperties.NO_PROPERTIES);
        } else {
          endpoint.publishAcknowledge(message.messageId());
        }
      }
      case EXACTLY_ONCE -> endpoint.publishReceived(message.messageId());
      default -> {}
    }
  }

  private void acknowledged(MqttPubAckMessage ack) {
    wire.heard(device);
    CompletableFuture<Outcome> outcome = unacknowledged.remove(ack.messageId());
    if (outcome == null) {
      return;
    }
    MqttPubAckReasonCode code = ack.code();
    boolean refused = code != null && (code.value() & 0x80) != 0;
    outcome.complete(
        refused
            ? new Outcome.Retry(Duration.ofSeconds(10), "MQTT " + code + ": device refused it")
            : new Outcome.Accepted(List.of(Integer.toString(ack.messageId()))));
  }

  private void subscribed(MqttSubscribeMessage message) {
    String own = Topics.command(device);
    List<MqttSubAckReasonCode> codes = new ArrayList<>();
    List<MqttQoS> granted = new ArrayList<>();
    boolean listens = false;
    for (MqttTopicSubscription subscription : message.topicSubscriptions()) {
      boolean mine = subscription.topicName().equals(own);
      listens |= mine;
      // Commands go out with QoS 1 whatever was asked: one that may vanish unnoticed is useless.
      codes.add(mine ? MqttSubAckReasonCode.GRANTED_QOS1 : MqttSubAckReasonCode.NOT_AUTHORIZED);
      granted.add(mine ? MqttQoS.AT_LEAST_ONCE : MqttQoS.FAILURE);
      if (!mine) {
        wire.ignored("subscription to a topic that is not its own", device);
      }
    }
    if (five) {
      endpoint.subscribeAcknowledge(message.messageId(), codes, MqttProperties.NO_PROPERTIES);
    } else {
      endpoint.subscribeAcknowledge(message.messageId(), granted);
    }
    if (listens) {
      link.listens(this);
    }
  }

  private void end(String why) {
    end(why, null);
  }

  /** A device on MQTT 3.1.1 can't be told why. */
  private void end(String why, MqttDisconnectReasonCode code) {
    endedBecause = why;
    if (five && code != null && endpoint.isConnected()) {
      endpoint.disconnect(code, MqttProperties.NO_PROPERTIES);
    }
    if (endpoint.isConnected()) {
      endpoint.close();
    }
    closed();
  }

  private void closed() {
    if (ended) {
      return;
    }
    ended = true;
    link.gone(this, endedBecause);
    List.copyOf(unacknowledged.values())
        .forEach(
            o -> o.complete(new Outcome.Unknown("the device " + endedBecause + " before PUBACK")));
    unacknowledged.clear();
  }

  private void onLoop(Runnable what) {
    if (Thread.currentThread() == loop) {
      what.run();
    } else {
      context.runOnContext(v -> what.run());
    }
  }
}
