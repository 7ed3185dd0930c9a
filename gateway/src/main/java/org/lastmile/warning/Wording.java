package org.lastmile.warning;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lastmile.channel.Content;

/**
 * Puts a warning into words for one audience at one set of points. Templates are data: first match
 * wins; {@code {names}} in braces are filled in. Every message to a point carries its own route and
 * shelter; who answers for several points gets their list instead of as many routes.
 */
public record Wording(List<Template> templates, List<Action> actions, ZoneId zone) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy年MM月dd日 HH:mm");
  private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("d日H时mm分");

  public Wording {
    templates = List.copyOf(templates);
    actions = List.copyOf(actions);
  }

  /**
   * One text.
   *
   * @param audiences empty = all; likewise {@code hazards} and {@code grades}
   * @param one for one point, {@code many} for several
   */
  public record Template(
      Content.Kind kind,
      Set<Audience> audiences,
      Set<Grade> grades,
      Set<Hazard.Family> hazards,
      String one,
      String many) {
    public Template {
      audiences = Set.copyOf(audiences);
      grades = Set.copyOf(grades);
      hazards = Set.copyOf(hazards);
    }
  }

  /** What people shall do, one phrase; empty sets = all. */
  public record Action(Set<Grade> grades, Set<Hazard.Family> hazards, String phrase) {
    public Action {
      grades = Set.copyOf(grades);
      hazards = Set.copyOf(hazards);
    }
  }

  /** The words of one warning for whomever they are for. */
  Voice voice(Warning warning, Content.Kind kind) {
    return new Voice(this, warning, kind);
  }

  /**
   * The words for one audience.
   *
   * @param points those that the message names; may be empty for {@link Audience#FORMER}
   * @param extra further names to fill in, e.g. {@code households} for helpers
   * @param codes answer codes as in {@link Delivery}; empty = a bare answer is enough
   * @param answer the message asks for an answer
   */
  public Plan.Words words(
      Warning warning,
      Content.Kind kind,
      Audience audience,
      List<HazardPoint> points,
      Map<String, String> extra,
      List<String> codes,
      boolean answer) {
    return voice(warning, kind).words(audience, points, extra, codes, answer);
  }

  Template template(Content.Kind kind, Audience audience, Warning warning) {
    return templates.stream()
        .filter(t -> t.kind() == kind)
        .filter(t -> t.audiences().isEmpty() || t.audiences().contains(audience))
        .filter(t -> t.grades().isEmpty() || t.grades().contains(warning.grade()))
        .filter(t -> t.hazards().isEmpty() || t.hazards().contains(warning.hazard().family()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no template for " + kind + " to " + audience));
  }

  String action(Warning warning) {
    return actions.stream()
        .filter(a -> a.grades().isEmpty() || a.grades().contains(warning.grade()))
        .filter(a -> a.hazards().isEmpty() || a.hazards().contains(warning.hazard().family()))
        .findFirst()
        .map(Action::phrase)
        .orElse("注意防范");
  }

  /** Day and time, short enough for a message. */
  String shortTime(Instant at) {
    return SHORT.withZone(zone).format(at);
  }

  /** When a warning was made, as people say it; for reports. */
  public String time(Instant at) {
    return TIME.withZone(zone).format(at);
  }

  /** The shipped texts (editable). */
  public static Wording defaults(ZoneId zone) {
    Set<Audience> responsible = Set.of(Audience.RESPONSIBLE_A, Audience.RESPONSIBLE_B);
    Set<Hazard.Family> land =
        Set.of(Hazard.Family.RAIN, Hazard.Family.FLOOD, Hazard.Family.GEOLOGICAL);
    return new Wording(
        List.of(
            of(
                Content.Kind.WARN,
                Set.of(Audience.LOUDSPEAKER),
                "{headline}。{place}附近的群众请注意，请{action}。{guide}听到广播请相互转告。",
                "{headline}。{villages}{place}附近的群众请注意，请{action}，听从村组干部指挥。听到广播请相互转告。"),
            of(
                Content.Kind.WARN,
                responsible,
                "{hazard}{grade}预警：{place}{threatened}请{action}，立即到点叫应。{reply}{help}{route}{shelter}{signal}",
                "{hazard}{grade}预警，您负责的{count}处请{action}，立即到点叫应：{place}。{reply}{help}"),
            of(
                Content.Kind.WARN,
                Set.of(Audience.HELPER),
                "{hazard}{grade}预警：请立即帮助{households}转移，隐患点{place}。{reply}{guide}",
                "{hazard}{grade}预警：请立即帮助{households}转移，隐患点{place}。{reply}"),
            of(
                Content.Kind.WARN,
                Set.of(Audience.LEADER),
                "{hazard}{grade}预警：{village}{place}{threatened}请{action}，督促责任人到岗叫应。{reply}",
                "{hazard}{grade}预警：{villages}{count}处隐患点请{action}，督促责任人到岗叫应：{place}。{reply}"),
            of(
                Content.Kind.WARN,
                Set.of(Audience.UPPER_LEADER),
                "{hazard}{grade}预警逾时未确认：{open}。请立即督促叫应。",
                "{hazard}{grade}预警逾时未确认：{open}。请立即督促叫应。"),
            of(
                Content.Kind.WARN,
                Set.of(),
                "{sender}{time}发布{hazard}{grade}预警：您家受{place}威胁，请{action}。{guide}{signal}",
                "{sender}{time}发布{hazard}{grade}预警：{place}附近请{action}。"),
            of(
                Content.Kind.UPDATE,
                Set.of(Audience.LOUDSPEAKER),
                "预警更新：{headline}。{place}附近的群众请{action}。{guide}",
                "预警更新：{headline}。{villages}{place}附近的群众请{action}，听从村组干部指挥。"),
            of(
                Content.Kind.UPDATE,
                responsible,
                "预警更新：{hazard}{grade}，{place}{threatened}请{action}，立即到点叫应。{reply}{help}{route}{shelter}",
                "预警更新：{hazard}{grade}，您负责的{count}处请{action}，立即到点叫应：{place}。{reply}{help}"),
            of(
                Content.Kind.UPDATE,
                Set.of(Audience.HELPER),
                "预警更新：{hazard}{grade}，请立即帮助{households}转移，隐患点{place}。{reply}{guide}",
                "预警更新：{hazard}{grade}，请立即帮助{households}转移，隐患点{place}。{reply}"),
            of(
                Content.Kind.UPDATE,
                Set.of(Audience.UPPER_LEADER),
                "预警更新逾时未确认：{open}。请立即督促叫应。",
                "预警更新逾时未确认：{open}。请立即督促叫应。"),
            of(
                Content.Kind.UPDATE,
                Set.of(Audience.FORMER),
                "预警更新：{headline}。您处已不在新的预警范围内，请继续关注。{return}",
                "预警更新：{headline}。您处已不在新的预警范围内，请继续关注。{return}"),
            of(
                Content.Kind.UPDATE,
                Set.of(),
                "预警更新：{headline}。{place}附近请{action}。{guide}{reply}",
                "预警更新：{headline}。{place}附近请{action}。{reply}"),
            of(
                Content.Kind.LIFT,
                Set.of(),
                "预警解除：{headline}。{return}",
                "预警解除：{headline}。{return}")),
        List.of(
            new Action(Set.of(Grade.RED), land, "立即组织危险区全部人员转移"),
            new Action(Set.of(Grade.RED), Set.of(), "立即到安全地点避险"),
            new Action(Set.of(Grade.ORANGE), land, "让受威胁人员立即撤到安置点"),
            new Action(Set.of(Grade.ORANGE), Set.of(), "立即做好避险准备"),
            new Action(Set.of(Grade.YELLOW), land, "加强巡查，做好转移准备"),
            new Action(Set.of(Grade.BLUE), land, "关注雨情，注意防范")),
        zone);
  }

  private static Template of(Content.Kind kind, Set<Audience> audiences, String one, String many) {
    return new Template(kind, audiences, Set.of(), Set.of(), one, many);
  }
}
