package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.CAP;
import static org.lastmile.cap.Inputs.cap;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.refused;
import static org.lastmile.cap.Inputs.with;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning;

class CapReadingTest {

  private static final String INFO = CAP.substring(CAP.indexOf("<info>"), CAP.indexOf("</alert>"));

  @Test
  void aGoodAlertIsReadWholeWithoutNoticeOrDoubt() {
    Warning warning = read(CAP);

    assertThat(warning.identity())
        .isEqualTo(
            new Warning.Identity(
                "weather@example.cn",
                "50000041600000_20260705021500",
                Instant.parse("2026-07-04T18:15:00Z")));
    assertThat(warning.type()).isEqualTo(Warning.Type.ALERT);
    assertThat(warning.nature()).isEqualTo(Warning.Nature.ACTUAL);
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.hazard()).isEqualTo(new Hazard("11B03", "暴雨", Hazard.Family.RAIN));
    assertThat(warning.senderName()).isEqualTo("渝北区气象台");
    assertThat(warning.headline()).isEqualTo("渝北区气象台发布暴雨红色预警");
    assertThat(warning.description()).isEqualTo("未来3小时降雨量将达100毫米以上");
    assertThat(warning.instruction()).isEqualTo("请立即转移");
    assertThat(warning.effective()).isEqualTo("2026-07-04T18:15:00Z");
    assertThat(warning.expires()).isEqualTo("2026-07-04T21:15:00Z");
    assertThat(warning.area().description()).isEqualTo("木耳镇");
    assertThat(warning.area().polygons().get(0).outer())
        .startsWith(new Position(29.7, 106.5), new Position(29.7, 106.7))
        .hasSize(5);
    assertThat(warning.area().circles())
        .containsExactly(new Area.Circle(new Position(29.8, 106.6), 5.5));
    assertThat(warning.area().codes()).containsExactly("500112107000");
    assertThat(warning.notices()).isEmpty();
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void everythingThatIdentifiesMustBeThereAndAllThatIsMissingIsToldAtOnce() {
    String input =
        CAP.replaceAll("<identifier>.*</identifier>", "")
            .replaceAll("<sender>.*</sender>", "<sender/>")
            .replaceAll("<sent>.*</sent>", "<sent>soon</sent>");

    assertThat(refused(input))
        .extracting(Reading.Problem::path, Reading.Problem::line)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("alert", 2),
            org.assertj.core.groups.Tuple.tuple("alert", 2),
            org.assertj.core.groups.Tuple.tuple("alert/sent", 5));
    assertThat(refused(input))
        .extracting(Reading.Problem::what)
        .anySatisfy(what -> assertThat(what).contains("identifier"))
        .anySatisfy(what -> assertThat(what).contains("sender"))
        .anySatisfy(what -> assertThat(what).contains("soon"));
  }

  @Test
  void anIdentifierGivenTwiceDifferentlyIsRefused() {
    String input = cap("<sender>", "<identifier>other</identifier><sender>");
    assertThat(refused(input))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("identifier is given more than once"))
        .satisfies(p -> assertThat(p.path()).isEqualTo("alert/identifier[2]"));
  }

  @Test
  void anEndlessIdentifierIsRefused() {
    assertThat(refused(cap("50000041600000_20260705021500", "x".repeat(1001)))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ack", "Error"})
  void answersOfOtherSystemsAreRefused(String type) {
    assertThat(refused(cap(">Alert<", ">" + type + "<")))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("warns nobody"));
  }

  @ParameterizedTest
  @CsvSource({
    "Actual, ACTUAL",
    "Exercise, EXERCISE",
    "System, SYSTEM",
    "Test, TEST",
    "Draft, DRAFT",
    "actual, ACTUAL",
    "Real, MISSING"
  })
  void statusBecomesNature(String status, Warning.Nature nature) {
    assertThat(read(cap(">Actual<", ">" + status + "<")).nature()).isEqualTo(nature);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<status/>", "", "<status>  </status>", "<status>Missing</status>"})
  void aMissingStatusIsNeverLive(String status) {
    Warning warning = read(cap("<status>Actual</status>", status));
    assertThat(warning.nature()).isEqualTo(Warning.Nature.MISSING);
    assertThat(warning.notices()).anySatisfy(n -> assertThat(n).contains("never goes out live"));
  }

  @ParameterizedTest
  @CsvSource({
    "urn:oasis:names:tc:emergency:cap:1.1, CAP 1.1",
    "http://www.incident.com/cap/1.0, CAP 1.0",
    "urn:oasis:names:tc:emergency:cap:1.3, unknown version",
    "'', no namespace"
  })
  void otherVersionsAreReadWithANotice(String namespace, String word) {
    Warning warning = read(cap("urn:oasis:names:tc:emergency:cap:1.2", namespace));
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.notices()).singleElement().asString().contains(word);
  }

  @Test
  void anAlertOfAnotherVocabularyIsRefused() {
    assertThat(refused(cap("urn:oasis:names:tc:emergency:cap:1.2", "urn:burglar")))
        .extracting(Reading.Problem::what)
        .anySatisfy(what -> assertThat(what).contains("unknown namespace"));
  }

  @Test
  void prefixedElementsAreTheSame() {
    String prefixed = CAP.replaceAll("<(/?)(?=[a-zA-Z])", "<$1c:").replace("xmlns=", "xmlns:c=");
    assertThat(read(prefixed)).isEqualTo(read(CAP));
  }

  @Test
  void anElementOfAForeignNamespaceNeverCounts() {
    Warning warning = read(cap("<sender>", "<status xmlns=\"urn:other\">Test</status><sender>"));
    assertThat(warning.nature()).isEqualTo(Warning.Nature.ACTUAL);
    assertThat(warning.notices()).singleElement().asString().contains("unknown element");
  }

  @ParameterizedTest
  @CsvSource({
    "<category>Met</category>, '', no category",
    "<category>Met</category>, <category>Weather</category>, not a word of CAP",
    "<scope>Public</scope>, '', no scope",
    "<sender>, <mood>gloomy</mood><sender>, unknown element \"mood\"",
    "<scope>, <note/><scope>, empty element note",
    "<scope>, <incidents>i</incidents><scope>, scope stands out of order",
    "<headline>, <senderName>again</senderName><headline>, senderName stands more than once"
  })
  void whatFailsTheSchemaIsReadWithANotice(String piece, String by, String notice) {
    Warning warning = read(cap(piece, by));
    assertThat(warning.notices()).anySatisfy(n -> assertThat(n).contains(notice));
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void aNoticeNamesItsPlaceAndCountsItsLike() {
    Warning warning =
        read(
            cap(
                "<area>",
                "<parameter><valueName>a</valueName><value/></parameter>".repeat(3) + "<area>"));
    assertThat(warning.notices())
        .containsExactly(
            "empty element value: taken as not given (alert/info/parameter[1]/value, line 23, and 2"
                + " more)");
  }

  @Test
  void aSignatureIsNotCheckedAndSaysSo() {
    String signature =
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignatureValue>x</SignatureValue>"
            + "</Signature></alert>";
    assertThat(read(cap("</alert>", signature)).notices())
        .singleElement()
        .asString()
        .contains("signature is not checked");
  }

  @Test
  void referencesNameEarlierWarnings() {
    String references =
        "<references>a@b.cn,one,2026-07-05T01:00:00+08:00 气象台 二,two,2026-07-05T01:30:00+08:00\n"
            + "three</references><info>";
    assertThat(read(cap("<info>", references)).references())
        .containsExactly(
            new Warning.Reference("a@b.cn", "one", Instant.parse("2026-07-04T17:00:00Z")),
            new Warning.Reference("气象台 二", "two", Instant.parse("2026-07-04T17:30:00Z")),
            new Warning.Reference(null, "three", null));
  }

  @Test
  void brokenReferencesAreTakenAsBareIdentifiers() {
    Warning warning = read(cap("<info>", "<references>one, two</references><info>"));
    assertThat(warning.references())
        .extracting(Warning.Reference::identifier)
        .containsExactly("one", "two");
    assertThat(warning.notices()).singleElement().asString().contains("bare identifiers");
  }

  @Test
  void aReferenceToItselfIsLeftOut() {
    Warning warning =
        read(cap("<info>", "<references>50000041600000_20260705021500 old</references><info>"));
    assertThat(warning.references()).containsExactly(new Warning.Reference(null, "old", null));
  }

  @Test
  void aLiftThatNamesNothingIsHeld() {
    assertThat(read(cap(">Alert<", ">Cancel<")).doubts())
        .singleElement()
        .asString()
        .contains("references");
  }

  @Test
  void aBareLiftWithReferencesIsNotHeld() {
    String bare = cap(INFO, "<references>old</references>");
    Warning warning = read(with(bare, ">Alert<", ">Cancel<"));
    assertThat(warning.type()).isEqualTo(Warning.Type.CANCEL);
    assertThat(warning.grade()).isNull();
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void anAlertThatSaysNothingIsHeld() {
    assertThat(read(cap(INFO, "")).doubts()).singleElement().asString().contains("没有 info");
  }

  @Test
  void anAlertWithoutAPlaceIsHeld() {
    String input = CAP.replaceAll("(?s)<polygon>.*</geocode>", "");
    assertThat(read(input).doubts()).singleElement().asString().contains("没有可识别的区域");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Restricted", "Private"})
  void whatIsNotPublicIsHeld(String scope) {
    assertThat(read(cap(">Public<", ">" + scope + "<")).doubts())
        .singleElement()
        .asString()
        .contains(scope);
  }

  @ParameterizedTest
  @ValueSource(strings = {"【演练】渝北区发布暴雨红色预警", "暴雨红色预警测试", "This is a test: 暴雨红色预警 exercise"})
  void aDrillMarkedActualIsHeld(String headline) {
    String input = cap("渝北区气象台发布暴雨红色预警", headline);
    assertThat(read(input).doubts()).singleElement().asString().contains("演练或测试");
    assertThat(read(with(input, ">Actual<", ">Exercise<")).doubts()).isEmpty();
    assertThat(read(with(input, ">Actual<", ">Exercise<")).drill()).isTrue();
  }

  @Test
  void expiryBeforeItBeginsIsHeldAndNonsenseIsLeftOut() {
    String expires = "2026-07-05T05:15:00+08:00";
    assertThat(read(cap(expires, "2026-07-05T01:00:00+08:00")).doubts()).hasSize(1);
    assertThat(read(cap(expires, "0001-01-01T00:00:00+00:00")).expires()).isNull();
    assertThat(read(cap(expires, "until it stops")).expires()).isNull();
    assertThat(read(cap(expires, "until it stops")).notices())
        .singleElement()
        .asString()
        .contains("until it stops");
  }

  @Test
  void aWordFromTheFutureOrThePastIsNoted() {
    String sent = "<sent>2026-07-05T02:15:00+08:00";
    assertThat(read(cap(sent, "<sent>2026-07-05T02:21:30+08:00")).notices()).isEmpty();
    assertThat(read(cap(sent, "<sent>2026-07-05T03:15:00+08:00")).notices())
        .singleElement()
        .asString()
        .contains("future");
    assertThat(read(cap(sent, "<sent>2026-07-03T03:15:00+08:00")).notices())
        .singleElement()
        .asString()
        .contains("a day back");
  }

  @Test
  void cap10WroteItsPairsAsNameAndValueInOne() {
    String input =
        cap("urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0")
            .replaceAll("<valueName>(.*?)</valueName><value>(.*?)</value>", "$1=$2");
    assertThat(read(input).hazard().code()).isEqualTo("11B03");
    assertThat(read(input).area().codes()).isEqualTo(List.of("500112107000"));
  }

  @Test
  void lineEndsAndSpaceDoNotMakeAnotherWarning() {
    assertThat(read("\n\n  " + CAP.replace("\n", "\r\n")).digest()).isEqualTo(read(CAP).digest());
  }
}
