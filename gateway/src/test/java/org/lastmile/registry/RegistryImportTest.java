package org.lastmile.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.lastmile.registry.Ledger.csv;
import static org.lastmile.registry.Ledger.read;
import static org.lastmile.registry.Ledger.words;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Hazard.Family;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;

class RegistryImportTest {
  private static final String[] POINTS = {
    "编号|名称|乡镇|村|组|行政区划代码|经度|纬度|坐标系|灾害类型|规模|险情等级|威胁户数|威胁人数|报警信号|撤离路线|安置地点|备注",
    "P01|大湾滑坡|青石镇|大湾村|1组|999901101201|106.90110|29.60120|WGS-84|滑坡|小型|较大|12|40|敲锣|沿山脊路|村委会|",
    "P02|石河山洪|青石镇|石河村|二组|999901101202|106.93110|29.60140|CGCS2000|山洪、泥石流|中型|一般|8户|约25人|哨子|上公路|小学|雨季"
  };
  private static final String[] PEOPLE = {
    "姓名|职务|级别|电话|备用电话|A/B角|负责点|行政区划代码|微信openid|企业微信|更新日期",
    "王建国|村支书|村|+86 138 0000 1234|0231234567|A|P01，P02|999901101201|oAbc||2026年4月20日",
    "李秀英|网格员|村|13900005678||B角|大湾滑坡|||lixy|2026/4/2",
    "赵镇长|镇长|乡|13700001111||||999901101000|||",
    "钱组长|一组组长|组|13600002222||||999901101201|||"
  };
  private static final String[] RESIDENTS = {
    "户主|电话|村|组|所属隐患点|人数|重点人群|帮扶人|微信openid",
    "孙大爷||大湾村|第一组|P01|2|特困;残疾人|李秀英|",
    "周小妹|１３５００００３３３３|石河村|二组|P02|4||吴干部 13400004444|oXyz"
  };
  private static final String[] SPEAKERS = {
    "设备编号|名称|村|经度|纬度|覆盖隐患点|型号|播报方式", "D-01|大湾大喇叭|大湾村|106.9012|29.6013|P01、P02|YX-20|自动"
  };

  @Test
  void fourTablesInTheirCanonicalFormBecomeARegistry() {
    ImportReport report =
        read(
            csv("点.csv", POINTS),
            csv("人.csv", PEOPLE),
            csv("户.csv", RESIDENTS),
            csv("喇叭.csv", SPEAKERS));

    assertThat(report.problems()).isEmpty();
    assertThat(report.rows()).isEqualTo(Map.of("隐患点台账", 2, "责任人表", 4, "群众花名册", 2, "大喇叭台账", 1));
    Registry registry = report.candidate();
    HazardPoint point = registry.point("P02").orElseThrow();
    assertThat(point.name()).isEqualTo("石河山洪");
    assertThat(point.households()).isEqualTo(8);
    assertThat(point.people()).isEqualTo(25);
    assertThat(point.kinds()).containsExactly("山洪", "泥石流");
    assertThat(point.families()).containsExactlyInAnyOrder(Family.FLOOD, Family.GEOLOGICAL);
    assertThat(point.route()).isEqualTo("上公路");
    assertThat(registry.point("P01").orElseThrow().group()).isEqualTo("一组");

    assertThat(registry.people())
        .extracting(
            ResponsiblePerson::name,
            ResponsiblePerson::part,
            ResponsiblePerson::level,
            ResponsiblePerson::phone,
            ResponsiblePerson::points,
            ResponsiblePerson::areaCode,
            ResponsiblePerson::group)
        .containsExactly(
            tuple(
                "王建国",
                Part.A,
                Level.VILLAGE,
                "13800001234",
                List.of("P01", "P02"),
                "999901101201",
                ""),
            tuple("李秀英", Part.B, Level.VILLAGE, "13900005678", List.of("P01"), "999901101201", ""),
            tuple("赵镇长", Part.LEADER, Level.TOWN, "13700001111", List.of(), "999901101000", ""),
            tuple("钱组长", Part.LEADER, Level.GROUP, "13600002222", List.of(), "999901101201", "一组"));
    assertThat(registry.people().get(0).updated()).isEqualTo(LocalDate.of(2026, 4, 20));
    assertThat(registry.people().get(0).backupPhone()).isEqualTo("0231234567");

    assertThat(registry.residents())
        .extracting(
            Resident::name,
            Resident::phone,
            Resident::group,
            Resident::point,
            Resident::keyGroups,
            Resident::helperName,
            Resident::helperPhone,
            Resident::areaCode)
        .containsExactly(
            tuple(
                "孙大爷", "", "一组", "P01", List.of("特困", "残疾人"), "李秀英", "13900005678", "999901101201"),
            tuple(
                "周小妹",
                "13500003333",
                "二组",
                "P02",
                List.of(),
                "吴干部",
                "13400004444",
                "999901101202"));

    assertThat(registry.loudspeakers())
        .extracting(Loudspeaker::id, Loudspeaker::points, Loudspeaker::areaCode)
        .containsExactly(tuple("D-01", List.of("P01", "P02"), "999901101201"));
    assertThat(registry.areas())
        .contains(new AdminArea("999901101000", "青石镇"), new AdminArea("999901101202", "石河村"));
  }

