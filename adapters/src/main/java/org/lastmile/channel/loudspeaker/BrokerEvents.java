package org.lastmile.channel.loudspeaker;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Paho's callbacks of one client, passed on with the client they came from. Nothing waits here. */
final class BrokerEvents implements MqttCallback {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerEvents.class);

  private final BrokerLink link;
  private final MqttAsyncClient from;

  BrokerEvents(BrokerLink link, MqttAsyncClient from) {
    this.link = link;
    this.from = from;
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    String reason =
        response.getException() != null
            ? response.getException().getMessage()
            : "MQTT " + response.getReturnCode() + " " + response.getReasonString();
    link.disconnected(from, "connection lost: " + reason);
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    link.arrived(from, topic, message);
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
