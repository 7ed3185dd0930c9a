package org.lastmile.dist.bench;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Position;

/** Warnings that differ from each other as the next one of an office does. */
final class Caps {
  /** Degrees, some hundred metres. */
  private static final double MARGIN = 0.001;

  private final SampleTownship township;
  private final AtomicInteger numbers = new AtomicInteger();

  Caps(SampleTownship township) {
    this.township = township;
  }

  /** A red warning for the whole township. */
  String town() {
    String number = "<identifier>B" + numbers.incrementAndGet() + "-";
    return township.redRainstorm(Instant.now()).replaceFirst("<identifier>", number);
  }

  /** A red warning around the points of one of its villages; another village each time. */
  String village() {
    String cap = town();
    HazardPoint any =
        township.entries().points().get(numbers.get() * 7 % township.entries().points().size());
    List<Position> places =
        township.entries().points().stream()
            .filter(p -> p.areaCode().equals(any.areaCode()))
            .map(HazardPoint::position)
            .toList();
    double south = places.stream().mapToDouble(Position::latitude).min().orElseThrow() - MARGIN;
    double north = places.stream().mapToDouble(Position::latitude).max().orElseThrow() + MARGIN;
    double west = places.stream().mapToDouble(Position::longitude).min().orElseThrow() - MARGIN;
    double east = places.stream().mapToDouble(Position::longitude).max().orElseThrow() + MARGIN;
    String box =
        String.format(
            Locale.ROOT,
            "%1$f,%3$f %1$f,%4$f %2$f,%4$f %2$f,%3$f %1$f,%3$f",
            south,
            north,
            west,
            east);
    return cap.replaceFirst("<polygon>[^<]*", "<polygon>" + box);
  }
}
