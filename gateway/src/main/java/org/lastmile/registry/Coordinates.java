package org.lastmile.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.warning.Position;

/**
 * A place as a ledger writes it, in its own coordinate system. When it can't be right there is no
 * position: the area code then still targets the point, a wrong place would hide the doubt.
 *
 * @param position null when there is none
 * @param problem what is wrong; empty = nothing
 * @param notice what was guessed; empty = nothing
 */
record Coordinates(Position position, String problem, String notice) {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,8}(\\.\\d+)?");
  private static final Pattern BETWEEN = Pattern.compile("[\\s°º˚度'′’‘分\"″”“秒:EWNSewns东经北纬西南-]*");

  static Coordinates of(String longitude, String latitude) {
    if (longitude.isBlank() && latitude.isBlank()) {
      return new Coordinates(null, "", "");
    }
    if (longitude.isBlank() || latitude.isBlank()) {
      return wrong("只有经度或只有纬度");
    }
    OptionalDouble lon = degrees(longitude);
    OptionalDouble lat = degrees(latitude);
    String shown = "“" + longitude + "，" + latitude + "”";
    if (lon.isEmpty() || lat.isEmpty()) {
      return wrong(shown + "不是经纬度");
    }
    double x = lon.getAsDouble();
    double y = lat.getAsDouble();
    if (inChina(y, x)) {
      boolean coarse = coarse(longitude) || coarse(latitude);
      return new Coordinates(new Position(y, x), "", coarse ? shown + "不足三位小数，误差可能超过百米" : "");
    }
    if (inChina(x, y)) {
      return new Coordinates(new Position(x, y), "", shown + "经纬度填反了，已对调");
    }
    if (Math.abs(x) > 1000 || Math.abs(y) > 1000) {
      return wrong(shown + "像是以米为单位的平面坐标");
    }
    return wrong(shown + "不在中国范围内");
  }

  private static Coordinates wrong(String problem) {
    return new Coordinates(null, problem, "");
  }

  private static boolean inChina(double latitude, double longitude) {
    return latitude >= 3 && latitude <= 54 && longitude >= 73 && longitude <= 136;
  }

  private static boolean coarse(String text) {
    return text.strip().matches("\\d+(\\.\\d{0,2})?");
  }

  /** Degrees from {@code 106.5512}, {@code 106°33′04.4″}, {@code 东经106度33分4秒}, {@code 106 33 4}. */
  static OptionalDouble degrees(String cell) {
    // Not NFKC: it would take the seconds mark apart.
    String text = cell.strip().replace('．', '.').replace('：', ':');
    StringBuilder narrow = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      narrow.append(c >= '０' && c <= '９' ? (char) (c - '０' + '0') : c);
    }
    Matcher number = NUMBER.matcher(narrow);
    List<Double> parts = new ArrayList<>();
    StringBuilder rest = new StringBuilder();
    while (number.find()) {
      parts.add(Double.parseDouble(number.group()));
      number.appendReplacement(rest, "");
    }
    number.appendTail(rest);
    boolean negative = rest.toString().matches("(?s)\\s*-.*|.*[WSws西南].*");
    boolean sane =
        BETWEEN.matcher(rest).matches()
            && !parts.isEmpty()
            && parts.size() <= 3
            && parts.stream().skip(1).allMatch(p -> p < 60);
    if (!sane) {
      return OptionalDouble.empty();
    }
    double degrees = 0;
    double unit = 1;
    for (double part : parts) {
      degrees += part / unit;
      unit *= 60;
    }
    return OptionalDouble.of(negative ? -degrees : degrees);
  }
}