  @Test
  void theOrderOfColumnsAndTablesAndTheEncodingDoNotMatter() {
    String[] shuffled =
        Arrays.stream(POINTS)
            .map(
                row -> {
                  List<String> cells = Arrays.asList(row.split("\\|", -1));
                  java.util.Collections.reverse(cells);
                  return String.join("|", cells);
                })
            .toArray(String[]::new);
    Entries canonical = read(csv("点.csv", POINTS)).candidate().entries();
    byte[] plain = csv("点.csv", POINTS).bytes();
    byte[] withBom = new byte[plain.length + 3];
    withBom[0] = (byte) 0xEF;
    withBom[1] = (byte) 0xBB;
    withBom[2] = (byte) 0xBF;
    System.arraycopy(plain, 0, withBom, 3, plain.length);

    assertThat(read(csv("点.csv", shuffled)).candidate().entries()).isEqualTo(canonical);
    assertThat(read(new NamedBytes("bom.csv", withBom)).candidate().entries()).isEqualTo(canonical);
    assertThat(read(csv("gb.csv", Charset.forName("GB18030"), POINTS)).candidate().entries())
        .isEqualTo(canonical);
    assertThat(
            read(new NamedBytes(
                    "tab.txt",
                    ("\uFEFF"
                            + new String(plain, StandardCharsets.UTF_8).replace("\",\"", "\"\t\""))
                        .getBytes(StandardCharsets.UTF_16LE)))
                .candidate()
                .entries())
        .isEqualTo(canonical);
  }

  @Test
  void semicolonsInsideCellsAreNotTakenForSeparators() {
    String text = "编号,名称,村,灾害类型\nP1,甲,大湾村,滑坡;崩塌;山洪;泥石流;内涝;河道;水库\n";
    String other = "编号;名称;村;灾害类型\nP1;甲;大湾村;滑坡,崩塌,山洪,泥石流,内涝,河道,水库\n";
    for (String file : List.of(text, other)) {
      Registry registry =
          read(new NamedBytes("点.csv", file.getBytes(StandardCharsets.UTF_8))).candidate();
      assertThat(registry.point("P1").orElseThrow().kinds()).hasSize(7);
    }
  }

  @Test
  void aQuoteThatIsNeverClosedDoesNotSwallowTheRestInSilence() {
    String text = "编号,名称,村,灾害类型\nP1,\"甲,大湾村,滑坡\nP2,乙,大湾村,滑坡\n";
    ImportReport report = read(new NamedBytes("点.csv", text.getBytes(StandardCharsets.UTF_8)));
    assertThat(words(report.problems())).anyMatch(p -> p.contains("点.csv") && p.contains("CSV"));
    assertThat(report.candidate()).isNull();
  }

  @Test
  void anOlderLedgerWithItsPersonsOnThePointsOwnRowIsUnderstood() {
    ImportReport report =
        read(
            csv(
                "老台账.csv",
                "青石镇2025年地质灾害隐患点台账||||||||",
                "序号|统一编号|隐患点名称|所在村|灾种|防灾责任人|联系电话|监测责任人|联系电话",
                "1|500-1|大湾滑坡|大湾村|滑坡|王建国|13800001234|李秀英、周平|13900005678、13900005679",
                "2|500-2|石河滑坡|石河村|滑坡|王建国|13800001234|吴刚|13900005680",
                "合计|2||||||"));

    assertThat(report.problems()).isEmpty();
    assertThat(report.candidate().people())
        .extracting(
            ResponsiblePerson::name,
            ResponsiblePerson::part,
            ResponsiblePerson::phone,
            ResponsiblePerson::points)
        .containsExactly(
            tuple("王建国", Part.A, "13800001234", List.of("500-1", "500-2")),
            tuple("李秀英", Part.B, "13900005678", List.of("500-1")),
            tuple("周平", Part.B, "13900005679", List.of("500-1")),
            tuple("吴刚", Part.B, "13900005680", List.of("500-2")));
    assertThat(words(report.notices())).anyMatch(n -> n.contains("合计") && n.contains("略过"));
  }

