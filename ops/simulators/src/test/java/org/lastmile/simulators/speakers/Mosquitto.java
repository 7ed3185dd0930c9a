package org.lastmile.simulators.speakers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A real broker, where one is installed, and a client of its own that listens to all devices. */
final class Mosquitto extends TestServer {
  private final Path folder;
  private final int port;
  private Process process;
  private MqttClient client;

  Mosquitto() throws Exception {
    folder = Files.createTempDirectory("mosquitto");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start();
  }

  static Optional<Path> installed() {
    return Stream.of(
            "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  void start() throws Exception {
    Path config = folder.resolve("mosquitto.conf");
    Files.write(
        config, List.of("listener " + port + " 127.0.0.1", "allow_anonymous true", "user root"));
    process =
        new ProcessBuilder(installed().orElseThrow().toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    client = new MqttClient("tcp://127.0.0.1:" + port, "watcher-" + System.nanoTime(), null);
    client.setCallback(new Watcher());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setReceiveMaximum(1000);
    Awaitility.await("for mosquitto")
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () -> {
              client.connect(options);
              return true;
            });
    client.subscribe("lm/v1/d/+/rcpt", 1);
    client.subscribe("lm/v1/d/+/state", 1);
  }

  private final class Watcher implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      heard(topic, message.getPayload(), message.isRetained());
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String server) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }

  @Override
  URI uri() {
    return URI.create("mqtt://127.0.0.1:" + port);
  }

  @Override
  void command(String device, byte[] payload, boolean retain) throws MqttException {
    client.publish("lm/v1/d/" + device + "/cmd", payload, 1, retain);
  }

  @Override
  void stop() throws InterruptedException, MqttException {
    client.disconnectForcibly(0, 100);
    client.close(true);
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  @Override
  void end() throws IOException, InterruptedException, MqttException {
    if (process.isAlive()) {
      stop();
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
