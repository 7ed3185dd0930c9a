package org.lastmile.warning;

import static org.lastmile.warning.Hazard.Family.AIR;
import static org.lastmile.warning.Hazard.Family.COLD;
import static org.lastmile.warning.Hazard.Family.DROUGHT;
import static org.lastmile.warning.Hazard.Family.EARTHQUAKE;
import static org.lastmile.warning.Hazard.Family.FIRE;
import static org.lastmile.warning.Hazard.Family.FLOOD;
import static org.lastmile.warning.Hazard.Family.GEOLOGICAL;
import static org.lastmile.warning.Hazard.Family.HEAT;
import static org.lastmile.warning.Hazard.Family.MARINE;
import static org.lastmile.warning.Hazard.Family.RAIN;
import static org.lastmile.warning.Hazard.Family.WIND;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The hazards this house knows by national event code, and the Chinese words that name them. Storms
 * that bring rain (台风, 雷雨大风…) stand with RAIN, so that they reach the points that rain threatens.
 */
public final class Hazards {

  private static final List<Hazard> CODED =
      List.of(
          new Hazard("11A01", "洪水", FLOOD),
          new Hazard("11A02", "内涝", FLOOD),
          new Hazard("11A51", "山洪", FLOOD),
          new Hazard("11B01", "台风", RAIN),
          new Hazard("11B03", "暴雨", RAIN),
          new Hazard("11B04", "暴雪", COLD),
          new Hazard("11B05", "寒潮", COLD),
          new Hazard("11B06", "大风", WIND),
          new Hazard("11B07", "沙尘暴", AIR),
          new Hazard("11B09", "高温", HEAT),
          new Hazard("11B14", "雷电", RAIN),
          new Hazard("11B15", "冰雹", RAIN),
          new Hazard("11B16", "霜冻", COLD),
          new Hazard("11B17", "大雾", AIR),
          new Hazard("11B19", "霾", AIR),
          new Hazard("11B20", "雷雨大风", RAIN),
          new Hazard("11B21", "道路结冰", COLD),
          new Hazard("11B22", "干旱", DROUGHT),
          new Hazard("11B25", "森林火险", FIRE),
          new Hazard("11B29", "重污染", AIR),
          new Hazard("11B37", "地质灾害气象风险", GEOLOGICAL),
          new Hazard("11C02", "地震", EARTHQUAKE),
          new Hazard("11D01", "滑坡", GEOLOGICAL),
          new Hazard("11D02", "泥石流", GEOLOGICAL),
          new Hazard("11E02", "风暴潮", MARINE),
          new Hazard("11E06", "海浪", MARINE),
          new Hazard("11G01", "森林火灾", FIRE),
          new Hazard("11G05", "草原火灾", FIRE));

  /** Hazards that people name and that have no code of their own here. */
  private static final List<Hazard> UNCODED =
      List.of(
          new Hazard("", "强对流", RAIN),
          new Hazard("", "龙卷", RAIN),
          new Hazard("", "低温", COLD),
          new Hazard("", "冰冻", COLD),
          new Hazard("", "崩塌", GEOLOGICAL),
          new Hazard("", "塌陷", GEOLOGICAL),
          new Hazard("", "地裂缝", GEOLOGICAL),
          new Hazard("", "不稳定斜坡", GEOLOGICAL),
          new Hazard("", "海啸", MARINE),
          new Hazard("", "火灾", FIRE));

  /** Other words for the same hazard, and the code they stand for. */
  private static final Map<String, String> OTHER_WORDS =
      Map.ofEntries(
          Map.entry("中小河流洪水", "11A01"),
          Map.entry("渍涝", "11A02"),
          Map.entry("强降雨", "11B03"),
          Map.entry("强降水", "11B03"),
          Map.entry("热带风暴", "11B01"),
          Map.entry("沙尘", "11B07"),
          Map.entry("浓雾", "11B17"),
          Map.entry("雾霾", "11B19"),
          Map.entry("灰霾", "11B19"),
          Map.entry("雷暴大风", "11B20"),
          Map.entry("火险", "11B25"),
          Map.entry("空气污染", "11B29"),
          Map.entry("地质灾害", "11B37"),
          Map.entry("山体滑坡", "11D01"),
          Map.entry("山火", "11G01"),
          Map.entry("林火", "11G01"));

  private static final Map<String, Hazard> BY_CODE =
      CODED.stream().collect(Collectors.toUnmodifiableMap(Hazard::code, hazard -> hazard));
  private static final Map<String, Hazard> BY_WORD = byWord();

  /** The longest word wins where two begin at the same place. */
  private static final Pattern WORD =
      Pattern.compile(
          BY_WORD.keySet().stream()
              .sorted((a, b) -> b.length() - a.length())
              .map(Pattern::quote)
              .collect(Collectors.joining("|")));

  private Hazards() {}

  /** Every hazard that has a national event code, in the order of the codes. */
  public static List<Hazard> all() {
    return CODED;
  }

  /** The hazard of a national event code (11B03); empty for one that is not known here. */
  public static Optional<Hazard> byCode(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /** Every hazard that a Chinese text names, in the order of the text, each once. */
  public static List<Hazard> in(String text) {
    List<Hazard> found = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      Hazard hazard = BY_WORD.get(word.group());
      if (!found.contains(hazard)) {
        found.add(hazard);
      }
    }
    return found;
  }

  private static Map<String, Hazard> byWord() {
    Map<String, Hazard> words = new HashMap<>();
    CODED.forEach(hazard -> words.put(hazard.name(), hazard));
    UNCODED.forEach(hazard -> words.put(hazard.name(), hazard));
    OTHER_WORDS.forEach((word, code) -> words.put(word, BY_CODE.get(code)));
    return Map.copyOf(words);
  }
}
