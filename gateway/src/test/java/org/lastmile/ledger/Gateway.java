package org.lastmile.ledger;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A program with an embedded Redis, for a test to kill. */
final class Gateway {
  private Gateway() {}

  public static void main(String[] args) throws InterruptedException {
    EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]), Optional.empty());
    System.out.println("server " + redis.pid());
    new CountDownLatch(1).await();
  }
}
