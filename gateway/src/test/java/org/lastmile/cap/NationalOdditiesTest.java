package org.lastmile.cap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.read;

import java.nio.charset.Charset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

/** Shapes that warning services of the world send, which no schema foresees. */
class NationalOdditiesTest {

  private static final String HEAD =
      "<sender>s@example.org</sender><sent>2026-07-05T02:15:00+08:00</sent><status>Actual</status>"
          + "<msgType>Alert</msgType><scope>Public</scope>";

  private static String alert(String body) {
    return "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>i</identifier>"
        + body
        + "</alert>";
  }

  private static String info(String language, String severity, String more) {
    return "<info><language>%s</language><category>Met</category><event>e</event><urgency>Future</urgency><severity>%s</severity><certainty>Likely</certainty>%s</info>"
        .formatted(language, severity, more);
  }

  private static String polygon(int positions) {
    StringBuilder ring = new StringBuilder("<area><areaDesc>a</areaDesc><polygon>");
    for (int i = 0; i <= positions; i++) {
      double angle = 2 * Math.PI * (i % positions) / positions;
      ring.append(
          String.format(Locale.ROOT, "%.6f,%.6f ", 40 + Math.sin(angle), -100 + Math.cos(angle)));
    }
    return ring + "</polygon></area>";
  }

  @Test
  void aCoastlineOfMoreThanAMegabyteIsRead() {
    String input = alert(HEAD + info("en-US", "Severe", polygon(80_000)));
    assertThat(input.length()).isGreaterThan(1_600_000);
    Warning warning = read(input);
    assertThat(warning.area().polygons().get(0).outer()).hasSizeGreaterThan(79_000);
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void aPositionThatRoundingRepeatsIsNoCrossing() {
    assertThat(read(alert(HEAD + info("en-US", "Severe", polygon(100)))).notices()).isEmpty();
  }

  @Test
  void anUpdateOfTheAmericanServiceListsManyReferences() {
    StringBuilder references = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      references.append("w-nws.webmaster@noaa.gov,urn:oid:2.49.0.1.840.0.").append(i);
      references.append(".001.1,2026-07-05T01:00:00-07:00 ");
    }
    String input =
        alert(
            HEAD.replace("Alert<", "Update<")
                + "<references>"
                + references
                + "</references>"
                + info("en-US", "Severe", polygon(4)));
    assertThat(read(input).references()).hasSize(200);
  }

  @Test
  void embeddedSoundIsReadOver() {
    String sound =
        "<resource><resourceDesc>sound</resourceDesc><mimeType>audio/mp3</mimeType><derefUri>"
            + "QUJD".repeat(500_000)
            + "</derefUri></resource>";
    Warning warning = read(alert(HEAD + info("fr-CA", "Extreme", sound + polygon(5))));
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.notices()).isEmpty();
  }

  @Test
  void aHeartbeatIsOfTheSystemAndNeverLive() {
    Warning warning =
        read(
            alert(
                HEAD.replace("Actual", "System")
                    + "<references>a@b.ca,1,2026-07-05T01:00:00-00:00</references>"));
    assertThat(warning.nature()).isEqualTo(Warning.Nature.SYSTEM);
  }

  @Test
  void germanKeysOfTwelveDigitsAreNoChineseCodes() {
    String area =
        "<area><areaDesc>Berlin</areaDesc><geocode><valueName>SHN</valueName><value>110000000000</value>"
            + "</geocode></area>";
    assertThat(read(alert(HEAD + info("DE", "Minor", area))).area().codes()).isEmpty();
  }

  @Test
  void europeanAwarenessLevelsAgreeWithSeverity() {
    String level =
        "<parameter><valueName>awareness_level</valueName><value>3; orange; Severe</value></parameter>";
    String headline = "<headline>Orange Thunderstorm Warning for Somewhere</headline>";
    Warning agreed = read(alert(HEAD + info("en-GB", "Severe", headline + level + polygon(4))));
    Warning against = read(alert(HEAD + info("en-GB", "Minor", headline + level + polygon(4))));
    assertThat(agreed.grade()).isEqualTo(Grade.ORANGE);
    assertThat(agreed.doubts()).isEmpty();
    assertThat(against.doubts()).hasSize(1);
  }

  @Test
  void fourLanguagesAreOneWarning() {
    String infos = "";
    for (String language : new String[] {"he", "en", "ar", "ru"}) {
      infos += info(language, "Moderate", "<headline>" + language + "</headline>" + polygon(4));
    }
    Warning warning = read(alert(HEAD + infos));
    assertThat(warning.headline()).isEqualTo("he");
    assertThat(warning.area().polygons()).hasSize(1);
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void cyrillicInItsOldEncodingIsRead() {
    String input =
        "<?xml version='1.0' encoding='windows-1251'?>"
            + alert(HEAD + info("ru-RU", "Severe", "<headline>Гроза</headline>" + polygon(4)));
    assertThat(read(input.getBytes(Charset.forName("windows-1251"))).headline()).isEqualTo("Гроза");
  }

  @Test
  void aSignatureOfAnyKindDoesNotStopAWarning() {
    String signature =
        "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo>"
            + "<ds:Reference URI='http://127.0.0.1:9/x'><ds:DigestValue>broken</ds:DigestValue></ds:Reference>"
            + "</ds:SignedInfo><ds:SignatureValue>broken</ds:SignatureValue></ds:Signature>";
    String input =
        alert(HEAD + info("en", "Severe", polygon(4))).replace("</alert>", signature + "</alert>");
    assertThat(read(input).notices())
        .containsExactly("the signature is not checked (alert, line 1)");
  }

  @Test
  void aStylesheetACommentAndCdataAreNothingSpecial() {
    String input =
        "<?xml version='1.0' standalone='yes'?><?xml-stylesheet href='x.xsl'?><!-- c -->"
            + alert(
                HEAD
                    + info(
                        "en",
                        "Severe",
                        "<headline>a<!-- c -->b<![CDATA[<c>]]></headline>" + polygon(4)));
    assertThat(read(input).headline()).isEqualTo("ab<c>");
  }

  @Test
  void anEndlessHeadlineIsCutWithANotice() {
    String endless = "<headline>" + "𠮷".repeat(5_000) + "</headline>";
    Warning warning = read(alert(HEAD + info("zh-CN", "Severe", endless + polygon(4))));
    assertThat(warning.headline().getBytes(UTF_8)).hasSize(500 * 4);
    assertThat(warning.notices()).singleElement().asString().contains("cut");
  }

  @Test
  void cautionAsExerciseIsNoDrill() {
    String headline = "<headline>Exercise caution near rivers</headline>";
    assertThat(read(alert(HEAD + info("en", "Severe", headline + polygon(4)))).doubts()).isEmpty();
  }
}
