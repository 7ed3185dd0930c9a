package org.lastmile.cap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import org.lastmile.warning.Warning;

/** Inputs to spoil in tests, and short ways to read them. */
final class Inputs {

  static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
  static final Instant NOW = Instant.parse("2026-07-04T18:20:00Z");

  static final String CAP =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
        <identifier>50000041600000_20260705021500</identifier>
        <sender>weather@example.cn</sender>
        <sent>2026-07-05T02:15:00+08:00</sent>
        <status>Actual</status>
        <msgType>Alert</msgType>
        <scope>Public</scope>
        <info>
          <language>zh-CN</language>
          <category>Met</category>
          <event>暴雨</event>
          <urgency>Immediate</urgency>
          <severity>Extreme</severity>
          <certainty>Likely</certainty>
          <eventCode><valueName>code</valueName><value>11B03</value></eventCode>
          <effective>2026-07-05T02:15:00+08:00</effective>
          <expires>2026-07-05T05:15:00+08:00</expires>
          <senderName>渝北区气象台</senderName>
          <headline>渝北区气象台发布暴雨红色预警</headline>
          <description>未来3小时降雨量将达100毫米以上</description>
          <instruction>请立即转移</instruction>
          <area>
            <areaDesc>木耳镇</areaDesc>
            <polygon>29.7,106.5 29.7,106.7 29.9,106.7 29.9,106.5 29.7,106.5</polygon>
            <circle>29.8,106.6 5.5</circle>
            <geocode><valueName>行政区划代码</valueName><value>500112107000</value></geocode>
          </area>
        </info>
      </alert>
      """;

  static final String NATIONAL =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <alert>
        <identifier>50011241600000_20260705021500_1</identifier>
        <sender>渝北区气象台</sender>
        <senderCode>50011241600000</senderCode>
        <sendTime>2026-07-05 02:15:00+08:00</sendTime>
        <status>Actual</status>
        <msgType>Alert</msgType>
        <scope>Public</scope>
        <code>
          <method><methodName>SPEAKER</methodName><message>请立即转移</message><audienceGrp>a,</audienceGrp></method>
          <method><methodName>SMS</methodName><message>暴雨红色预警，请立即转移</message><audienceGrp>b,</audienceGrp></method>
        </code>
        <secClassification>None</secClassification>
        <references/>
        <info>
          <language>zh-CN</language>
          <eventType>11B03</eventType>
          <severity>Red</severity>
          <effective>2026-07-05 02:15:00+08:00</effective>
          <expires/>
          <senderName>渝北区气象台</senderName>
          <headline>渝北区气象台发布暴雨红色预警[I级/特别严重]</headline>
          <description>木耳镇降雨量将达100毫米以上</description>
          <area>
            <areaDesc>木耳镇、茨竹镇</areaDesc>
            <polygon/>
            <circle/>
            <geocode>500112107000,500112108000</geocode>
          </area>
        </info>
      </alert>
      """;

  static final String JSON =
      """
      {
        "identifier": "50000041600000_20260705021500",
        "sender": "weather@example.cn",
        "sent": "2026-07-05T02:15:00+08:00",
        "status": "Actual",
        "type": "Alert",
        "grade": "RED",
        "hazard": "11B03",
        "senderName": "渝北区气象台",
        "headline": "渝北区气象台发布暴雨红色预警",
        "description": "未来3小时降雨量将达100毫米以上",
        "instruction": "请立即转移",
        "texts": { "SPEAKER": "请立即转移" },
        "effective": "2026-07-05T02:15:00+08:00",
        "expires": "2026-07-05T05:15:00+08:00",
        "area": {
          "description": "木耳镇",
          "geometry": {
            "type": "Polygon",
            "coordinates": [
              [[106.5, 29.7], [106.7, 29.7], [106.7, 29.9], [106.5, 29.9], [106.5, 29.7]],
              [[106.55, 29.75], [106.6, 29.75], [106.6, 29.8], [106.55, 29.75]]
            ]
          },
          "circles": [ { "latitude": 29.8, "longitude": 106.6, "radiusKm": 5.5 } ],
          "codes": ["500112107000"]
        },
        "references": [
          "50000041600000_20260705011500",
          { "sender": "weather@example.cn", "identifier": "a", "sent": "2026-07-05T01:00:00+08:00" }
        ]
      }
      """;

  private static final WarningReader READER =
      new WarningReader(WarningReader.DEFAULT_LIMIT, InstantSource.fixed(NOW));

  private Inputs() {}

  /** The CAP input with one piece replaced; fails when the piece is not there. */
  static String cap(String piece, String by) {
    return with(CAP, piece, by);
  }

  static String national(String piece, String by) {
    return with(NATIONAL, piece, by);
  }

  static String json(String piece, String by) {
    return with(JSON, piece, by);
  }

  static String with(String input, String piece, String by) {
    assertThat(input).contains(piece);
    return input.replace(piece, by);
  }

  static Reading reading(byte[] input) {
    return READER.read(input, CHINA);
  }

  static Reading reading(String input) {
    return reading(input.getBytes(UTF_8));
  }

  static Warning read(byte[] input) {
    Reading reading = reading(input);
    assertThat(reading).isInstanceOf(Reading.Read.class);
    return ((Reading.Read) reading).warning();
  }

  static Warning read(String input) {
    return read(input.getBytes(UTF_8));
  }

  static List<Reading.Problem> refused(byte[] input) {
    Reading reading = reading(input);
    assertThat(reading).isInstanceOf(Reading.Refused.class);
    return ((Reading.Refused) reading).problems();
  }

  static List<Reading.Problem> refused(String input) {
    return refused(input.getBytes(UTF_8));
  }
}
