package org.lastmile.channel.loudspeaker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.NotFoundException;
import org.junit.jupiter.api.BeforeAll;
import org.lastmile.channel.Backing;
import org.testcontainers.DockerClientFactory;

/**
 * The same through a Mosquitto in a container made by {@code ops/test-images/build.sh}, where a
 * Docker engine answers.
 */
class ContainerLoudspeakerTest extends BrokerLoudspeakerTest {

  @BeforeAll
  static void look() {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "no Docker engine answers: the same tests run on the installed Mosquitto or the small"
            + " broker");
    assumeTrue(
        imageIsThere(),
        "no image " + ContainerBroker.IMAGE + ": ops/test-images/build.sh makes it");
  }

  private static boolean imageIsThere() {
    try {
      DockerClientFactory.instance().client().inspectImageCmd(ContainerBroker.IMAGE).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  @Override
  Broker broker() {
    Broker broker = new ContainerBroker();
    Backing.note(getClass(), ContainerBroker.IMAGE + " (Testcontainers)");
    return broker;
  }
}
