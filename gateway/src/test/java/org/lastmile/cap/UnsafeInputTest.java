package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.CAP;
import static org.lastmile.cap.Inputs.CHINA;
import static org.lastmile.cap.Inputs.JSON;
import static org.lastmile.cap.Inputs.NOW;
import static org.lastmile.cap.Inputs.refused;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnsafeInputTest {

  private static final String BODY = CAP.substring(CAP.indexOf("<alert"));

  @Test
  void nothingThatAnInputNamesIsEverFetched() throws IOException {
    try (ServerSocket trap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      trap.setSoTimeout(1);
      String url = "http://127.0.0.1:" + trap.getLocalPort() + "/";
      String doctype =
          "<!DOCTYPE alert PUBLIC \"-//A/B/EN\" \"%sa.dtd\" [<!ENTITY %% p SYSTEM \"%sp\"> %%p;<!ENTITY x SYSTEM \"%sx\">]>"
              .formatted(url, url, url);
      String places =
          "<alert xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:a "
              + url
              + "a.xsd\" xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\""
              + url
              + "i\"/>";
      String web =
          "<web>"
              + url
              + "w</web><resource><resourceDesc>r</resourceDesc><uri>"
              + url
              + "</uri></resource><area>";

      refused(doctype + BODY.replace("<headline>", "<headline>&x;"));
      Inputs.reading("<?xml-stylesheet type='text/xsl' href='" + url + "s.xsl'?>" + BODY);
      Inputs.reading(BODY.replace("<alert", places.substring(0, places.indexOf(">"))));
      Inputs.reading(BODY.replace("<info>", places.substring(places.indexOf("<xi")) + "<info>"));
      Inputs.read(BODY.replace("<area>", web));

      Assertions.assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(trap::accept);
    }
  }

  @Test
  void aDoctypeIsRefusedWithItsLine() {
    assertThat(refused("<?xml version='1.0'?>\n<!DOCTYPE alert>\n" + BODY))
        .singleElement()
        .satisfies(p -> assertThat(p.line()).isEqualTo(2))
        .satisfies(p -> assertThat(p.what()).contains("DOCTYPE"));
  }

  @Test
  void billionLaughsAreNotExpanded() {
    StringBuilder laughs = new StringBuilder("<!DOCTYPE alert [<!ENTITY l0 \"ha\">");
    for (int i = 1; i < 30; i++) {
      laughs.append("<!ENTITY l%d \"&l%d;&l%d;\">".formatted(i, i - 1, i - 1));
    }
    assertThat(refused(laughs + "]>" + BODY.replace("<headline>", "<headline>&l29;"))).hasSize(1);
  }

  @Test
  void deepNestingIsRefusedInXmlAndJson() {
    assertThat(refused("<a>".repeat(100_000)))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("deeper"));
    assertThat(refused("{\"a\":".repeat(100_000))).hasSize(1);
    assertThat(refused("{\"a\":" + "[".repeat(100_000))).hasSize(1);
  }

  @Test
  void tooManyElementsAttributesOrLongOnesAreRefused() {
    assertThat(refused(CAP.replace("<info>", "<note/>".repeat(XmlTree.MAX_NODES) + "<info>")))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("elements"));
    assertThat(
            refused(
                JSON.replace(
                    "\"status\"",
                    "\"z\": [" + "\"\",".repeat(XmlTree.MAX_NODES) + "\"\"], \"status\"")))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("values"));
    StringBuilder attributes = new StringBuilder("<info");
    for (int i = 0; i < 100; i++) {
      attributes.append(" a").append(i).append("=''");
    }
    assertThat(refused(CAP.replace("<info", attributes)))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("attributes"));
    assertThat(refused(CAP.replace("<info", "<info a='" + "x".repeat(70_000) + "'")))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("attribute"));
  }

  @Test
  void theLimitItselfIsReadAndOneByteMoreIsRefused() {
    byte[] full = (CAP + " ".repeat(WarningReader.DEFAULT_LIMIT)).getBytes(StandardCharsets.UTF_8);
    assertThat(Inputs.read(java.util.Arrays.copyOf(full, WarningReader.DEFAULT_LIMIT)).grade())
        .isNotNull();
    assertThat(refused(java.util.Arrays.copyOf(full, WarningReader.DEFAULT_LIMIT + 1)))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).isEqualTo("8388609 bytes: the limit is 8388608"));
  }

  @Test
  void theLimitIsTheOneGiven() {
    Reading reading = new WarningReader(100, InstantSource.fixed(NOW)).read(new byte[101], CHINA);
    assertThat(reading).isInstanceOf(Reading.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 60, 120, 400, 900, 1000})
  void aCutOffAlertIsRefusedWithALine(int length) {
    assertThat(refused(CAP.substring(0, length)))
        .singleElement()
        .satisfies(p -> assertThat(p.line()).isPositive())
        .satisfies(p -> assertThat(p.what()).contains("not well-formed"));
  }

  @Test
  void brokenXmlNamesTheElementItBrokeIn() {
    assertThat(refused(CAP.replace("</headline>", "</headlin>")))
        .singleElement()
        .satisfies(p -> assertThat(p.path()).isEqualTo("alert/info/headline"))
        .satisfies(p -> assertThat(p.line()).isEqualTo(20));
  }

  @ParameterizedTest
  @CsvSource({
    "<feed xmlns='http://www.w3.org/2005/Atom'/>, Atom feed",
    "<rss/>, RSS feed",
    "<EDXLDistribution xmlns='urn:oasis:names:tc:emergency:EDXL:DE:1.0'/>, EDXL",
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>, SOAP",
    "<html/>, web page",
    "<alerts/>, not alert",
    "[], one warning at a time",
    "'', empty",
    "hello, neither XML nor JSON"
  })
  void whatIsNoWarningIsRefusedWithAClearWord(String input, String word) {
    assertThat(refused(input)).singleElement().satisfies(p -> assertThat(p.what()).contains(word));
  }

  @Test
  void anAlertInsideAnEnvelopeIsRefusedToo() {
    assertThat(refused("<EDXLDistribution><content>" + BODY + "</content></EDXLDistribution>"))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("take the alert out"));
  }

  @Test
  void anInputCannotSwellItsOwnReport() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      many.append("<e").append(i).append("/>");
    }
    assertThat(Inputs.read(CAP.replace("<info>", many + "<info>")).notices()).hasSizeLessThan(110);
  }
}
