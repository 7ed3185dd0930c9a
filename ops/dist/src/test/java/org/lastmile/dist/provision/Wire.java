package org.lastmile.dist.provision;

import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A bare MQTT client, for what neither gateway nor agent would do. */
final class Wire implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final MqttClient client;
  private final AtomicInteger answered = new AtomicInteger();
  private final List<Message> heard = new CopyOnWriteArrayList<>();

  /** What came in. */
  record Message(String topic, String payload) {}

  /** Throws {@link ExecutionException} when the server refuses. */
  Wire(int port, String user, String password) throws Exception {
    client =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setClientId(user + "-wire")
                .setUsername(user)
                .setPassword(password)
                .setMaxMessageSize(16_384)
                .setMaxInflightQueue(1_000));
    client.subscribeCompletionHandler(ack -> answered.incrementAndGet());
    client.publishHandler(
        m -> heard.add(new Message(m.topicName(), m.payload().toString(StandardCharsets.UTF_8))));
    try {
      done(client.connect(port, "127.0.0.1"));
    } catch (ExecutionException e) {
      done(vertx.close());
      throw e;
    }
  }

  /** Until the server has answered, whatever it answers. */
  void subscribe(String topic) throws Exception {
    int before = answered.get();
    done(client.subscribe(topic, 1));
    await().atMost(Duration.ofSeconds(10)).until(() -> answered.get() > before);
  }

  void publish(String topic, String payload) throws Exception {
    done(client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false));
  }

  List<Message> heard() {
    return List.copyOf(heard);
  }

  @Override
  public void close() {
    try {
      client.disconnect().toCompletionStage().toCompletableFuture().join();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
