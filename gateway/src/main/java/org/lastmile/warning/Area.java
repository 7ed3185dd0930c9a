package org.lastmile.warning;

import java.util.List;

/**
 * Where a warning holds: the union of all that it names.
 *
 * @param description as the sender worded it
 * @param codes administrative codes of 12 digits; one with trailing zeros stands for everything
 *     below it
 */
public record Area(
    String description, List<Polygon> polygons, List<Circle> circles, List<String> codes) {

  public Area {
    polygons = List.copyOf(polygons);
    circles = List.copyOf(circles);
    codes = List.copyOf(codes);
  }

  /** True when it names no place that can be computed with. */
  public boolean isEmpty() {
    return polygons.isEmpty() && circles.isEmpty() && codes.isEmpty();
  }

  /** A closed ring (first = last) with holes; either direction. */
  public record Polygon(List<Position> outer, List<List<Position>> holes) {
    public Polygon {
      outer = List.copyOf(outer);
      holes = List.copyOf(holes);
    }
  }

  /** Radius in kilometres, as CAP has it. */
  public record Circle(Position centre, double radiusKm) {}
}
