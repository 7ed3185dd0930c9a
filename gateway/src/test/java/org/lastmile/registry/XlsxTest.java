package org.lastmile.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.lastmile.registry.Ledger.read;
import static org.lastmile.registry.Ledger.words;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.ResponsiblePerson;

class XlsxTest {

  /** A workbook of one sheet from rows of cells: String, Number, LocalDate or null. */
  private static NamedBytes xlsx(String sheetName, Object[]... rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(bytes, "test", "1.0")) {
      fill(workbook.newWorksheet(sheetName), rows);
    }
    return new NamedBytes("台账.xlsx", bytes.toByteArray());
  }

  private static void fill(Worksheet sheet, Object[]... rows) {
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < rows[row].length; column++) {
        Object cell = rows[row][column];
        if (cell instanceof Number number) {
          sheet.value(row, column, number);
        } else if (cell instanceof LocalDate date) {
          sheet.value(row, column, date);
          sheet.style(row, column).format("yyyy-mm-dd").set();
        } else if (cell != null) {
          sheet.value(row, column, (String) cell);
        }
      }
    }
  }

  private static Object[] row(Object... cells) {
    return cells;
  }

  @Test
  void numbersAndDatesThatExcelMadeOfThemAreReadAsPeopleTypedThem() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(bytes, "test", "1.0")) {
      fill(
          workbook.newWorksheet("Sheet1"),
          row("隐患点台账"),
          row("编号", "名称", null, "村", "行政区划代码", "灾害类型", "经度", "纬度"),
          row(101, "大湾滑坡", null, "大湾村", 999901101201L, "滑坡", 106.90112, 29.60123));
      fill(
          workbook.newWorksheet("Sheet2"),
          row("姓名", "电话", "A/B角", "负责点", "更新日期"),
          row("王建国", 13800001234L, "A", 101, LocalDate.of(2026, 4, 20)));
      fill(workbook.newWorksheet("说明"), row("本表由镇应急办填写"));
    }

    ImportReport report = read(new NamedBytes("台账.xlsx", bytes.toByteArray()));

    assertThat(report.problems()).isEmpty();
    assertThat(report.candidate().points())
        .extracting(HazardPoint::id, HazardPoint::areaCode, HazardPoint::village)
        .containsExactly(tuple("101", "999901101201", "大湾村"));
    assertThat(report.candidate().points().get(0).position().longitude()).isEqualTo(106.90112);
    assertThat(report.candidate().people())
        .extracting(ResponsiblePerson::phone, ResponsiblePerson::points, ResponsiblePerson::updated)
        .containsExactly(tuple("13800001234", List.of("101"), LocalDate.of(2026, 4, 20)));
    assertThat(words(report.notices()))
        .anyMatch(n -> n.contains("台账.xlsx/说明") && n.contains("未采用"));
  }

  @Test
  void remarksCountRowsAsTheSpreadsheetDoes() throws IOException {
    ImportReport report =
        read(
            xlsx(
                "点",
                row("青石镇隐患点台账"),
                row(),
                row("编号", "名称", "村", "灾害类型", "威胁户数"),
                row(),
                row("P01", "大湾滑坡", "大湾村", "滑坡", "若干")));

    assertThat(words(report.problems()))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("台账.xlsx/点 第 5 行“威胁户数”", "若干"));
  }

  @Test
  void whatIsWrittenOutIsReadBackTheSameAndRunsNoFormula() throws IOException {
    Entries before =
        read(
                Ledger.csv(
                    "点.csv",
                    "编号|名称|乡镇|村|组|行政区划代码|经度|纬度|坐标系|灾害类型|撤离路线|备注|自定义",
                    "P01|=cmd()|青石镇|大湾村|一组|999901101201|106.90112|29.60123|WGS-84|滑坡、山洪|+上山|@注意|-1"),
                Ledger.csv(
                    "人.csv",
                    "姓名|职务|级别|电话|备用电话|A/B角|负责点|行政区划代码|微信openid|企业微信|更新日期",
                    "王建国|支书|村|13800001234|13800001235|A|P01|999901101201|o1|w1|2026-04-20",
                    "钱组长|组长|组|13800001236||领导||999901101201|||"),
                Ledger.csv(
                    "户.csv",
                    "户主|电话|村|组|所属隐患点|人数|重点人群|帮扶人|帮扶人电话",
                    "孙|13800001237|大湾村|一组|P01|3|低保|王建国|"),
                Ledger.csv(
                    "叭.csv",
                    "设备编号|名称|村|组|经度|纬度|坐标系|覆盖隐患点|型号|播报方式",
                    "D1|喇叭|大湾村|一组|106.90|29.601|WGS-84|P01|YX|自动"))
            .candidate()
            .entries();
    byte[] written = Ledgers.workbook(before);

    ImportReport report = read(new NamedBytes("出.xlsx", written));
    assertThat(report.problems()).isEmpty();
    assertThat(report.candidate().entries()).isEqualTo(before);
    ImportReport fromCsv = RegistryImport.read(Ledgers.csv(before));
    assertThat(fromCsv.candidate().entries()).isEqualTo(before);
    try (ReadableWorkbook workbook =
        new ReadableWorkbook(new java.io.ByteArrayInputStream(written))) {
      assertThat(workbook.getFirstSheet().read().get(1).stream())
          .filteredOn(cell -> cell != null && cell.getType() == CellType.STRING)
          .extracting(cell -> cell.getText())
          .contains("'=cmd()", "'+上山", "'@注意", "'-1")
          .noneMatch(text -> Cells.isFormula(text));
    }
  }

  @Test
  void theTemplateHasAllFourTablesAndImportsAsEmpty() {
    ImportReport report = read(new NamedBytes("模板.xlsx", Ledgers.template()));
    assertThat(report.rows()).isEqualTo(Map.of("隐患点台账", 0, "责任人表", 0, "群众花名册", 0, "大喇叭台账", 0));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void aZipBombIsRefused() throws IOException {
    byte[] zeros = new byte[1 << 20];
    NamedBytes bomb =
        zip(
            zip -> {
              zip.putNextEntry(new ZipEntry("xl/worksheets/sheet1.xml"));
              for (int i = 0; i < 8; i++) {
                zip.write(zeros);
              }
            });
    assertThat(words(read(bomb).problems())).anyMatch(p -> p.contains("压缩炸弹"));

    NamedBytes crowd =
        zip(
            zip -> {
              for (int i = 0; i <= Limits.ZIP_ENTRIES; i++) {
                zip.putNextEntry(new ZipEntry("e" + i));
              }
            });
    assertThat(words(read(crowd).problems())).anyMatch(p -> p.contains("个文件"));
  }

  @Test
  void aZipThatIsNoWorkbookIsRefused() throws IOException {
    NamedBytes other =
        zip(
            zip -> {
              zip.putNextEntry(new ZipEntry("readme.txt"));
              zip.write("hello".getBytes(StandardCharsets.UTF_8));
            });
    assertThat(words(read(other).problems())).anyMatch(p -> p.contains("另存"));
    byte[] cut = Ledgers.template();
    assertThat(words(read(new NamedBytes("断.xlsx", Arrays.copyOf(cut, cut.length / 2))).problems()))
        .anyMatch(p -> p.contains("断.xlsx"));
  }

  @Test
  void anEntityInAWorkbookIsNeverFetched() throws IOException {
    NamedBytes evil =
        zip(
            zip -> {
              put(
                  zip,
                  "[Content_Types].xml",
                  "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>");
              put(
                  zip,
                  "xl/_rels/workbook.xml.rels",
                  "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
              put(
                  zip,
                  "xl/workbook.xml",
                  "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>");
              put(
                  zip,
                  "xl/worksheets/sheet1.xml",
                  "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&e;</t></is></c></row></sheetData></worksheet>");
            });
    ImportReport report = read(evil);
    assertThat(report.candidate()).isNull();
    assertThat(words(report.problems())).isNotEmpty().noneMatch(p -> p.contains("root:"));
  }

  private interface Filling {
    void into(ZipOutputStream zip) throws IOException;
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static NamedBytes zip(Filling filling) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      filling.into(zip);
    }
    return new NamedBytes("zip.xlsx", bytes.toByteArray());
  }
}
