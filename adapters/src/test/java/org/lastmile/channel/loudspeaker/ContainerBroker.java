package org.lastmile.channel.loudspeaker;

import com.github.dockerjava.api.model.PortBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Mosquitto in a container; it lets everybody in. Its port stays the same when it comes back. */
final class ContainerBroker implements Broker {
  static final String IMAGE = "local/mosquitto:2";
  private static final String READY = ".*mosquitto version .* running.*";

  private final int port = freePort();
  private final GenericContainer<?> container;

  ContainerBroker() {
    container =
        new GenericContainer<>(DockerImageName.parse(IMAGE))
            .withExposedPorts(1883)
            .withCreateContainerCmdModifier(
                create ->
                    create
                        .getHostConfig()
                        .withPortBindings(PortBinding.parse("127.0.0.1:" + port + ":1883")))
            .waitingFor(Wait.forLogMessage(READY, 1));
    container.start();
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void kill() {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void start() {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    container.stop();
  }
}
