package org.lastmile.ledger;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PortBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.lastmile.channel.Backing;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** In a container made by {@code ops/test-images/build.sh}, where a Docker engine answers. */
class ContainerRedisLedgerTest extends RedisLedgerCases {
  private static final String IMAGE = "local/redis:7";

  private static GenericContainer<?> redis;
  private static int port;

  @BeforeAll
  static void start() {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "no Docker engine answers: the same tests run on the Redis that LastMile carries");
    assumeTrue(imageIsThere(), "no image " + IMAGE + ": ops/test-images/build.sh makes it");
    // A fixed port: a container that is started again would else get another.
    port = RedisProcess.freePort();
    redis =
        new GenericContainer<>(DockerImageName.parse(IMAGE))
            .withExposedPorts(6379)
            .withCreateContainerCmdModifier(
                create ->
                    create
                        .getHostConfig()
                        .withPortBindings(PortBinding.parse("127.0.0.1:" + port + ":6379")))
            .waitingFor(Wait.forLogMessage(".*Ready to accept connections.*", 1));
    redis.start();
    Backing.note(ContainerRedisLedgerTest.class, IMAGE + " (Testcontainers)");
  }

  private static boolean imageIsThere() {
    try {
      DockerClientFactory.instance().client().inspectImageCmd(IMAGE).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.stop();
    }
  }

  @Override
  RedisAddress address() {
    return RedisAddress.parse("redis://127.0.0.1:" + port);
  }

  @Override
  void kill() {
    redis.getDockerClient().killContainerCmd(redis.getContainerId()).exec();
  }

  @Override
  void revive() {
    redis.getDockerClient().startContainerCmd(redis.getContainerId()).exec();
  }
}
