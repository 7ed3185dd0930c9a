package org.lastmile.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Area;
import org.lastmile.warning.Position;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.prep.PreparedGeometry;
import org.locationtech.jts.geom.prep.PreparedGeometryFactory;
import org.locationtech.jts.geom.util.GeometryFixer;

/**
 * A warning's area, ready to be asked about places. Rings are taken as senders draw them: either
 * direction, unclosed or crossing themselves, each repair with a notice. A shape that can't be used
 * at all is said, never dropped in silence.
 */
final class Shape {
  /**
   * Mean radius of the earth; a sphere is good to 0.5 %, far inside what a warning's area means.
   */
  private static final double EARTH_KM = 6371.0088;

  /** A circle without a radius still means a place. */
  private static final double SMALLEST_KM = 1;

  private static final GeometryFactory GEOMETRY = new GeometryFactory();

  private final List<PreparedGeometry> polygons = new ArrayList<>();
  private final List<Area.Circle> circles = new ArrayList<>();
  private final List<String> prefixes = new ArrayList<>();

  private Shape() {}

  /** Reads an area; what was odd goes to {@code notices}. */
  static Shape of(Area area, Consumer<String> notices) {
    Shape shape = new Shape();
    int number = 0;
    for (Area.Polygon polygon : area.polygons()) {
      shape.addPolygon(polygon, ++number, notices);
    }
    for (Area.Circle circle : area.circles()) {
      if (circle.radiusKm() > 0) {
        shape.circles.add(circle);
      } else {
        notices.accept("圆形区域半径为 " + circle.radiusKm() + " 公里，按 " + SMALLEST_KM + " 公里处理，请核对");
        shape.circles.add(new Area.Circle(circle.centre(), SMALLEST_KM));
      }
    }
    for (String code : area.codes()) {
      shape.addCode(code, notices);
    }
    return shape;
  }

  private void addPolygon(Area.Polygon polygon, int number, Consumer<String> notices) {
    LinearRing outer = ring(polygon.outer(), "多边形 " + number, notices);
    if (outer == null) {
      return;
    }
    List<LinearRing> holes = new ArrayList<>();
    for (List<Position> hole : polygon.holes()) {
      LinearRing ring = ring(hole, "多边形 " + number + " 的空洞", notices);
      if (ring != null) {
        holes.add(ring);
      }
    }
    Geometry geometry = GEOMETRY.createPolygon(outer, holes.toArray(LinearRing[]::new));
    if (!geometry.isValid()) {
      geometry = GeometryFixer.fix(geometry);
      notices.accept("多边形 " + number + " 的边自相交或空洞越界，已修复后使用，请核对范围");
    }
    if (geometry.isEmpty()) {
      notices.accept("多边形 " + number + " 没有面积，无法使用，请核对范围");
      return;
    }
    polygons.add(PreparedGeometryFactory.prepare(geometry));
  }

  /** Null when fewer than three different corners are left. */
  private static LinearRing ring(List<Position> corners, String where, Consumer<String> notices) {
    List<Coordinate> path = new ArrayList<>();
    for (Position corner : corners) {
      Coordinate next = new Coordinate(corner.longitude(), corner.latitude());
      if (path.isEmpty() || !path.get(path.size() - 1).equals2D(next)) {
        path.add(next);
      }
    }
    if (path.stream().distinct().count() < 3) {
      notices.accept(where + " 少于三个不同的顶点，无法使用，请核对范围");
      return null;
    }
    if (!path.get(0).equals2D(path.get(path.size() - 1))) {
      path.add(path.get(0).copy());
      notices.accept(where + " 首尾不相连，已自动闭合");
    }
    return GEOMETRY.createLinearRing(path.toArray(Coordinate[]::new));
  }

  private void addCode(String code, Consumer<String> notices) {
    String digits = code.strip();
    if (digits.matches("\\d{2}|\\d{4}|\\d{6}|\\d{9}")) {
      digits = digits + "0".repeat(12 - digits.length());
    }
    if (digits.matches("\\d{12}")) {
      add(digits);
    } else {
      notices.accept("行政区划代码“" + code + "”不是 12 位数字，无法使用");
    }
  }

  /** Adds a code that was found by other means than the sender's own words. */
  void add(String code) {
    prefixes.add(AdminArea.prefix(code));
  }

  /** True when nothing is left that places can be compared with. */
  boolean isEmpty() {
    return polygons.isEmpty() && circles.isEmpty() && prefixes.isEmpty();
  }

  /** True when it has a polygon or a circle. */
  boolean drawn() {
    return !polygons.isEmpty() || !circles.isEmpty();
  }

  /** Boxes outside of which no place is inside a polygon or circle. */
  List<Envelope> boxes() {
    List<Envelope> boxes = new ArrayList<>();
    polygons.forEach(p -> boxes.add(p.getGeometry().getEnvelopeInternal()));
    for (Area.Circle circle : circles) {
      double latitude = circle.centre().latitude();
      double up = Math.toDegrees(circle.radiusKm() / EARTH_KM) * 1.01;
      double widest = Math.cos(Math.toRadians(Math.min(89.9, Math.abs(latitude) + up)));
      double aside = Math.min(360, up / widest);
      double longitude = circle.centre().longitude();
      boxes.add(new Envelope(longitude - aside, longitude + aside, latitude - up, latitude + up));
    }
    return boxes;
  }

  /** True when a polygon (edge included) or a circle holds the place. */
  boolean holds(Position place) {
    for (Area.Circle circle : circles) {
      if (km(circle.centre(), place) <= circle.radiusKm()) {
        return true;
      }
    }
    Geometry point = GEOMETRY.createPoint(new Coordinate(place.longitude(), place.latitude()));
    return polygons.stream().anyMatch(p -> p.covers(point));
  }

  /**
   * True when a code names the area or one around it. An area that is known only roughly (its
   * ledger gave the town's code for a place in a village) may lie in a village that is named.
   *
   * @param areaPrefix the area's code without the zeros that pad it
   */
  boolean names(String areaPrefix) {
    return prefixes.stream().anyMatch(p -> areaPrefix.startsWith(p) || p.startsWith(areaPrefix));
  }

  /** Great-circle distance in kilometres. */
  static double km(Position a, Position b) {
    double lat1 = Math.toRadians(a.latitude());
    double lat2 = Math.toRadians(b.latitude());
    double dLat = Math.sin((lat2 - lat1) / 2);
    double dLon = Math.sin(Math.toRadians(b.longitude() - a.longitude()) / 2);
    double h = dLat * dLat + Math.cos(lat1) * Math.cos(lat2) * dLon * dLon;
    return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
  }
}
