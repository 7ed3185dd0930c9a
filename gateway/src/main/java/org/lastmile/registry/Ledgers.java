package org.lastmile.registry;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Part;

/**
 * Writes a registry as ledgers that the import reads back: the way out of the house for an office's
 * own data, and, with no rows, the template. No cell runs as a formula.
 */
public final class Ledgers {
  private Ledgers() {}

  /** The tables as one workbook, a sheet each. */
  public static byte[] workbook(Entries entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(bytes, "LastMile", "1.0")) {
      tables(entries).forEach((table, rows) -> sheet(workbook.newWorksheet(table.title()), rows));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** The tables as CSV files by table name, UTF-8 with BOM so that Excel shows Chinese. */
  public static List<NamedBytes> csv(Entries entries) {
    List<NamedBytes> files = new ArrayList<>();
    tables(entries)
        .forEach(
            (table, rows) -> {
              StringWriter text = new StringWriter();
              text.write('\uFEFF');
              try (CsvWriter csv = CsvWriter.builder().build(text)) {
                rows.forEach(csv::writeRecord);
              } catch (IOException e) {
                throw new IllegalStateException("writing to memory does not fail", e);
              }
              files.add(
                  new NamedBytes(
                      table.title() + ".csv", text.toString().getBytes(StandardCharsets.UTF_8)));
            });
    return files;
  }

  /** The four tables with their headers and no rows. */
  public static byte[] template() {
    return workbook(Entries.NONE);
  }

  private static void sheet(Worksheet sheet, List<List<String>> rows) {
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        String cell = rows.get(row).get(column);
        if (!cell.isEmpty()) {
          sheet.value(row, column, cell);
        }
      }
    }
    for (int column = 0; column < rows.get(0).size(); column++) {
      sheet.style(0, column).bold().set();
      // Text format, so that Excel keeps the digits of phones and codes that people type in.
      sheet.style(column).format("@").set();
      sheet.width(column, 16);
    }
    sheet.freezePane(0, 1);
  }

  /** Header row and rows of every table, cells neutralised. */
  private static Map<Table, List<List<String>>> tables(Entries entries) {
    Map<Table, List<List<String>>> tables = new LinkedHashMap<>();
    put(tables, Table.POINTS, entries, entries.points(), HazardPoint::id, Ledgers::cells);
    put(tables, Table.PEOPLE, entries, entries.people(), ResponsiblePerson::id, Ledgers::cells);
    put(tables, Table.RESIDENTS, entries, entries.residents(), Resident::id, Ledgers::cells);
    put(
        tables,
        Table.LOUDSPEAKERS,
        entries,
        entries.loudspeakers(),
        Loudspeaker::id,
        Ledgers::cells);
    if (!entries.areas().isEmpty()) {
      put(
          tables,
          Table.AREAS,
          entries,
          entries.areas(),
          area -> area.code(),
          area -> Map.of("行政区划代码", area.code(), "名称", area.name()));
    }
    return tables;
  }

  private static <T> void put(
      Map<Table, List<List<String>>> tables,
      Table table,
      Entries entries,
      List<T> records,
      java.util.function.Function<T, String> id,
      java.util.function.Function<T, Map<String, String>> cells) {
    Set<String> header = new LinkedHashSet<>(written(table));
    for (T entry : records) {
      header.addAll(extra(table, entries, id.apply(entry)).keySet());
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.copyOf(header));
    for (T entry : records) {
      Map<String, String> known = cells.apply(entry);
      Map<String, String> extra = extra(table, entries, id.apply(entry));
      rows.add(
          header.stream()
              .map(column -> known.getOrDefault(column, extra.getOrDefault(column, "")))
              .map(Cells::neutral)
              .toList());
    }
    tables.put(table, rows);
  }

  private static Map<String, String> extra(Table table, Entries entries, String id) {
    return entries.extras().getOrDefault(table.title() + ":" + id, Map.of());
  }

  /** Columns we write; those that only older ledgers have are read, not written. */
  private static List<String> written(Table table) {
    return table.columns().stream().filter(c -> !c.matches("坐标|(防灾|监测)责任人(电话)?")).toList();
  }

  private static Map<String, String> cells(HazardPoint point) {
    return Map.ofEntries(
        Map.entry("编号", point.id()),
        Map.entry("名称", point.name()),
        Map.entry("乡镇", point.town()),
        Map.entry("村", point.village()),
        Map.entry("组", point.group()),
        Map.entry("行政区划代码", point.areaCode()),
        Map.entry("经度", longitude(point.position())),
        Map.entry("纬度", latitude(point.position())),
        Map.entry("坐标系", point.position() == null ? "" : "WGS-84"),
        Map.entry("灾害类型", String.join("、", point.kinds())),
        Map.entry("规模", point.scale()),
        Map.entry("险情等级", point.riskGrade()),
        Map.entry("威胁户数", count(point.households())),
        Map.entry("威胁人数", count(point.people())),
        Map.entry("报警信号", point.signal()),
        Map.entry("撤离路线", point.route()),
        Map.entry("安置地点", point.shelter()),
        Map.entry("备注", point.note()));
  }

  private static Map<String, String> cells(ResponsiblePerson person) {
    return Map.ofEntries(
        Map.entry("姓名", person.name()),
        Map.entry("职务", person.title()),
        Map.entry(
            "级别",
            switch (person.level()) {
              case COUNTY -> "县";
              case TOWN -> "乡";
              case VILLAGE -> "村";
              case GROUP -> "组";
            }),
        Map.entry("电话", person.phone()),
        Map.entry("备用电话", person.backupPhone()),
        Map.entry("A/B角", person.part() == Part.LEADER ? "领导" : person.part().name()),
        Map.entry("负责点", String.join("、", person.points())),
        Map.entry("组", person.group()),
        Map.entry("行政区划代码", person.areaCode()),
        Map.entry("微信openid", person.openid()),
        Map.entry("企业微信", person.wecom()),
        Map.entry("更新日期", person.updated() == null ? "" : person.updated().toString()));
  }

  private static Map<String, String> cells(Resident resident) {
    return Map.ofEntries(
        Map.entry("户主", resident.name()),
        Map.entry("电话", resident.phone()),
        Map.entry("村", resident.village()),
        Map.entry("组", resident.group()),
        Map.entry("行政区划代码", resident.areaCode()),
        Map.entry("所属隐患点", resident.point()),
        Map.entry("人数", count(resident.people())),
        Map.entry("重点人群", String.join("、", resident.keyGroups())),
        Map.entry("帮扶人", resident.helperName()),
        Map.entry("帮扶人电话", resident.helperPhone()),
        Map.entry("微信openid", resident.openid()));
  }

  private static Map<String, String> cells(Loudspeaker loudspeaker) {
    return Map.ofEntries(
        Map.entry("设备编号", loudspeaker.id()),
        Map.entry("名称", loudspeaker.name()),
        Map.entry("村", loudspeaker.village()),
        Map.entry("组", loudspeaker.group()),
        Map.entry("行政区划代码", loudspeaker.areaCode()),
        Map.entry("经度", longitude(loudspeaker.position())),
        Map.entry("纬度", latitude(loudspeaker.position())),
        Map.entry("坐标系", loudspeaker.position() == null ? "" : "WGS-84"),
        Map.entry("覆盖隐患点", String.join("、", loudspeaker.points())),
        Map.entry("型号", loudspeaker.model()),
        Map.entry("播报方式", loudspeaker.playMode()));
  }

  private static String count(int number) {
    return number == 0 ? "" : String.valueOf(number);
  }

  private static String latitude(Position position) {
    return position == null ? "" : degrees(position.latitude());
  }

  private static String longitude(Position position) {
    return position == null ? "" : degrees(position.longitude());
  }

  /** A centimetre is enough. */
  private static String degrees(double degrees) {
    return String.format(Locale.ROOT, "%.7f", degrees);
  }
}