  @Test
  void headersInTwoRowsAreReadAsOne() {
    ImportReport report =
        read(
            csv(
                "点.csv",
                "编号|名称|村|灾害类型|防灾责任人||监测责任人|",
                "||||姓名|电话|姓名|电话",
                "P01|大湾滑坡|大湾村|滑坡|王建国|13800001234|李秀英|13900005678"));

    assertThat(report.problems()).isEmpty();
    assertThat(report.candidate().points()).hasSize(1);
    assertThat(report.candidate().people())
        .extracting(ResponsiblePerson::name, ResponsiblePerson::phone)
        .containsExactly(tuple("王建国", "13800001234"), tuple("李秀英", "13900005678"));
  }

  @Test
  void everyProblemIsReportedAtOnceWithItsSheetRowColumnAndWhatToDo() {
    ImportReport report =
        read(
            csv(
                "点.csv",
                "编号|名称|村|行政区划代码|经度|纬度|坐标系|灾害类型|威胁户数",
                "P01|大湾滑坡|大湾村|99990110120|106.9|29.6|WGS-84|滑坡|很多",
                "P01|石河滑坡|石河村|999901101202|0|0|WGS-84|滑坡|3"),
            csv(
                "人.csv",
                "姓名|手机号码|A/B角|负责点|更新日期",
                "王建国|1.38E+10|A|P01|去年",
                "|13800001111|A|P01|",
                "李秀英|1380000123|C角|P99|2026-02-30",
                "吴刚|138****1234|B|P01|"),
            csv("喇叭.csv", "设备编号|覆盖隐患点", "D/01|P01", "D02|"));

    assertThat(words(report.problems()))
        .satisfiesExactlyInAnyOrder(
            p -> assertThat(p).contains("点.csv 第 2 行“行政区划代码”", "不是 12 位"),
            p -> assertThat(p).contains("点.csv 第 2 行“威胁户数”", "很多"),
            p -> assertThat(p).contains("点.csv 第 3 行“编号”", "重复", "大湾滑坡"),
            p -> assertThat(p).contains("点.csv 第 3 行“经度”", "不在中国范围"),
            p -> assertThat(p).contains("人.csv 第 2 行“手机号码”", "科学计数法", "11 位"),
            p -> assertThat(p).contains("人.csv 第 2 行“更新日期”", "去年"),
            p -> assertThat(p).contains("人.csv 第 3 行“姓名”", "没有姓名"),
            p -> assertThat(p).contains("人.csv 第 4 行“手机号码”", "10 位"),
            p -> assertThat(p).contains("人.csv 第 4 行“A/B角”", "C角"),
            p -> assertThat(p).contains("人.csv 第 4 行“负责点”", "P99"),
            p -> assertThat(p).contains("人.csv 第 4 行“行政区划代码”", "不知道他负责哪里"),
            p -> assertThat(p).contains("人.csv 第 4 行“更新日期”", "2026-02-30"),
            p -> assertThat(p).contains("人.csv 第 5 行“手机号码”", "星号"),
            p -> assertThat(p).contains("喇叭.csv 第 2 行“设备编号”", "D/01"),
            p -> assertThat(p).contains("喇叭.csv 第 3 行“覆盖隐患点”", "没有村"));
    assertThat(report.complete()).isFalse();
    // What can be read is there all the same: no point is lost to a slip in its row.
    assertThat(report.candidate().points())
        .extracting(HazardPoint::id)
        .containsExactly("P01", "P01-2");
  }

