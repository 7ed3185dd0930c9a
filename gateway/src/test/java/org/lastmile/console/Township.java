package org.lastmile.console;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;

/** Two villages of one town, three points each, to be warned in tests. */
final class Township {
  static final String TOWN = "511826101000";
  static final String EAST = "511826101201";
  static final String WEST = "511826101202";

  private Township() {}

  static List<Threat.AtPoint> points() {
    List<Threat.AtPoint> points = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      points.add(point(i));
    }
    return points;
  }

  /** One person who answers for that many points. */
  static List<Threat.AtPoint> many(int count) {
    List<Threat.AtPoint> points = new ArrayList<>();
    List<String> ids = IntStream.rangeClosed(1, count).mapToObj(i -> "Q-" + i).toList();
    ResponsiblePerson wang =
        new ResponsiblePerson(
            "a1",
            "王建国",
            "网格员",
            ResponsiblePerson.Level.GROUP,
            ResponsiblePerson.Part.A,
            "13800000001",
            "",
            ids,
            EAST,
            "oWxa1secretsecret",
            "",
            LocalDate.of(2026, 4, 20));
    for (int i = 1; i <= count; i++) {
      HazardPoint one = point(1).point();
      HazardPoint point =
          new HazardPoint(
              "Q-" + i,
              one.village() + i + "号滑坡",
              one.town(),
              one.village(),
              one.group(),
              one.areaCode(),
              one.position(),
              one.kinds(),
              one.families(),
              one.scale(),
              one.riskGrade(),
              one.households(),
              one.people(),
              one.signal(),
              one.route(),
              one.shelter(),
              one.note(),
              one.implicit());
      points.add(new Threat.AtPoint(point, List.of(wang), List.of(), List.of(), List.of()));
    }
    return points;
  }

  private static Threat.AtPoint point(int i) {
    boolean east = i <= 3;
    String village = east ? "东溪村" : "西岭村";
    String code = east ? EAST : WEST;
    String id = "P-0" + i;
    HazardPoint point =
        new HazardPoint(
            id,
            village + i + "号滑坡",
            "青龙镇",
            village,
            "第" + i + "组",
            code,
            new Position(30.1 + i * 0.01, 102.9),
            List.of("滑坡"),
            List.of(Hazard.Family.GEOLOGICAL),
            "小型",
            "中",
            4 + i,
            12 + i,
            "铜锣",
            "沿机耕道向东",
            "村小学",
            "",
            false);
    return new Threat.AtPoint(
        point,
        List.of(
            person("a" + i, "王建国" + i, ResponsiblePerson.Part.A, "1380000000" + i, id, code),
            person("b" + i, "李秀英" + i, ResponsiblePerson.Part.B, "1390000000" + i, id, code)),
        List.of(),
        List.of(
            new Resident(
                "r" + i,
                "赵大山" + i,
                "1370000000" + i,
                village,
                "第" + i + "组",
                id,
                4,
                List.of("低保"),
                "周帮扶" + i,
                "1360000000" + i,
                "")),
        List.of(
            new Loudspeaker(
                "spk-" + i, village + i + "号喇叭", village, null, List.of(id), "LM-1", "TTS")));
  }

  private static ResponsiblePerson person(
      String id, String name, ResponsiblePerson.Part part, String phone, String at, String code) {
    return new ResponsiblePerson(
        id,
        name,
        "网格员",
        ResponsiblePerson.Level.GROUP,
        part,
        phone,
        "",
        List.of(at),
        code,
        "oWx" + id + "secretsecret",
        "",
        LocalDate.of(2026, 4, 20));
  }

  /** A red rainstorm warning over the whole town. */
  static Warning red(String identifier, Instant sent) {
    return warning(identifier, sent, Warning.Nature.ACTUAL, Grade.RED);
  }

  /** A warning with that many characters of description. */
  static Warning wordy(String identifier, Instant sent, int characters) {
    Warning red = red(identifier, sent);
    return new Warning(
        red.identity(),
        red.type(),
        red.nature(),
        red.grade(),
        red.hazard(),
        red.senderName(),
        red.headline(),
        "雨".repeat(characters),
        red.instruction(),
        red.texts(),
        red.effective(),
        red.expires(),
        red.area(),
        red.references(),
        red.notices(),
        red.doubts());
  }

  static Warning warning(String identifier, Instant sent, Warning.Nature nature, Grade grade) {
    return new Warning(
        new Warning.Identity("511826", identifier, sent),
        Warning.Type.ALERT,
        nature,
        grade,
        new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
        "芦山县气象台",
        "芦山县气象台发布暴雨" + grade.colour() + "预警",
        "预计未来3小时青龙镇降雨量将达100毫米以上，山洪、滑坡风险高。",
        "受威胁人员立即撤离。",
        Map.of(),
        sent,
        null,
        new Area("青龙镇", List.of(), List.of(), List.of(TOWN)),
        List.of(),
        List.of(),
        List.of());
  }
}
