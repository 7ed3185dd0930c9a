package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;

/**
 * Devices that did not find themselves among the areas that a command named, though the registry
 * says they stand there: somebody provisioned them otherwise. They are named by their id from then
 * on, and people are told. From any thread.
 */
final class Strangers {
  private static final int MOST = 10_000;
  private static final int EXAMPLES = 5;

  /** Then it is tried again: somebody may have put it right. */
  private static final long FOR = Duration.ofDays(1).toNanos();

  private final LongSupplier nanos;
  private final Map<String, Long> since = new LinkedHashMap<>();

  Strangers(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized void add(String device) {
    if (since.size() < MOST || since.containsKey(device)) {
      since.put(device, nanos.getAsLong());
    }
  }

  /** The content as that device takes it. */
  Content content(Content content, String device) {
    return content.targets().isEmpty() || !contains(device) ? content : alone(content);
  }

  /** The same content, meant for its address alone. */
  static Content alone(Content content) {
    return new Content(
        content.id(),
        content.kind(),
        content.about(),
        content.text(),
        content.fields(),
        content.speech(),
        content.issued(),
        content.playBy(),
        content.priority(),
        content.drill(),
        List.of(),
        content.supersedes());
  }

  private synchronized boolean contains(String device) {
    forget();
    return since.containsKey(device);
  }

  private void forget() {
    long now = nanos.getAsLong();
    since.values().removeIf(at -> now - at > FOR);
  }

  synchronized Health.Part health() {
    forget();
    int count = since.size();
    String some = since.keySet().stream().limit(EXAMPLES).collect(Collectors.joining(", "));
    String why =
        "code or groups differ from the registry's: "
            + some
            + (count > EXAMPLES ? " and " + (count - EXAMPLES) + " more" : "")
            + ". Provision them again";
    return new Health.Part(
        "targets",
        count == 0 ? Health.State.UP : Health.State.DEGRADED,
        count == 0 ? "" : why,
        Map.of("devices provisioned otherwise", Integer.toString(count)));
  }
}
