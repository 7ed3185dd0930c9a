package org.lastmile.story;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An office that hands in warning after warning, whatever the gateway goes through. Its alerts are
 * tests in the sense of CAP: kept like any other, and sent to nobody.
 */
final class Poster implements AutoCloseable {
  private final Township town;
  private final List<HttpResponse<String>> answers = new CopyOnWriteArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Thread thread = new Thread(this::post, "poster");
  private volatile boolean done;

  Poster(Township town) {
    this.town = town;
    thread.start();
  }

  private void post() {
    while (!done) {
      answers.add(town.handsIn(Alert.red("posted-" + count.incrementAndGet()).test()));
    }
  }

  boolean wasRefused() {
    return answers.stream().anyMatch(a -> a.statusCode() == 503);
  }

  List<HttpResponse<String>> answers() {
    return answers;
  }

  @Override
  public void close() {
    done = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
