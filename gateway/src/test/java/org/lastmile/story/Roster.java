package org.lastmile.story;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lastmile.registry.ImportReport;
import org.lastmile.registry.Ledgers;
import org.lastmile.registry.NamedBytes;
import org.lastmile.registry.RegistryImport;

/**
 * A valley of hazard points p1, p2 … in a row. Each has a loudspeaker (v1, v2 …), one responsible
 * person and one household with a phone. The responsible persons take turns in how they can be
 * reached: phone and WeChat, phone alone, WeChat alone, so that no lane can cover for another.
 */
record Roster(int points) {
  static final String VILLAGE = "999901101201";
  static final String OTHER_VILLAGE = "999901101202";

  private static final String SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧";

  Roster {
    if (points > SURNAMES.length()) {
      throw new IllegalArgumentException("there are only " + SURNAMES.length() + " surnames");
    }
  }

  /** Who answers for point number n, from 1. */
  record Responsible(String name, String phone, String openid) {}

  Responsible responsible(int n) {
    String phone = n % 3 == 0 ? "" : "1380000%04d".formatted(n);
    String openid = n % 3 == 2 ? "" : "o-responsible-%d".formatted(n);
    return new Responsible(SURNAMES.charAt(n - 1) + "建国", phone, openid);
  }

  /** The one whose name begins like that. */
  Responsible responsible(String surname) {
    return responsible(SURNAMES.indexOf(surname) + 1);
  }

  /** The phone of the household at point number n. */
  String household(int n) {
    return "1390000%04d".formatted(n);
  }

  List<String> phones() {
    List<String> phones = new ArrayList<>();
    numbers().mapToObj(n -> responsible(n).phone()).filter(p -> !p.isEmpty()).forEach(phones::add);
    numbers().mapToObj(this::household).forEach(phones::add);
    return phones;
  }

  List<String> openids() {
    return numbers().mapToObj(n -> responsible(n).openid()).filter(o -> !o.isEmpty()).toList();
  }

  List<String> loudspeakers() {
    return numbers().mapToObj(n -> "v" + n).toList();
  }

  List<String> ids() {
    return numbers().mapToObj(n -> "p" + n).toList();
  }

  private IntStream numbers() {
    return IntStream.rangeClosed(1, points);
  }

  /** All of it as one workbook, as an office hands it in. */
  byte[] workbook() {
    List<String> places = new ArrayList<>();
    List<String> people = new ArrayList<>();
    List<String> households = new ArrayList<>();
    List<String> speakers = new ArrayList<>();
    places.add("编号,名称,乡镇,村,行政区划代码,经度,纬度,坐标系,灾害类型,威胁户数,威胁人数,撤离路线,安置地点");
    people.add("姓名,职务,级别,电话,A/B角,负责点,行政区划代码,微信openid");
    households.add("户主,电话,村,所属隐患点,人数");
    speakers.add("设备编号,名称,村,经度,纬度,覆盖隐患点");
    for (int n = 1; n <= points; n++) {
      String at = "%.4f,%.4f".formatted(106.9 + n * 0.001, 29.6);
      places.add("p%d,%d号滑坡,青石镇,大湾村,%s,%s,CGCS2000,滑坡,1,4,沿山脊路,村小学".formatted(n, n, VILLAGE, at));
      Responsible who = responsible(n);
      people.add(
          "%s,村民组长,村,%s,A,p%d,%s,%s".formatted(who.name(), who.phone(), n, VILLAGE, who.openid()));
      households.add("%d号户,%s,大湾村,p%d,4".formatted(n, household(n), n));
      speakers.add("v%d,%d号大喇叭,大湾村,%s,p%d".formatted(n, n, at, n));
    }
    ImportReport report =
        RegistryImport.read(
            List.of(
                csv("隐患点台账", places),
                csv("责任人表", people),
                csv("群众花名册", households),
                csv("大喇叭台账", speakers)));
    if (!report.problems().isEmpty()) {
      throw new IllegalStateException("the roster of the tests is wrong: " + report.problems());
    }
    return Ledgers.workbook(report.candidate().entries());
  }

  private static NamedBytes csv(String name, List<String> rows) {
    return new NamedBytes(
        name + ".csv", String.join("\r\n", rows).getBytes(StandardCharsets.UTF_8));
  }
}
