package org.lastmile.registry;

import java.util.Locale;
import org.lastmile.warning.Position;

/**
 * The coordinate systems that ledgers come in (坐标系), and the way from each to WGS-84. GCJ-02 shifts
 * a place by some hundred metres and BD-09 by more than that: enough for the wrong hamlet.
 */
enum Datum {
  WGS84,
  /** The same as WGS-84 for our purpose: they differ by centimetres. */
  CGCS2000,
  GCJ02,
  BD09,
  /** Named, but not one we can convert. */
  OTHER,
  /** The cell is empty. */
  MISSING;

  /** Semi-major axis and squared eccentricity of the Krasovsky ellipsoid, which GCJ-02 uses. */
  private static final double AXIS = 6378245.0;

  private static final double ECCENTRICITY = 0.006693421622965943;
  private static final double BAIDU = Math.PI * 3000.0 / 180.0;

  static Datum of(String cell) {
    String text = Cells.key(cell).toUpperCase(Locale.ROOT).replaceAll("[-_]", "");
    if (text.isEmpty()) {
      return MISSING;
    }
    if (text.matches(".*(GCJ|火星|高德|腾讯|谷歌中国).*")) {
      return GCJ02;
    }
    if (text.matches(".*(BD09|BD|百度).*")) {
      return BD09;
    }
    if (text.matches(".*(CGCS|2000|天地图).*")) {
      return CGCS2000;
    }
    return text.matches(".*(WGS|84|GPS|北斗).*") ? WGS84 : OTHER;
  }

  /** The same place in WGS-84, good to a metre. */
  Position toWgs84(Position place) {
    return switch (this) {
      case GCJ02 -> unshift(place);
      case BD09 -> unshift(fromBaidu(place));
      default -> place;
    };
  }

  /** GCJ-02 has no closed inverse: shift the guess until it lands on the given place. */
  private static Position unshift(Position gcj) {
    double lat = gcj.latitude();
    double lon = gcj.longitude();
    for (int i = 0; i < 10; i++) {
      Position there = shift(lat, lon);
      lat += gcj.latitude() - there.latitude();
      lon += gcj.longitude() - there.longitude();
    }
    return new Position(lat, lon);
  }

  /** WGS-84 to GCJ-02, by the well-known formula. */
  static Position shift(double latitude, double longitude) {
    double x = longitude - 105;
    double y = latitude - 35;
    double root = Math.sqrt(Math.abs(x));
    double ripple = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2 / 3;
    double north =
        -100
            + 2 * x
            + 3 * y
            + 0.2 * y * y
            + 0.1 * x * y
            + 0.2 * root
            + ripple
            + (20 * Math.sin(y * Math.PI) + 40 * Math.sin(y / 3 * Math.PI)) * 2 / 3
            + (160 * Math.sin(y / 12 * Math.PI) + 320 * Math.sin(y * Math.PI / 30)) * 2 / 3;
    double east =
        300
            + x
            + 2 * y
            + 0.1 * x * x
            + 0.1 * x * y
            + 0.1 * root
            + ripple
            + (20 * Math.sin(x * Math.PI) + 40 * Math.sin(x / 3 * Math.PI)) * 2 / 3
            + (150 * Math.sin(x / 12 * Math.PI) + 300 * Math.sin(x / 30 * Math.PI)) * 2 / 3;
    double radians = Math.toRadians(latitude);
    double magic = 1 - ECCENTRICITY * Math.sin(radians) * Math.sin(radians);
    double meridian = AXIS * (1 - ECCENTRICITY) / (magic * Math.sqrt(magic));
    double parallel = AXIS / Math.sqrt(magic) * Math.cos(radians);
    return new Position(
        latitude + Math.toDegrees(north / meridian), longitude + Math.toDegrees(east / parallel));
  }

  private static Position fromBaidu(Position bd) {
    double x = bd.longitude() - 0.0065;
    double y = bd.latitude() - 0.006;
    double radius = Math.sqrt(x * x + y * y) - 0.00002 * Math.sin(y * BAIDU);
    double angle = Math.atan2(y, x) - 0.000003 * Math.cos(x * BAIDU);
    return new Position(radius * Math.sin(angle), radius * Math.cos(angle));
  }
}
