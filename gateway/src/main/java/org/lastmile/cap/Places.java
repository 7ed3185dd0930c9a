package org.lastmile.cap;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.regex.Pattern;
import org.lastmile.warning.Area.Circle;
import org.lastmile.warning.Position;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.operation.valid.IsSimpleOp;

/**
 * Reads polygons and circles. What can be mended without guessing is mended with a notice; a shape
 * that cannot be read is a doubt, since somebody inside it would hear nothing.
 */
final class Places {

  private static final GeometryFactory SHAPES = new GeometryFactory();

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d{1,20}(\\.\\d{0,20})?|\\.\\d{1,20})([eE][-+]?\\d{1,2})?");

  private final Findings findings;

  Places(Findings findings) {
    this.findings = findings;
  }

  /** CAP's {@code lat,lon lat,lon …}; null when it is left out. */
  List<Position> ring(Node at, String text) {
    return ring(at, numbers(at, text, "polygon"), false);
  }

  /** A ring of GeoJSON: each child is a position, longitude first; null when it is left out. */
  List<Position> geoJsonRing(Node at) {
    double[] numbers = new double[2 * at.children().size()];
    int filled = 0;
    for (Node position : at.children()) {
      double[] pair = parse(position.text().replace(',', ' '));
      if (pair == null || pair.length < 2) {
        unreadable(at, "polygon");
        return null;
      }
      numbers[filled++] = pair[0];
      numbers[filled++] = pair[1];
    }
    return ring(at, numbers, true);
  }

  /** CAP's {@code lat,lon radius}; null when it is left out. */
  Circle circle(Node at) {
    double[] said = numbers(at, at.text(), "circle");
    if (said == null || said.length != 3) {
      if (said != null) {
        unreadable(at, "circle");
      }
      return null;
    }
    return circle(at, said[0], said[1], said[2]);
  }

  /** A circle from numbers; null when it is left out. */
  Circle circle(Node at, double latitude, double longitude, double radiusKm) {
    double[] centre = {latitude, longitude};
    if (!mendAxes(at, centre) || !(radiusKm >= 0 && radiusKm <= 20_038)) {
      unreadable(at, "circle");
      return null;
    }
    if (radiusKm == 0) {
      findings.notice(at, "circle of radius 0: holds for that very place only");
    }
    return new Circle(new Position(centre[0], centre[1]), radiusKm);
  }

  private List<Position> ring(Node at, double[] numbers, boolean longitudeFirst) {
    if (numbers == null) {
      return null;
    }
    if (numbers.length % 2 != 0) {
      unreadable(at, "polygon");
      return null;
    }
    if (longitudeFirst) {
      swap(numbers);
    }
    if (!mendAxes(at, numbers)) {
      unreadable(at, "polygon");
      return null;
    }
    List<Position> ring = new ArrayList<>();
    for (int i = 0; i < numbers.length; i += 2) {
      Position next = new Position(numbers[i], numbers[i + 1]);
      if (ring.isEmpty() || !ring.get(ring.size() - 1).equals(next)) {
        ring.add(next);
      }
    }
    if (ring.stream().distinct().limit(3).count() < 3) {
      findings.notice(at, "polygon of fewer than three positions: left out");
      return null;
    }
    if (!ring.get(0).equals(ring.get(ring.size() - 1))) {
      findings.notice(at, "polygon not closed: closed");
      ring.add(ring.get(0));
    }
    if (crossesItself(ring)) {
      findings.notice(at, "polygon crosses itself: kept as it is");
    }
    return ring;
  }

  /** The numbers of a text that wants pairs joined by commas; null when left out. */
  private double[] numbers(Node at, String text, String shape) {
    if (text.isEmpty()) {
      return null;
    }
    boolean odd = false;
    StringTokenizer words = new StringTokenizer(text);
    while (words.hasMoreTokens() && !odd) {
      String word = words.nextToken();
      int comma = word.indexOf(',');
      boolean pair = comma > 0 && comma == word.lastIndexOf(',') && comma < word.length() - 1;
      odd = !pair && !(shape.equals("circle") && comma < 0 && !words.hasMoreTokens());
    }
    double[] numbers = parse(text.replace(',', ' ').replace(';', ' ').replace('，', ' '));
    if (numbers == null) {
      unreadable(at, shape);
      return null;
    }
    if (odd) {
      findings.notice(at, shape + " not written as \"lat,lon lat,lon\": numbers taken in pairs");
    }
    return numbers;
  }

  /** Null when one of the words is no finite decimal number. */
  private static double[] parse(String text) {
    StringTokenizer words = new StringTokenizer(text);
    double[] numbers = new double[words.countTokens()];
    for (int i = 0; i < numbers.length; i++) {
      String word = words.nextToken();
      if (!NUMBER.matcher(word).matches()) {
        return null;
      }
      numbers[i] = Double.parseDouble(word);
    }
    return numbers;
  }

  /** Swaps latitude and longitude where only that makes sense; false when nothing does. */
  private boolean mendAxes(Node at, double[] pairs) {
    if (within(pairs, 0, 90) && within(pairs, 1, 180)) {
      if (between(pairs, 0, 73, 90) && between(pairs, 1, 18, 54)) {
        findings.doubt("坐标的经纬度可能颠倒（" + at.path() + "，第 " + at.line() + " 行）：请核对区域");
      }
      return true;
    }
    if (within(pairs, 0, 180) && within(pairs, 1, 90)) {
      swap(pairs);
      findings.notice(at, "latitude and longitude were swapped: put right");
      return true;
    }
    return false;
  }

  private static void swap(double[] pairs) {
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      double first = pairs[i];
      pairs[i] = pairs[i + 1];
      pairs[i + 1] = first;
    }
  }

  private static boolean within(double[] pairs, int from, double limit) {
    return between(pairs, from, -limit, limit);
  }

  private static boolean between(double[] pairs, int from, double low, double high) {
    for (int i = from; i < pairs.length; i += 2) {
      if (!(pairs[i] >= low && pairs[i] <= high)) {
        return false;
      }
    }
    return true;
  }

  private static boolean crossesItself(List<Position> ring) {
    Coordinate[] coordinates =
        ring.stream()
            .map(p -> new Coordinate(p.longitude(), p.latitude()))
            .toArray(Coordinate[]::new);
    return !new IsSimpleOp(SHAPES.createLineString(coordinates)).isSimple();
  }

  private void unreadable(Node at, String shape) {
    findings.notice(at, shape + " cannot be read: left out");
    findings.doubt("区域图形无法识别（" + at.path() + "，第 " + at.line() + " 行）：可能漏掉受影响的地方，请核对区域");
  }
}
