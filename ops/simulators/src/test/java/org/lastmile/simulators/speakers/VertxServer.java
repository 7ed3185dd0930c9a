package org.lastmile.simulators.speakers;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** An endpoint like the gateway's own: it terminates the devices' MQTT and is no broker. */
final class VertxServer extends TestServer {
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, MqttEndpoint> endpoints = new ConcurrentHashMap<>();
  private MqttServer server;
  private int port;

  VertxServer() throws Exception {
    start();
  }

  @Override
  void start() throws Exception {
    server = MqttServer.create(vertx, new MqttServerOptions().setHost("127.0.0.1").setPort(port));
    server.endpointHandler(this::connected);
    port =
        server
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS)
            .actualPort();
  }

  private void connected(MqttEndpoint endpoint) {
    endpoint.subscribeHandler(
        subscribe -> {
          endpoints.put(endpoint.clientIdentifier(), endpoint);
          endpoint.subscribeAcknowledge(
              subscribe.messageId(),
              subscribe.topicSubscriptions().stream().map(t -> t.qualityOfService()).toList());
        });
    endpoint.publishHandler(
        message -> {
          heard(message.topicName(), message.payload().getBytes(), message.isRetain());
          endpoint.publishAcknowledge(message.messageId());
        });
    boolean[] wanted = new boolean[1];
    endpoint.disconnectHandler(nothing -> wanted[0] = true);
    endpoint.closeHandler(
        nothing -> {
          endpoints.remove(endpoint.clientIdentifier(), endpoint);
          if (!wanted[0]) {
            heard(endpoint.will().getWillTopic(), endpoint.will().getWillMessageBytes(), true);
          }
        });
    endpoint.accept(false);
  }

  @Override
  URI uri() {
    return URI.create("mqtt://127.0.0.1:" + port);
  }

  @Override
  void command(String device, byte[] payload, boolean retain) throws Exception {
    endpoints
        .get(device)
        .publish(
            "lm/v1/d/" + device + "/cmd",
            Buffer.buffer(payload),
            MqttQoS.AT_LEAST_ONCE,
            false,
            retain)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Override
  void stop() throws Exception {
    endpoints.values().forEach(MqttEndpoint::close);
    server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Override
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
