package org.lastmile.story;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * A warning as a weather office writes it, in CAP 1.2, over the whole valley.
 *
 * @param colour 红, 橙, 黄 or 蓝
 * @param about the alert that it updates or cancels; null = none
 */
record Alert(
    String identifier, Instant sent, String type, String status, String colour, Alert about) {
  private static final String SENDER = "qx@yunling.example";

  static Alert red(String identifier) {
    return new Alert(identifier, now(), "Alert", "Actual", "红", null);
  }

  static Alert orange(String identifier) {
    return new Alert(identifier, now(), "Alert", "Actual", "橙", null);
  }

  Alert drill() {
    return new Alert(identifier, sent, type, "Exercise", colour, about);
  }

  /** Kept and never sent to anybody. */
  Alert test() {
    return new Alert(identifier, sent, type, "Test", colour, about);
  }

  Alert updateTo(String newColour, String newIdentifier) {
    return new Alert(newIdentifier, now(), "Update", status, newColour, this);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  byte[] bytes() {
    return xml().getBytes(StandardCharsets.UTF_8);
  }

  private String xml() {
    String severity = colour.equals("红") ? "Extreme" : "Severe";
    String references =
        about == null
            ? ""
            : "<references>%s,%s,%s</references>"
                .formatted(SENDER, about.identifier(), time(about.sent()));
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
          <identifier>%s</identifier><sender>%s</sender><sent>%s</sent>
          <status>%s</status><msgType>%s</msgType><scope>Public</scope>%s
          <info>
            <language>zh-CN</language><category>Met</category><event>暴雨</event>
            <urgency>Immediate</urgency><severity>%s</severity><certainty>Likely</certainty>
            <eventCode><valueName>NationalEventCode</valueName><value>11B03</value></eventCode>
            <expires>%s</expires>
            <senderName>云岭县气象台</senderName>
            <headline>云岭县气象台发布暴雨%s色预警</headline>
            <area><areaDesc>大湾村</areaDesc><polygon>29.5,106.8 29.7,106.8 29.7,107.1 29.5,107.1 29.5,106.8</polygon></area>
          </info>
        </alert>
        """
        .formatted(
            identifier,
            SENDER,
            time(sent),
            status,
            type,
            references,
            severity,
            time(sent.plus(6, ChronoUnit.HOURS)),
            colour);
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(at.atOffset(ZoneOffset.ofHours(8)));
  }
}
