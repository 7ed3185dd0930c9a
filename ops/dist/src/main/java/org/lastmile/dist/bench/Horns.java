package org.lastmile.dist.bench;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.registry.Entries;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;

/**
 * A county with a loudspeaker at every point and a hundred points a village; each device is told
 * its own point's name, so that no two commands of a warning are alike.
 */
final class Horns {
  /** The office's practice here: a point is covered when its loudspeaker has played. */
  static final String POLICY =
      """
      name: loudspeakers alone
      rules:
        - { grades: [RED], clauses: [PLAYED] }
        - { grades: [ORANGE, YELLOW, BLUE], clauses: ["PLAYED or DELIVERED"] }
      """;

  private static final String COUNTY = "999901";
  private static final int A_VILLAGE = 100;
  private static final int VILLAGES_A_TOWN = 100;
  private static final double SOUTH = 29.6;
  private static final double WEST = 106.9;

  /** Degrees between neighbouring villages, and how many stand in a row. */
  private static final double STEP = 0.02;

  private static final int ACROSS = 32;
  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Horns() {}

  static String id(int number) {
    return "H%06d".formatted(number);
  }

  /** Twelve digits, of the village that a device stands in. */
  static String area(int number) {
    int village = number / A_VILLAGE;
    return COUNTY + "%03d%03d".formatted(101 + village / VILLAGES_A_TOWN, 200 + village % 100);
  }

  static Entries entries(int count) {
    List<HazardPoint> points = new ArrayList<>();
    List<Loudspeaker> speakers = new ArrayList<>();
    List<AdminArea> areas = new ArrayList<>(List.of(new AdminArea(COUNTY + "000000", "云岭县")));
    for (int i = 0; i < count; i++) {
      String village = "云岭%d村".formatted(1 + i / A_VILLAGE);
      String town = "云岭%d镇".formatted(1 + i / A_VILLAGE / VILLAGES_A_TOWN);
      if (i % (A_VILLAGE * VILLAGES_A_TOWN) == 0) {
        areas.add(new AdminArea(area(i).substring(0, 9) + "000", town));
      }
      if (i % A_VILLAGE == 0) {
        areas.add(new AdminArea(area(i), village));
      }
      String point = "P%06d".formatted(i);
      points.add(point(i, point, town, village));
      speakers.add(
          new Loudspeaker(
              id(i), village + "喇叭" + i, village, null, List.of(point), "", "", "", area(i)));
    }
    return new Entries(points, List.of(), List.of(), speakers, areas, Map.of());
  }

  private static HazardPoint point(int number, String id, String town, String village) {
    return new HazardPoint(
        id,
        village + "滑坡" + number,
        town,
        village,
        "",
        area(number),
        position(number),
        List.of("滑坡"),
        List.of(),
        "",
        "",
        8,
        30,
        "鸣锣",
        "沿村道向东",
        village + "小学",
        "",
        false);
  }

  /** A red warning for the whole county, another one each time. */
  static String county() {
    return red(box(SOUTH - STEP, WEST - STEP, SOUTH + STEP * ACROSS, WEST + STEP * ACROSS));
  }

  /** A red warning for one village, another one each time. */
  static String village(int village) {
    double south = south(village);
    double west = west(village);
    return red(box(south - STEP / 4, west - STEP / 4, south + STEP / 4, west + STEP / 4));
  }

  private static String box(double south, double west, double north, double east) {
    return String.format(
        Locale.ROOT, "%1$f,%2$f %1$f,%4$f %3$f,%4$f %3$f,%2$f %1$f,%2$f", south, west, north, east);
  }

  private static Position position(int number) {
    int village = number / A_VILLAGE;
    int nth = number % A_VILLAGE;
    int column = nth / 10;
    return new Position(
        south(village) + nth % 10 * STEP / 100, west(village) + column * STEP / 100);
  }

  private static double south(int village) {
    int row = village / ACROSS;
    return SOUTH + STEP * row;
  }

  private static double west(int village) {
    return WEST + STEP * (village % ACROSS);
  }

  private static String red(String polygon) {
    Instant now = Instant.now();
    DateTimeFormatter form = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
          <identifier>B%1$d-%2$d</identifier>
          <sender>qx@yunling.example</sender>
          <sent>%3$s</sent>
          <status>Actual</status>
          <msgType>Alert</msgType>
          <scope>Public</scope>
          <info>
            <language>zh-CN</language>
            <category>Met</category>
            <event>暴雨</event>
            <responseType>Evacuate</responseType>
            <urgency>Immediate</urgency>
            <severity>Extreme</severity>
            <certainty>Likely</certainty>
            <eventCode><valueName>NationalEventCode</valueName><value>11B03</value></eventCode>
            <effective>%3$s</effective>
            <expires>%4$s</expires>
            <senderName>云岭县气象台</senderName>
            <headline>云岭县气象台发布暴雨红色预警[Ⅰ级/特别严重]</headline>
            <description>预计未来3小时降雨量将达100毫米以上，山洪、滑坡风险很高。</description>
            <instruction>危险区群众立即转移到安置地点，不要靠近河道和陡坡。</instruction>
            <area>
              <areaDesc>云岭县</areaDesc>
              <polygon>%5$s</polygon>
            </area>
          </info>
        </alert>
        """
        .formatted(
            NUMBERS.incrementAndGet(),
            now.toEpochMilli(),
            form.format(now.atZone(BEIJING).withNano(0)),
            form.format(now.plusSeconds(3 * 3600).atZone(BEIJING).withNano(0)),
            polygon);
  }
}