  @Test
  void whatIsMissingToReachEverybodyIsListedBeforeAnyWarning() {
    ImportReport report =
        read(
            csv("点.csv", "编号|名称|村|灾害类型|撤离路线|安置地点", "P01|大湾滑坡|大湾村|滑坡|左|右", "P02|石河滑坡|石河村|滑坡||"),
            csv("人.csv", "姓名|电话|A/B角|负责点", "王建国|13800001234|A|P01", "李秀英||B|P01"),
            csv("户.csv", "户主|电话|所属隐患点|重点人群", "孙大爷||P01|特困", "周小妹||P01|"),
            csv("喇叭.csv", "设备编号|村|覆盖隐患点", "D01|大湾村|P01", "D02|大湾村|"));

    assertThat(report.gaps())
        .extracting(Gap::kind, Gap::name)
        .containsExactly(
            tuple(Gap.Kind.POINT_WITHOUT_POSITION, "大湾滑坡"),
            tuple(Gap.Kind.POINT_UNREACHABLE, "石河滑坡"),
            tuple(Gap.Kind.POINT_WITHOUT_A, "石河滑坡"),
            tuple(Gap.Kind.POINT_WITHOUT_B, "石河滑坡"),
            tuple(Gap.Kind.POINT_WITHOUT_LOUDSPEAKER, "石河滑坡"),
            tuple(Gap.Kind.POINT_WITHOUT_POSITION, "石河滑坡"),
            tuple(Gap.Kind.POINT_WITHOUT_ROUTE, "石河滑坡"),
            tuple(Gap.Kind.PERSON_WITHOUT_ADDRESS, "李秀英"),
            tuple(Gap.Kind.LOUDSPEAKER_COVERS_NOTHING, "D02"),
            tuple(Gap.Kind.KEY_RESIDENT_UNREACHABLE, "孙大爷"));
  }

  @Test
  void aMissingAreaCodeIsTakenFromTheSameVillageOrMadeUpAndSaid() {
    ImportReport report =
        read(
            csv(
                "点.csv",
                "编号|名称|乡镇|村|行政区划代码|灾害类型",
                "P01|甲|青石镇|大湾村|999901101201|滑坡",
                "P02|乙|青石镇|大湾村||滑坡",
                "P03|丙|青石镇|石河村||滑坡",
                "P04|丁|青石镇|石河村|999901101000|滑坡"));

    assertThat(report.candidate().points())
        .extracting(HazardPoint::areaCode)
        .containsExactly("999901101201", "999901101201", "999901101999", "999901101999");
    assertThat(words(report.notices()))
        .anyMatch(n -> n.contains("第 3 行") && n.contains("按同村其他行取 999901101201"))
        .anyMatch(n -> n.contains("第 4 行") && n.contains("暂编为 999901101999"));
  }

  @Test
  void mergedVillageCellsAreFilledFromTheRowAbove() {
    ImportReport report =
        read(csv("点.csv", "编号|名称|村|灾害类型", "P01|甲|大湾村|滑坡", "P02|乙||滑坡", "P03|丙|石河村|滑坡"));

    assertThat(report.candidate().points())
        .extracting(HazardPoint::village)
        .containsExactly("大湾村", "大湾村", "石河村");
    assertThat(words(report.notices())).anyMatch(n -> n.contains("第 3 行") && n.contains("合并单元格"));
  }

