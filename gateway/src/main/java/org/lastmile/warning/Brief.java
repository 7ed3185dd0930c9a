package org.lastmile.warning;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The first words of a red warning to somebody who must act: grade, hazard, place, what to do and
 * how to answer, in one SMS part, since a modem takes as long for every part and a phone may lack
 * the last one. Everything else follows in a second message.
 *
 * <p>What does not fit is left out in this order: the word that more follows; the polite form of
 * how to answer; how many are threatened; whom to call; names beyond a count (points, then
 * households); at last action, place and hazard are cut between two characters as people see them.
 * Drill mark, grade and how to answer always stay.
 */
record Brief(
    boolean drill,
    boolean update,
    String hazard,
    String grade,
    List<String> places,
    String threatened,
    String action,
    String then,
    List<String> households,
    List<String> codes) {

  /** One SMS part with Chinese in it (UCS-2), in UTF-16 units. */
  static final int MOST = 70;

  private static final Pattern SEEN_AS_ONE = Pattern.compile("\\X");
  private static final int STEPS = 7;
  private static final int HAZARD_LEAST = 10;
  private static final int PLACE_LEAST = 12;

  Brief {
    places = List.copyOf(places);
    households = List.copyOf(households);
    codes = List.copyOf(codes);
  }

  /** Never longer than {@link #MOST}. */
  String text() {
    for (int step = 0; step < STEPS; step++) {
      String text = text(step, head(hazard), place(step), task(step));
      if (text.length() <= MOST) {
        return text;
      }
    }
    int last = STEPS - 1;
    String head = head(cut(hazard, HAZARD_LEAST));
    int room = MOST - text(last, head, "", "").length();
    String place = cut(place(last), Math.max(PLACE_LEAST, room - task(last).length()));
    return text(last, head, place, cut(task(last), room - place.length()));
  }

  private String text(int step, String head, String place, String task) {
    return head
        + place
        + (step < 3 ? threatened : "，")
        + task
        + (step < 4 && !then.isEmpty() ? "，" + then : "")
        + "。"
        + reply(step)
        + (step < 1 ? "详情见下一条。" : "");
  }

  private String head(String what) {
    return (drill ? "【演练】" : "") + (update ? "更新：" : "") + what + grade + "预警：";
  }

  private String task(int step) {
    if (households.isEmpty()) {
      return "请" + action;
    }
    String whom =
        step < 6
            ? String.join("、", households)
            : households.size() == 1 ? "重点群众" : "重点群众" + households.size() + "户";
    return "请帮助" + whom + "转移";
  }

  private String place(int step) {
    boolean pointByPoint = codes.size() > 1;
    if (step >= 5 && places.size() > 1) {
      return "您负责的" + places.size() + "处";
    }
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < places.size(); i++) {
      all.append(i == 0 ? "" : "、").append(places.get(i));
      all.append(pointByPoint && i < codes.size() ? codes.get(i) : "");
    }
    return all.toString();
  }

  private String reply(int step) {
    boolean polite = step < 2;
    return switch (codes.size()) {
      case 0 -> polite ? "收到请回复1，去不了回复2。" : "收到回1，去不了回2。";
      case 1 ->
          (polite ? "收到请回复%s，去不了回复2%s。" : "收到回%s，去不了回2%s。").formatted(codes.get(0), codes.get(0));
      default -> step >= 5 ? "回复码见下一条。" : polite ? "请逐点回复点后数字，去不了在数字前加2。" : "逐点回点后数字，去不了前加2。";
    };
  }

  /** At most that many UTF-16 units, whole characters as people see them, "…" for the rest. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    StringBuilder kept = new StringBuilder();
    for (String seen :
        SEEN_AS_ONE.matcher(text).results().map(r -> r.group()).collect(Collectors.toList())) {
      if (kept.length() + seen.length() > most - 1) {
        break;
      }
      kept.append(seen);
    }
    return most < 1 ? "" : kept.append('…').toString();
  }
}
