package org.lastmile.channel.loudspeaker;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Just enough of a broker for machines without Mosquitto: one topic wildcard, QoS 1, retained
 * messages, wills. No sessions, no access list.
 */
final class SmallBroker implements Broker {
  private final Vertx vertx = Vertx.vertx();
  private final Map<MqttEndpoint, Set<String>> subscriptions = new ConcurrentHashMap<>();
  private final Map<String, Buffer> retained = new ConcurrentHashMap<>();
  private MqttServer server;
  private int port;

  /** Speaks MQTT 3.1.1 alone and says so to whoever speaks a newer one. */
  volatile boolean old;

  /** Takes nothing any more, as with a full disk: MQTT 151. */
  volatile boolean full;

  SmallBroker() {
    start();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void start() {
    server =
        MqttServer.create(
                vertx,
                new MqttServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .setMaxMessageSize(65_536)
                    .setMaxClientIdLength(256))
            .endpointHandler(this::connected);
    server.listen().toCompletionStage().toCompletableFuture().join();
    port = server.actualPort();
  }

  @Override
  public void kill() {
    // A broker that is killed tells nobody of its clients' wills.
    Set<MqttEndpoint> clients = Set.copyOf(subscriptions.keySet());
    subscriptions.clear();
    clients.stream().filter(MqttEndpoint::isConnected).forEach(MqttEndpoint::close);
    server.close().toCompletionStage().toCompletableFuture().join();
    retained.clear();
  }

  @Override
  public void close() {
    kill();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void connected(MqttEndpoint endpoint) {
    if (old && endpoint.protocolVersion() == 5) {
      endpoint.reject(MqttConnectReturnCode.CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION);
      return;
    }
    subscriptions.put(endpoint, ConcurrentHashMap.newKeySet());
    endpoint.publishAutoAck(false);
    endpoint.subscriptionAutoAck(true);
    endpoint.subscribeHandler(
        s ->
            s.topicSubscriptions()
                .forEach(
                    t -> {
                      subscriptions.get(endpoint).add(t.topicName());
                      retained.forEach(
                          (topic, payload) -> {
                            if (matches(t.topicName(), topic)) {
                              forward(endpoint, topic, payload, true);
                            }
                          });
                    }));
    endpoint.publishHandler(
        m -> {
          if (full && endpoint.protocolVersion() == 5) {
            endpoint.publishAcknowledge(
                m.messageId(), MqttPubAckReasonCode.QUOTA_EXCEEDED, MqttProperties.NO_PROPERTIES);
            return;
          }
          if (m.qosLevel() == MqttQoS.AT_LEAST_ONCE) {
            endpoint.publishAcknowledge(m.messageId());
          }
          route(m.topicName(), m.payload(), m.isRetain());
        });
    endpoint.disconnectHandler(v -> subscriptions.remove(endpoint));
    endpoint.closeHandler(
        v -> {
          if (subscriptions.remove(endpoint) != null && endpoint.will().isWillFlag()) {
            route(endpoint.will().getWillTopic(), endpoint.will().getWillMessage(), true);
          }
        });
    endpoint.accept(false);
  }

  private void route(String topic, Buffer payload, boolean retain) {
    if (retain) {
      retained.put(topic, payload);
    }
    subscriptions.forEach(
        (endpoint, topics) -> {
          if (topics.stream().anyMatch(t -> matches(t, topic))) {
            forward(endpoint, topic, payload, false);
          }
        });
  }

  private static void forward(MqttEndpoint to, String topic, Buffer payload, boolean retain) {
    if (to.isConnected()) {
      to.publish(topic, payload, MqttQoS.AT_LEAST_ONCE, false, retain);
    }
  }

  private static boolean matches(String filter, String topic) {
    return topic.matches(filter.replace("+", "[^/]+"));
  }
}
