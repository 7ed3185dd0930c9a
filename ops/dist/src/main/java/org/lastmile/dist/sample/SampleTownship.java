package org.lastmile.dist.sample;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.lastmile.registry.Entries;
import org.lastmile.registry.Ledgers;
import org.lastmile.registry.NamedBytes;
import org.lastmile.warning.Position;

/**
 * A made-up township and the red rainstorm warning that threatens all of it. The same seed gives
 * the same township.
 *
 * @param entries everything about it
 * @param corners of a polygon around it
 */
public record SampleTownship(Entries entries, List<Position> corners) {
  /** No province has the number 99, so no real warning ever names this county. */
  static final String COUNTY_CODE = "999901";

  static final String TOWN_CODE = COUNTY_CODE + "101000";
  static final String COUNTY = "云岭县";
  static final String TOWN = "青石镇";

  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");

  public SampleTownship {
    corners = List.copyOf(corners);
  }

  /**
   * Makes a township.
   *
   * @param points registered hazard points, 1 or more
   * @param speakers loudspeakers, 0 or more; some cover several points, and some points have none
   */
  public static SampleTownship generate(long seed, int points, int speakers) {
    if (points < 1 || speakers < 0) {
      throw new IllegalArgumentException(
          "a township has at least one point and no negative number of loudspeakers: "
              + points
              + ", "
              + speakers);
    }
    return new Builder(seed, points, speakers).build();
  }

  /** Its ledgers as one workbook, a sheet each. */
  public byte[] workbook() {
    return Ledgers.workbook(entries);
  }

  /** Its ledgers as CSV files. */
  public List<NamedBytes> csv() {
    return Ledgers.csv(entries);
  }

  /** The workbook as the import takes it. */
  public List<NamedBytes> files() {
    return List.of(new NamedBytes("青石镇台账.xlsx", workbook()));
  }

  /**
   * A red rainstorm warning over the whole township, as CAP 1.2.
   *
   * @param sent when it is issued; it expires six hours later
   */
  public String redRainstorm(Instant sent) {
    String time = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(sent.atZone(BEIJING).withNano(0));
    String expires =
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            sent.plus(Duration.ofHours(6)).atZone(BEIJING).withNano(0));
    String number =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).format(sent.atZone(BEIJING));
    String spoken =
        DateTimeFormatter.ofPattern("M月d日H时m分", Locale.ROOT).format(sent.atZone(BEIJING));
    StringBuilder polygon = new StringBuilder();
    for (Position corner : corners) {
      polygon.append(
          String.format(Locale.ROOT, "%.4f,%.4f ", corner.latitude(), corner.longitude()));
    }
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
          <identifier>%1$s41600000_%2$s</identifier>
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
            <eventCode>
              <valueName>NationalEventCode</valueName>
              <value>11B03</value>
            </eventCode>
            <effective>%3$s</effective>
            <expires>%4$s</expires>
            <senderName>云岭县气象台</senderName>
            <headline>云岭县气象台发布暴雨红色预警[Ⅰ级/特别严重]</headline>
            <description>云岭县气象台%5$s发布暴雨红色预警：青石镇过去1小时已降雨58毫米，预计未来3小时降雨量将达100毫米以上，山洪、滑坡、泥石流风险很高。</description>
            <instruction>危险区和隐患点群众立即按撤离路线转移到安置地点，停止户外作业，不要靠近河道、沟口和陡坡。</instruction>
            <area>
              <areaDesc>云岭县青石镇</areaDesc>
              <polygon>%6$s</polygon>
            </area>
          </info>
        </alert>
        """
        .formatted(COUNTY_CODE, number, time, expires, spoken, polygon.toString().strip());
  }
}
