package org.lastmile.registry;

import static org.lastmile.warning.Hazard.Family.AIR;
import static org.lastmile.warning.Hazard.Family.COLD;
import static org.lastmile.warning.Hazard.Family.DROUGHT;
import static org.lastmile.warning.Hazard.Family.EARTHQUAKE;
import static org.lastmile.warning.Hazard.Family.FIRE;
import static org.lastmile.warning.Hazard.Family.FLOOD;
import static org.lastmile.warning.Hazard.Family.GEOLOGICAL;
import static org.lastmile.warning.Hazard.Family.HEAT;
import static org.lastmile.warning.Hazard.Family.MARINE;
import static org.lastmile.warning.Hazard.Family.OTHER;
import static org.lastmile.warning.Hazard.Family.RAIN;
import static org.lastmile.warning.Hazard.Family.WIND;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Hazard.Family;
import org.lastmile.warning.HazardPoint;

/**
 * Which hazard threatens which kind of point. What is not known on either side threatens: a point
 * too many costs a call, a point too few costs lives.
 */
final class Matching {

  /** Families of points that a family of hazards threatens; families not named here: any point. */
  private static final Map<Family, Set<Family>> THREATENS = new EnumMap<>(Family.class);

  static {
    THREATENS.put(RAIN, EnumSet.of(RAIN, FLOOD, GEOLOGICAL));
    THREATENS.put(FLOOD, EnumSet.of(RAIN, FLOOD, GEOLOGICAL));
    THREATENS.put(GEOLOGICAL, EnumSet.of(GEOLOGICAL));
    THREATENS.put(WIND, EnumSet.of(WIND, FIRE));
    THREATENS.put(HEAT, EnumSet.of(HEAT, DROUGHT, FIRE));
    THREATENS.put(COLD, EnumSet.of(COLD));
    THREATENS.put(DROUGHT, EnumSet.of(DROUGHT, FIRE));
    THREATENS.put(FIRE, EnumSet.of(FIRE));
    THREATENS.put(MARINE, EnumSet.of(MARINE, FLOOD));
    THREATENS.put(AIR, EnumSet.of(AIR));
    THREATENS.put(EARTHQUAKE, EnumSet.allOf(Family.class));
    THREATENS.put(OTHER, EnumSet.allOf(Family.class));
  }

  /** Hazards that bring rain and wind together, whichever family the source put them in. */
  private static final Pattern RAIN_AND_WIND = Pattern.compile("台风|雷|强对流|龙卷");

  /** A word of a ledger's 灾害类型, and the families that threaten such a point. */
  private static final Map<Pattern, Set<Family>> KINDS =
      Map.ofEntries(
          kind("泥石流", GEOLOGICAL, FLOOD),
          kind("尾矿|渣场|弃渣", GEOLOGICAL, FLOOD),
          kind("滑坡|崩塌|塌陷|地裂缝|斜坡|边坡|高切坡|危岩|切坡|沉降|塌岸|地质", GEOLOGICAL),
          kind("山洪|洪|河|溪|沟口|低洼|内涝|积水|水库|山塘|塘坝|堤|涵洞|漫水桥|淹", FLOOD),
          kind("暴雨", RAIN),
          kind("危房|土坯房", RAIN, WIND, COLD, EARTHQUAKE),
          kind("广告牌|塔吊|大棚|工棚|高空|大风", WIND),
          kind("高层", FIRE, WIND),
          kind("火|林区|林场|草原", FIRE),
          kind("结冰|冰|雪|低温", COLD),
          kind("干旱|缺水|饮水", DROUGHT),
          kind("高温", HEAT),
          kind("海|码头|渔港|风暴潮", MARINE, WIND));

  private Matching() {}

  private static Map.Entry<Pattern, Set<Family>> kind(String words, Family... families) {
    return Map.entry(Pattern.compile(words), EnumSet.copyOf(List.of(families)));
  }

  /**
   * The families that threaten a point of these kinds. Empty when the ledger names no kind or one
   * that this house does not know: then any hazard does.
   */
  static List<Family> families(List<String> kinds) {
    Set<Family> all = EnumSet.noneOf(Family.class);
    for (String word : kinds) {
      Set<Family> known = EnumSet.noneOf(Family.class);
      KINDS.forEach(
          (pattern, families) -> {
            if (pattern.matcher(word).find()) {
              known.addAll(families);
            }
          });
      if (known.isEmpty()) {
        return List.of();
      }
      all.addAll(known);
    }
    return new ArrayList<>(all);
  }

  /** True when the hazard threatens the point. */
  static boolean threatens(Hazard hazard, HazardPoint point) {
    if (point.families().isEmpty() || hazard == null || hazard.family() == null) {
      return true;
    }
    Set<Family> threatened = EnumSet.copyOf(THREATENS.get(hazard.family()));
    if (hazard.name() != null && RAIN_AND_WIND.matcher(hazard.name()).find()) {
      threatened.addAll(EnumSet.of(RAIN, FLOOD, GEOLOGICAL, WIND));
    }
    return point.families().stream().anyMatch(threatened::contains);
  }
}
