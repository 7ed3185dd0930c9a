package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lastmile.cap.Reading;
import org.lastmile.cap.WarningReader;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;

class HornsTest {
  private final Registry registry = Registry.of(Horns.entries(3_300));

  private List<String> told(String cap) {
    Reading reading =
        new WarningReader(1 << 20, Clock.systemUTC())
            .read(cap.getBytes(StandardCharsets.UTF_8), ZoneId.of("Asia/Shanghai"));
    Warning warning = ((Reading.Read) reading).warning();
    assertThat(warning.doubts()).isEmpty();
    return registry.threatened(warning).points().stream()
        .map(Threat.AtPoint::loudspeakers)
        .flatMap(List::stream)
        .map(speaker -> speaker.id())
        .toList();
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(Horns::id).toList();
  }

  @Test
  void aWarningForTheCountyIsForEveryDevice() {
    assertThat(told(Horns.county())).containsExactlyInAnyOrderElementsOf(ids(0, 3_300));
  }

  @Test
  void aVillagesWarningIsForItsHundredAlone() {
    assertThat(told(Horns.village(0))).containsExactlyInAnyOrderElementsOf(ids(0, 100));
    assertThat(told(Horns.village(32))).containsExactlyInAnyOrderElementsOf(ids(3_200, 3_300));
  }
}
