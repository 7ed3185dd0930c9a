package org.lastmile.console;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.channel.Health;

/**
 * How the parts of the channels are, as numbers: modems, links and accounts come and go, so that
 * the rows are made anew each time somebody looks.
 */
final class ModemMetrics {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  /** Facts of a part that are numbers; the first of the names that is there counts. */
  private record Measure(String metric, String help, List<String> facts) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure(
              "lastmile_modem_signal_dbm", "signal that the modem receives", List.of("signal")),
          new Measure(
              "lastmile_modem_queue", "messages that wait in the channel", List.of("queue")),
          new Measure(
              "lastmile_modem_sent_parts", "parts sent since it was found", List.of("sent")),
          new Measure(
              "lastmile_modem_sent_per_minute",
              "parts sent in the last minute",
              List.of("sentPerMinute", "sentLastMinute")),
          new Measure(
              "lastmile_modem_hour_left",
              "parts that the SIM may still send this hour",
              List.of("hourLeft")),
          new Measure(
              "lastmile_modem_day_left",
              "parts that the SIM may still send today",
              List.of("dayLeft")));

  private final Map<String, Supplier<Health>> channels;
  private final MultiGauge channelUp;
  private final MultiGauge partUp;
  private final Map<Measure, MultiGauge> measures = new LinkedHashMap<>();

  ModemMetrics(Map<String, Supplier<Health>> channels, MeterRegistry registry) {
    this.channels = channels;
    channelUp =
        MultiGauge.builder("lastmile_channel_up")
            .description("1 up, 0.5 degraded, 0 down")
            .register(registry);
    partUp =
        MultiGauge.builder("lastmile_channel_part_up")
            .description("a modem, link or account: 1 up, 0.5 degraded, 0 down")
            .register(registry);
    for (Measure m : MEASURES) {
      measures.put(m, MultiGauge.builder(m.metric()).description(m.help()).register(registry));
    }
  }

  /** Looks at every channel; answers from memory. */
  synchronized void refresh() {
    List<MultiGauge.Row<?>> whole = new ArrayList<>();
    List<MultiGauge.Row<?>> parts = new ArrayList<>();
    Map<Measure, List<MultiGauge.Row<?>>> rows = new LinkedHashMap<>();
    measures.keySet().forEach(m -> rows.put(m, new ArrayList<>()));
    channels.forEach(
        (name, check) -> {
          Health health = check.get();
          whole.add(MultiGauge.Row.of(Tags.of("channel", name), up(health.state())));
          for (Health.Part part : health.parts()) {
            Tags tags = Tags.of("channel", name, "part", part.name());
            parts.add(MultiGauge.Row.of(tags, up(part.state())));
            rows.forEach(
                (measure, list) ->
                    value(measure, part)
                        .ifPresent(value -> list.add(MultiGauge.Row.of(tags, value))));
          }
        });
    channelUp.register(whole, true);
    partUp.register(parts, true);
    rows.forEach((measure, list) -> measures.get(measure).register(list, true));
  }

  private static double up(Health.State state) {
    return switch (state) {
      case UP -> 1;
      case DEGRADED -> 0.5;
      case DOWN -> 0;
    };
  }

  private static OptionalDouble value(Measure measure, Health.Part part) {
    for (String fact : measure.facts()) {
      Matcher number = NUMBER.matcher(part.facts().getOrDefault(fact, ""));
      if (number.lookingAt()) {
        return OptionalDouble.of(Double.parseDouble(number.group()));
      }
    }
    return OptionalDouble.empty();
  }
}
