package org.lastmile.channel.loudspeaker;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 3.1.1 with Paho, for brokers that know nothing newer: no expiry (every command carries its
 * own), no reason codes, no word on the broker's limits.
 */
final class ThreeClient implements BrokerClient {
  private static final Logger LOG = LoggerFactory.getLogger(ThreeClient.class);
  private static final int IN_FLIGHT = 1200;

  private final Login login;
  private final MqttAsyncClient client;

  ThreeClient(Login login) throws MqttException {
    this.login = login;
    this.client = new MqttAsyncClient(login.address(), login.clientId(), new MemoryPersistence());
  }

  @Override
  public CompletionStage<Granted> connect(Events events) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setAutomaticReconnect(false);
    options.setCleanSession(login.sessionSeconds() == 0);
    options.setMaxInflight(IN_FLIGHT);
    options.setKeepAliveInterval(15);
    options.setConnectionTimeout(10);
    if (!login.username().isEmpty()) {
      options.setUserName(login.username());
      options.setPassword(login.password().toCharArray());
    }
    if (login.tls() != null) {
      options.setSocketFactory(login.tls());
    }
    client.setManualAcks(true);
    client.setCallback(new Callback(events));
    CompletableFuture<Granted> granted = new CompletableFuture<>();
    try {
      client.connect(options, null, listener(granted, t -> Granted.UNSAID));
    } catch (MqttException e) {
      granted.completeExceptionally(e);
    }
    return granted;
  }

  @Override
  public CompletionStage<Integer> subscribe(Map<String, Integer> filters) {
    String[] names = filters.keySet().toArray(String[]::new);
    int[] qos = Arrays.stream(names).mapToInt(filters::get).toArray();
    CompletableFuture<Integer> worst = new CompletableFuture<>();
    try {
      client.subscribe(
          names, qos, null, listener(worst, t -> Arrays.stream(t.getGrantedQos()).max().orElse(0)));
    } catch (MqttException e) {
      worst.completeExceptionally(e);
    }
    return worst;
  }

  @Override
  public CompletionStage<Integer> publish(String topic, byte[] payload, long expirySeconds) {
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try {
      client.publish(topic, payload, 1, false, null, listener(code, t -> 0));
    } catch (MqttException e) {
      code.completeExceptionally(
          new NotWritten("MQTT " + e.getReasonCode() + ": " + e.getMessage(), e));
    }
    return code;
  }

  @Override
  public void acknowledge(int id, int qos) {
    if (qos == 0) {
      return;
    }
    try {
      client.messageArrivedComplete(id, qos);
    } catch (MqttException e) {
      LOG.debug("not acknowledged, the broker brings it again: {}", e.getMessage());
    }
  }

  @Override
  public void disconnect() {
    try {
      if (client.isConnected()) {
        client.disconnectForcibly(0, 200, true);
      }
    } catch (MqttException e) {
      LOG.debug("old connection to the broker: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      client.close(true);
    } catch (MqttException e) {
      LOG.debug("old connection to the broker: {}", e.getMessage());
    }
  }

  private static <T> IMqttActionListener listener(
      CompletableFuture<T> answer, Function<IMqttToken, T> read) {
    return new IMqttActionListener() {
      @Override
      public void onSuccess(IMqttToken token) {
        answer.complete(read.apply(token));
      }

      @Override
      public void onFailure(IMqttToken token, Throwable e) {
        answer.completeExceptionally(e);
      }
    };
  }

  private record Callback(Events events) implements MqttCallback {
    @Override
    public void connectionLost(Throwable cause) {
      events.lost("connection lost: " + ConnectTrouble.words(cause));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      events.arrived(
          topic, message.getPayload(), message.getId(), message.getQos(), message.isRetained());
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
      // Every publish has its own listener.
    }
  }
}