  @Test
  void coordinatesInAnySystemAndWritingEndAsTheSamePlace() {
    ImportReport report =
        read(
            csv(
                "点.csv",
                "编号|名称|村|经度|纬度|坐标系|灾害类型",
                "P01|甲|大湾村|116.377817|39.911954|WGS-84|滑坡",
                "P02|乙|大湾村|116.38404722455657|39.91334545536069|GCJ-02|滑坡",
                "P03|丙|大湾村|116°22′40.14″|39°54′43.03″|cgcs2000|滑坡",
                "P04|丁|大湾村|39.911954|116.377817|国家2000|滑坡",
                "P05|戊|大湾村|东经116度22分40.14秒|北纬39度54分43.03秒||滑坡",
                "P06|己|大湾村|36377817|3911954|西安80|滑坡"));

    assertThat(report.candidate().points().subList(0, 5))
        .allSatisfy(
            point -> {
              assertThat(point.position().latitude()).isCloseTo(39.911954, offset());
              assertThat(point.position().longitude()).isCloseTo(116.377817, offset());
            });
    assertThat(report.candidate().points().get(5).position()).isNull();
    assertThat(words(report.problems()))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("第 7 行", "平面坐标"));
    assertThat(words(report.notices()))
        .anyMatch(n -> n.contains("第 5 行") && n.contains("填反"))
        .anyMatch(n -> n.contains("第 6 行") && n.contains("没有填坐标系"));
  }

  private static org.assertj.core.data.Offset<Double> offset() {
    return org.assertj.core.data.Offset.offset(0.00002);
  }

  @Test
  void aSheetWithoutACoordinateSystemIsAskedAboutOnce() {
    ImportReport report =
        read(
            csv(
                "点.csv",
                "编号|名称|村|经度|纬度|灾害类型",
                "P01|甲|大湾村|106.90110|29.60110|滑坡",
                "P02|乙|大湾村|106.90210|29.60210|滑坡"));

    assertThat(words(report.notices()))
        .filteredOn(n -> n.contains("坐标系"))
        .singleElement()
        .satisfies(n -> assertThat(n).contains("GCJ-02", "问清坐标来源"));
  }

  @Test
  void aPointFarFromTheOthersOfItsVillageIsReported() {
    ImportReport report =
        read(
            csv(
                "点.csv",
                "编号|名称|村|经度|纬度|坐标系|灾害类型",
                "P01|甲|大湾村|106.90110|29.60110|WGS-84|滑坡",
                "P02|乙|大湾村|106.90210|29.60210|WGS-84|滑坡",
                "P03|丙|大湾村|106.91110|29.60310|WGS-84|滑坡",
                "P04|丁|大湾村|106.90110|28.60110|WGS-84|滑坡"));

    assertThat(words(report.notices()))
        .filteredOn(n -> n.contains("公里"))
        .singleElement()
        .satisfies(n -> assertThat(n).contains("第 5 行", "约 111 公里"));
  }

  @Test
  void unknownColumnsAreKeptAndWrittenBack() {
    ImportReport report = read(csv("点.csv", "编号|名称|村|灾害类型|威胁财产（万元）", "P01|大湾滑坡|大湾村|滑坡|120"));

    assertThat(words(report.notices())).anyMatch(n -> n.contains("原样保留") && n.contains("威胁财产"));
    Registry again =
        RegistryImport.read(
                List.of(new NamedBytes("出.xlsx", Ledgers.workbook(report.candidate().entries()))))
            .candidate();
    assertThat(again.entries().extras()).containsEntry("隐患点台账:P01", Map.of("威胁财产（万元）", "120"));
  }

  @Test
  void aNewRosterAloneLeavesTheOtherTablesAsTheyAre() {
    Registry before =
        read(csv("点.csv", POINTS), csv("人.csv", PEOPLE), csv("喇叭.csv", SPEAKERS)).candidate();

    ImportReport report =
        RegistryImport.read(
            List.of(csv("人.csv", "姓名|电话|A/B角|负责点", "郑新|13312345678|A|P01")), before);

    assertThat(report.problems()).isEmpty();
    assertThat(report.candidate().points()).isEqualTo(before.points());
    assertThat(report.candidate().loudspeakers()).isEqualTo(before.loudspeakers());
    assertThat(report.candidate().people())
        .extracting(ResponsiblePerson::name)
        .containsExactly("郑新");
    assertThat(words(report.notices())).anyMatch(n -> n.contains("没有大喇叭台账，沿用现有的 1 条"));
  }

  @Test
  void aPersonHasOneIdHoweverManyRowsNameThem() {
    ImportReport report =
        read(
            csv("点.csv", POINTS),
            csv(
                "人.csv",
                "姓名|电话|A/B角|负责点|级别|行政区划代码",
                "王建国|13800001234|A|P01||",
                "王建国|138-0000-1234|A|P02||",
                "王建国|13800001234|||村|999901101201"));

    assertThat(report.candidate().people())
        .extracting(ResponsiblePerson::part, ResponsiblePerson::points)
        .containsExactly(tuple(Part.A, List.of("P01", "P02")), tuple(Part.LEADER, List.of()));
    assertThat(report.candidate().people().stream().map(ResponsiblePerson::id).distinct())
        .hasSize(1);
  }

  @Test
  void filesThatAreNoLedgersAreRefusedWithAReason() {
    assertThat(words(read(csv("菜单.csv", "菜名|价格", "回锅肉|38")).problems()))
        .anyMatch(p -> p.contains("菜单.csv") && p.contains("菜名"));
    assertThat(words(read(new NamedBytes("空.csv", new byte[0])).problems()))
        .anyMatch(p -> p.contains("空.csv") && p.contains("空的"));
    assertThat(
            words(
                read(new NamedBytes(
                        "旧.xls", new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0}))
                    .problems()))
        .anyMatch(p -> p.contains("旧版 xls"));
    assertThat(
            words(
                read(new NamedBytes("坏.xlsx", "PK\3\4 not a zip".getBytes(StandardCharsets.UTF_8)))
                    .problems()))
        .anyMatch(p -> p.contains("坏.xlsx") && p.contains("重新另存"));
    ImportReport people = read(csv("人.csv", PEOPLE));
    assertThat(people.candidate()).isNull();
    assertThat(words(people.problems())).anyMatch(p -> p.contains("没有隐患点台账"));
  }
}
