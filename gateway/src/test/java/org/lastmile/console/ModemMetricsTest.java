package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;

class ModemMetricsTest {

  @Test
  void every_modem_has_its_rows_and_one_that_is_gone_has_none() {
    AtomicReference<List<Health.Part>> parts = new AtomicReference<>();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ModemMetrics metrics = new ModemMetrics(Map.of("sms", () -> Health.of(parts.get())), registry);
    parts.set(
        List.of(
            new Health.Part(
                "/dev/ttyUSB0",
                Health.State.UP,
                "",
                Map.of(
                    "signal",
                    "-71 dBm",
                    "queue",
                    "2",
                    "sent",
                    "140",
                    "sentPerMinute",
                    "11",
                    "hourLeft",
                    "120",
                    "dayLeft",
                    "800")),
            new Health.Part(
                "/dev/ttyUSB1", Health.State.DOWN, "no SIM", Map.of("signal", "unknown"))));
    metrics.refresh();
    String text = registry.scrape();
    assertThat(text)
        .contains("lastmile_channel_up{channel=\"sms\"} 0.5")
        .contains("lastmile_channel_part_up{channel=\"sms\",part=\"/dev/ttyUSB0\"} 1.0")
        .contains("lastmile_channel_part_up{channel=\"sms\",part=\"/dev/ttyUSB1\"} 0.0")
        .contains("lastmile_modem_signal_dbm{channel=\"sms\",part=\"/dev/ttyUSB0\"} -71.0")
        .contains("lastmile_modem_queue{channel=\"sms\",part=\"/dev/ttyUSB0\"} 2.0")
        .contains("lastmile_modem_sent_parts{channel=\"sms\",part=\"/dev/ttyUSB0\"} 140.0")
        .contains("lastmile_modem_sent_per_minute{channel=\"sms\",part=\"/dev/ttyUSB0\"} 11.0")
        .contains("lastmile_modem_hour_left{channel=\"sms\",part=\"/dev/ttyUSB0\"} 120.0")
        .contains("lastmile_modem_day_left{channel=\"sms\",part=\"/dev/ttyUSB0\"} 800.0")
        .doesNotContain("signal_dbm{channel=\"sms\",part=\"/dev/ttyUSB1\"}");
    parts.set(List.of());
    metrics.refresh();
    assertThat(registry.scrape())
        .doesNotContain("ttyUSB0")
        .contains("lastmile_channel_up{channel=\"sms\"} 0.0");
  }
}
