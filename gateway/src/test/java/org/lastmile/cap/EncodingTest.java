package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.CAP;
import static org.lastmile.cap.Inputs.JSON;
import static org.lastmile.cap.Inputs.cap;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.refused;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.warning.Warning;

class EncodingTest {

  @ParameterizedTest
  @CsvSource({"GB18030, GB18030", "GBK, GBK", "gb2312, GB18030", "UTF-8, UTF-8", "Big5, Big5"})
  void theDeclaredEncodingIsUsed(String declared, String real) {
    String input = cap("UTF-8", declared).replace("请立即转移", "立即");
    if (real.equals("Big5")) {
      input = input.replaceAll("[发预区报时间转镇杂湾气台来量将达毫]", "台");
    }
    Warning warning = read(input.getBytes(Charset.forName(real)));
    assertThat(warning.instruction()).isEqualTo("立即");
    assertThat(warning.doubts().toString()).doesNotContain("乱码");
  }

  @Test
  void latinLettersKeepTheirAccents() {
    String input = cap("UTF-8", "ISO-8859-1").replaceAll("[^\\x00-\\x7F]", "é");
    assertThat(read(input.getBytes(StandardCharsets.ISO_8859_1)).instruction()).isEqualTo("ééééé");
  }

  @ParameterizedTest
  @CsvSource({"EFBBBF, UTF-8", "FEFF, UTF-16BE", "FFFE, UTF-16LE", "'', UTF-16BE", "'', UTF-16LE"})
  void byteOrderMarksAndWideCharactersAreUnderstood(String mark, String charset) {
    for (String input : new String[] {CAP, JSON}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(HexFormat.of().parseHex(mark));
      bytes.writeBytes(input.getBytes(Charset.forName(charset)));
      assertThat(read(bytes.toByteArray()).digest()).isEqualTo(read(input).digest());
    }
  }

  @Test
  void aFileThatSaysUtf16AndIsNotIsRead() {
    Warning warning = read(cap("UTF-8", "utf-16"));
    assertThat(warning.digest()).isEqualTo(read(CAP).digest());
    assertThat(warning.notices()).singleElement().asString().contains("utf-16");
  }

  @Test
  void aFileThatSaysUtf8AndIsGb18030IsReadAndHeld() {
    Warning warning = read(CAP.getBytes(Charset.forName("GB18030")));
    assertThat(warning.headline()).isEqualTo("渝北区气象台发布暴雨红色预警");
    assertThat(warning.doubts()).singleElement().asString().contains("GB18030");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-klingon", "../../etc"})
  void anUnknownEncodingIsTakenAsUtf8(String name) {
    assertThat(read(cap("UTF-8", name)).notices()).singleElement().asString().contains(name);
  }

  @Test
  void bytesThatMeanNothingAreRefused() {
    assertThat(refused(HexFormat.of().parseHex("3C616C6572743EFFFFFF")))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("UTF-8"));
  }
}
