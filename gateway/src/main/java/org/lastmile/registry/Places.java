package org.lastmile.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lastmile.warning.AdminArea;

/**
 * Which village has which code. Learns from every row that gives both, then answers for rows that
 * give only one of them; makes a code up, and says so, when nobody gave any.
 */
final class Places {
  /** Made-up villages stand at the end of their town's numbers, where real ones rarely are. */
  private static final int LAST_VILLAGE = 999;

  private static final String NO_TOWN = "000000000";
  private static final String NO_AREA = "000000000000";

  private final Map<String, Set<String>> codesByVillage = new HashMap<>();
  private final Map<String, Set<String>> codesByTown = new HashMap<>();
  private final TreeMap<String, String> names = new TreeMap<>();
  private final Map<String, String> madeUp = new HashMap<>();

  /** Learns from one row, and repairs its code in place. */
  void learn(Line line) {
    String code = code(line);
    String town = line.text("乡镇");
    String village = line.text("村");
    if (code.isEmpty()) {
      return;
    }
    if (!town.isEmpty()) {
      String townCode = code.substring(0, 9) + "000";
      codesByTown.computeIfAbsent(Cells.key(town), t -> new TreeSet<>()).add(townCode);
      names.putIfAbsent(townCode, town);
    }
    if (!village.isEmpty() && !code.endsWith("000")) {
      codesByVillage.computeIfAbsent(key(town, village), v -> new TreeSet<>()).add(code);
      codesByVillage.computeIfAbsent(key("", village), v -> new TreeSet<>()).add(code);
      String known = names.putIfAbsent(code, village);
      if (known != null && !Cells.key(known).equals(Cells.key(village))) {
        line.notice("行政区划代码", "代码 " + code + " 既是“" + known + "”又是“" + village + "”", "核对代码");
      }
    }
  }

  /** Takes an area that is known from before. */
  void know(AdminArea area) {
    names.put(area.code(), area.name());
    Map<String, Set<String>> codes = area.code().endsWith("000") ? codesByTown : codesByVillage;
    String key = area.code().endsWith("000") ? Cells.key(area.name()) : key("", area.name());
    codes.computeIfAbsent(key, k -> new TreeSet<>()).add(area.code());
  }

  /** Learns a row of the table of areas. */
  void name(Line line) {
    String code = code(line);
    String name = line.text("名称");
    if (code.isEmpty() || name.isEmpty()) {
      line.problem("行政区划代码", "行政区划表的一行缺代码或名称", "两列都填上");
      return;
    }
    know(new AdminArea(code, name));
  }

  /** The code of a row as 12 digits; empty when it has none that can be read. */
  private static String code(Line line) {
    String digits = Cells.narrow(line.text("行政区划代码")).replaceAll("\\s", "");
    if (digits.isEmpty()) {
      return "";
    }
    if (digits.matches("\\d{6}|\\d{9}")) {
      digits = digits + "0".repeat(12 - digits.length());
      line.notice("行政区划代码", "代码不足 12 位，已补零为 " + digits, "填 12 位代码");
    }
    if (!digits.matches("\\d{12}")) {
      line.problem("行政区划代码", "“" + digits + "”不是 12 位数字", "以文本格式填 12 位代码");
      line.set("行政区划代码", "");
      return "";
    }
    line.set("行政区划代码", digits);
    return digits;
  }

  /**
   * The code for a row, after all rows were learnt from; empty when the row names no place at all.
   * Call only for rows that need one.
   */
  String codeOf(Line line) {
    String own = line.text("行政区划代码");
    String town = line.text("乡镇");
    String village = line.text("村");
    if (!own.isEmpty() && (!own.endsWith("000") || village.isEmpty())) {
      return own;
    }
    if (village.isEmpty()) {
      Set<String> towns = codesByTown.getOrDefault(Cells.key(town), Set.of());
      if (towns.size() == 1) {
        return towns.iterator().next();
      }
      return town.isEmpty() ? "" : makeUp(line, town, "", own);
    }
    List<String> known = new ArrayList<>();
    Set<String> byBoth = codesByVillage.getOrDefault(key(town, village), Set.of());
    Set<String> byName = codesByVillage.getOrDefault(key("", village), Set.of());
    for (String code : byBoth.isEmpty() ? byName : byBoth) {
      boolean sameTown = town.isEmpty() || !byBoth.isEmpty() || ofTown(code, town);
      if (sameTown && (own.isEmpty() || AdminArea.contains(own, code))) {
        known.add(code);
      }
    }
    if (known.size() > 1) {
      line.notice(
          "村",
          "有 " + known.size() + " 个“" + village + "”（" + String.join("、", known) + "），按第一个处理",
          "填 12 位行政区划代码");
    }
    if (known.isEmpty()) {
      return makeUp(line, town, village, own);
    }
    if (own.isEmpty() && line.knows("行政区划代码")) {
      line.notice("行政区划代码", "没有代码，按同村其他行取 " + known.get(0), "填 12 位代码");
    }
    return known.get(0);
  }

  private boolean ofTown(String code, String town) {
    Set<String> towns = codesByTown.getOrDefault(Cells.key(town), Set.of());
    return towns.isEmpty() || towns.contains(code.substring(0, 9) + "000");
  }

  private String makeUp(Line line, String town, String village, String own) {
    String made = madeUp.get(key(town, village));
    if (made != null) {
      return made;
    }
    Set<String> towns = codesByTown.getOrDefault(Cells.key(town), Set.of());
    String prefix = NO_TOWN;
    if (!own.isEmpty()) {
      prefix = own.substring(0, 9);
    } else if (!towns.isEmpty()) {
      prefix = towns.iterator().next().substring(0, 9);
    } else if (town.isEmpty() && codesByTown.size() == 1) {
      prefix = codesByTown.values().iterator().next().iterator().next().substring(0, 9);
    }
    int number = LAST_VILLAGE;
    while (names.containsKey(prefix + number)) {
      number--;
    }
    String code = prefix + number;
    madeUp.put(key(town, village), code);
    names.put(code, village.isEmpty() ? town : village);
    line.notice(
        "行政区划代码", "台账里没有“" + town + village + "”的代码，暂编为 " + code + "；按行政区划代码发布的预警找不到它", "填 12 位代码");
    return code;
  }

  /**
   * A code for a point's row that names no place at all: the town's when the ledgers know just one,
   * else one that no warning names, so that only the point's position can target it.
   */
  String unplaced(Line line) {
    Set<String> towns = new TreeSet<>();
    codesByTown.values().forEach(towns::addAll);
    String code = towns.size() == 1 ? towns.iterator().next() : NO_AREA;
    line.notice(
        "村",
        "没有写乡镇、村，也没有代码，" + (towns.size() == 1 ? "按全镇 " + code + " 处理" : "只能按坐标发布"),
        "填村和 12 位代码");
    return code;
  }

  /** The village's or town's name for a code; empty when nobody gave one. */
  String name(String code) {
    return names.getOrDefault(code, "");
  }

  /** The name of the town around a code; empty when nobody gave one. */
  String town(String code) {
    return code.isEmpty() ? "" : name(code.substring(0, 9) + "000");
  }

  /** Every area that has a name. */
  List<AdminArea> areas() {
    List<AdminArea> areas = new ArrayList<>();
    names.forEach((code, name) -> areas.add(new AdminArea(code, name)));
    return areas;
  }

  private static String key(String town, String village) {
    return Cells.key(town) + '|' + Cells.key(village);
  }
}
