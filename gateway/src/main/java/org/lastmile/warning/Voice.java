package org.lastmile.warning;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;

/**
 * Puts one warning into words. A plan has ten thousand texts, so what does not depend on whom they
 * are for is put together once, and only names that a template uses are filled in.
 */
final class Voice {
  /** Points named in one message before the rest becomes a count. */
  private static final int MOST_NAMES = 5;

  private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");

  private final Wording wording;
  private final Warning warning;
  private final Content.Kind kind;
  private final String colour;
  private final String action;
  private final String shortTime;
  private final Map<Audience, Wording.Template> templates = new EnumMap<>(Audience.class);
  private final Map<String, String> fields = new HashMap<>();

  Voice(Wording wording, Warning warning, Content.Kind kind) {
    this.wording = wording;
    this.warning = warning;
    this.kind = kind;
    colour = warning.grade() == null ? "" : warning.grade().colour();
    action = wording.action(warning);
    shortTime = wording.shortTime(warning.identity().sent());
    fields.put(Field.GRADE, colour);
    fields.put(Field.HAZARD, warning.hazard().name());
    fields.put(Field.ACTION, kind == Content.Kind.LIFT ? "预警已解除" : action);
    fields.put(Field.TIME, wording.time(warning.identity().sent()));
    fields.put(Field.SENDER, warning.senderName());
    fields.put(Field.HEADLINE, (warning.drill() ? "【演练】" : "") + warning.headline());
  }

  /** As {@link Wording#words}. */
  Plan.Words words(
      Audience audience,
      List<HazardPoint> points,
      Map<String, String> extra,
      List<String> codes,
      boolean answer) {
    boolean one = points.size() <= 1;
    String place = points.isEmpty() ? warning.area().description() : places(points, codes);
    Wording.Template template =
        templates.computeIfAbsent(audience, a -> wording.template(kind, a, warning));
    String text =
        fill(
            one ? template.one() : template.many(),
            name ->
                switch (name) {
                  case "place" -> place;
                  case "reply" -> answer ? reply(codes) : "";
                  default -> extra.containsKey(name) ? extra.get(name) : value(name, points, extra);
                });
    if (warning.drill()) {
      text = audience == Audience.LOUDSPEAKER ? "这是演练。" + text + "这是演练。" : text;
      text = "【演练】" + text;
    }
    fields.put(Field.PLACE, place);
    return new Plan.Words(kind, text, fields, List.of());
  }

  /**
   * The same in one SMS part, for who must act.
   *
   * @param said what {@link #words} made of it
   * @param households of key groups that the person helps
   */
  Plan.Words brief(
      Plan.Words said,
      Audience audience,
      List<HazardPoint> points,
      List<String> households,
      List<String> codes) {
    boolean helper = audience == Audience.HELPER;
    Brief brief =
        new Brief(
            warning.drill(),
            kind == Content.Kind.UPDATE,
            warning.hazard().name(),
            colour,
            points.stream().map(HazardPoint::name).toList(),
            points.size() == 1 && !helper ? threatened(points.get(0)) : "",
            action,
            helper ? "" : audience == Audience.LEADER ? "督促责任人到岗" : "立即到点叫应",
            helper ? households : List.of(),
            codes);
    return new Plan.Words(kind, brief.text(), said.fields(), List.of());
  }

  /** What stands for a name in braces; null = not a name, it stays as it is. */
  private String value(String name, List<HazardPoint> points, Map<String, String> extra) {
    HazardPoint first = points.isEmpty() ? null : points.get(0);
    return switch (name) {
      case "sender" -> warning.senderName();
      case "hazard" -> warning.hazard().name();
      case "grade" -> colour;
      case "headline" -> warning.headline();
      case "description" -> warning.description();
      case "time" -> shortTime;
      case "action" -> action;
      case "count" -> Integer.toString(points.size());
      case "village" -> first == null ? "" : first.village();
      case "villages" ->
          points.stream().map(HazardPoint::village).distinct().collect(Collectors.joining("、"));
      case "threatened" -> first == null ? "" : threatened(first);
      case "route" -> first == null ? "" : labelled("路线：", first.route());
      case "shelter" -> first == null ? "" : labelled("安置：", first.shelter());
      case "signal" -> first == null ? "" : labelled("信号：", first.signal());
      case "guide" -> first == null ? "" : guide(first);
      case "households" -> "重点群众";
      case "help" -> extra.containsKey("households") ? "请帮助" + extra.get("households") + "转移。" : "";
      case "return" -> landMoves(points) ? "未经通知不得返回危险区。" : "";
      default -> null;
    };
  }

  private static String reply(List<String> codes) {
    return switch (codes.size()) {
      case 0 -> "收到请回复1，去不了回复2。";
      case 1 -> "收到请回复" + codes.get(0) + "，去不了回复2" + codes.get(0) + "。";
      default -> "请逐点回复点后数字，去不了在数字前加2。";
    };
  }

  private static String labelled(String label, String words) {
    return words.isBlank() ? "" : label + words + "。";
  }

  private static String guide(HazardPoint point) {
    if (point.shelter().isBlank()) {
      return "";
    }
    return point.route().isBlank()
        ? "请到" + point.shelter() + "避险。"
        : "请沿" + point.route() + "撤到" + point.shelter() + "。";
  }

  /** A slope may still come down when the rain is over. */
  private boolean landMoves(List<HazardPoint> points) {
    return points.isEmpty()
        || warning.hazard().family() == Hazard.Family.GEOLOGICAL
        || points.stream().anyMatch(p -> p.families().contains(Hazard.Family.GEOLOGICAL));
  }

  private static String threatened(HazardPoint point) {
    if (point.households() == 0 && point.people() == 0) {
      return "";
    }
    return "（受威胁" + point.households() + "户" + point.people() + "人）";
  }

  private static String places(List<HazardPoint> points, List<String> codes) {
    if (codes.size() > 1) {
      StringBuilder all = new StringBuilder();
      int named = Math.min(points.size(), codes.size());
      for (int i = 0; i < named; i++) {
        all.append(i == 0 ? "" : "、").append(points.get(i).name()).append(codes.get(i));
      }
      // There are only so many codes: who has more points answers for the rest by the link.
      return points.size() > named ? all + "等" + points.size() + "处" : all.toString();
    }
    String names =
        points.stream().limit(MOST_NAMES).map(HazardPoint::name).collect(Collectors.joining("、"));
    return points.size() > MOST_NAMES ? names + "等" + points.size() + "处" : names;
  }

  private static String fill(String template, UnaryOperator<String> names) {
    StringBuilder text = new StringBuilder(2 * template.length());
    Matcher name = NAME.matcher(template);
    int from = 0;
    while (name.find()) {
      String value = names.apply(name.group(1));
      text.append(template, from, name.start()).append(value == null ? name.group() : value);
      from = name.end();
    }
    return text.append(template, from, template.length()).toString();
  }
}
