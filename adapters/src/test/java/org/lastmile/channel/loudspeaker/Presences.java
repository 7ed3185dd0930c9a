package org.lastmile.channel.loudspeaker;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.lastmile.channel.Health;

/** Waits for what the channel itself says of its devices. */
final class Presences {
  private Presences() {}

  /** Until that many devices are there; at once if the channel is closed. */
  static void awaitOnline(LoudspeakerChannel channel, int devices) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> isClosed(channel) || online(channel) >= devices);
  }

  static int online(LoudspeakerChannel channel) {
    return channel.check().parts().stream()
        .filter(p -> p.name().equals("devices"))
        .mapToInt(p -> Integer.parseInt(p.facts().get("online")))
        .sum();
  }

  static String fact(LoudspeakerChannel channel, String name) {
    for (Health.Part part : channel.check().parts()) {
      if (part.facts().containsKey(name)) {
        return part.facts().get(name);
      }
    }
    return "";
  }

  private static boolean isClosed(LoudspeakerChannel channel) {
    return channel.check().why().contains("closed");
  }
}
