package org.lastmile.channel.loudspeaker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MQTT 5 with Paho, without its reconnecting, topic aliases and persistence, which have faults. */
final class FiveClient implements BrokerClient {
  private static final Logger LOG = LoggerFactory.getLogger(FiveClient.class);

  /** Said explicitly: a broker's own default of 20 makes it drop receipts silently in a storm. */
  private static final int RECEIVE_MAXIMUM = 65_535;

  /** A receipt has a few hundred bytes; what is larger than this the broker keeps to itself. */
  private static final long LARGEST_PACKET = 128 * 1024;

  private final Login login;
  private final MqttAsyncClient client;

  FiveClient(Login login) throws MqttException {
    this.login = login;
    this.client = new MqttAsyncClient(login.address(), login.clientId(), new MemoryPersistence());
  }

  @Override
  public CompletionStage<Granted> connect(Events events) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    options.setCleanStart(false);
    options.setSessionExpiryInterval(login.sessionSeconds());
    options.setReceiveMaximum(RECEIVE_MAXIMUM);
    options.setMaximumPacketSize(LARGEST_PACKET);
    options.setTopicAliasMaximum(0);
    options.setKeepAliveInterval(15);
    options.setConnectionTimeout(10);
    if (!login.username().isEmpty()) {
      options.setUserName(login.username());
      options.setPassword(login.password().getBytes(StandardCharsets.UTF_8));
    }
    if (login.tls() != null) {
      options.setSocketFactory(login.tls());
    }
    client.setManualAcks(true);
    client.setCallback(new Callback(events));
    CompletableFuture<Granted> granted = new CompletableFuture<>();
    try {
      client.connect(options, null, listener(granted, this::granted));
    } catch (MqttException e) {
      granted.completeExceptionally(e);
    }
    return granted;
  }

  private Granted granted(IMqttToken token) {
    MqttProperties said = token.getResponseProperties();
    if (said == null) {
      said = new MqttProperties();
    }
    return new Granted(
        5,
        or(said.getReceiveMaximum(), 65_535),
        or(said.getMaximumQoS(), 2),
        said.getMaximumPacketSize() == null ? Long.MAX_VALUE : said.getMaximumPacketSize(),
        said.getSessionExpiryInterval() == null ? Long.MAX_VALUE : said.getSessionExpiryInterval(),
        or(said.getServerKeepAlive(), 0),
        said.isRetainAvailable() == null || said.isRetainAvailable());
  }

  private static int or(Integer said, int otherwise) {
    return said == null ? otherwise : said;
  }

  @Override
  public CompletionStage<Integer> subscribe(Map<String, Integer> filters) {
    CompletableFuture<Integer> worst = new CompletableFuture<>();
    MqttSubscription[] all =
        filters.entrySet().stream()
            .map(f -> new MqttSubscription(f.getKey(), f.getValue()))
            .toArray(MqttSubscription[]::new);
    try {
      client.subscribe(all, null, listener(worst, FiveClient::worst), new MqttProperties());
    } catch (MqttException e) {
      worst.completeExceptionally(e);
    }
    return worst;
  }

  private static int worst(IMqttToken token) {
    int[] codes = token.getReasonCodes();
    return codes == null ? 0 : Arrays.stream(codes).max().orElse(0);
  }

  @Override
  public CompletionStage<Integer> publish(String topic, byte[] payload, long expirySeconds) {
    MqttMessage message = new MqttMessage(payload, 1, false, new MqttProperties());
    message
        .getProperties()
        .setMessageExpiryInterval(Math.min(0xffff_fffeL, Math.max(1, expirySeconds)));
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try {
      client.publish(topic, message, null, listener(code, FiveClient::worst));
    } catch (MqttException e) {
      // Client not connected, or too many in progress.
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

  private static <T> MqttActionListener listener(
      CompletableFuture<T> answer, Function<IMqttToken, T> read) {
    return new MqttActionListener() {
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
    public void disconnected(MqttDisconnectResponse response) {
      events.lost(
          response.getException() != null
              ? "connection lost: " + ConnectTrouble.words(response.getException())
              : "connection lost: MQTT "
                  + response.getReturnCode()
                  + " "
                  + response.getReasonString());
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      events.arrived(
          topic, message.getPayload(), message.getId(), message.getQos(), message.isRetained());
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      LOG.warn("MQTT client: {}", exception.getMessage());
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
      // Every publish has its own listener.
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
      // The connect token's listener goes on from there; subscribing here is known to deadlock.
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
      // No enhanced authentication is used.
    }
  }
}
