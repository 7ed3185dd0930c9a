package org.lastmile.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.lastmile.channel.Content;
import org.lastmile.warning.Area;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.Event;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Position;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Rung;
import org.lastmile.warning.Warning;

/** Warnings, plans and events as they look in life, of any size. */
final class Samples {
  static final Instant NOON = Instant.parse("2026-11-22T04:00:00.123Z");

  private Samples() {}

  static Warning warning(int number) {
    List<Position> ring =
        List.of(
            new Position(29.1, 106.2),
            new Position(29.1, 106.4),
            new Position(29.3, 106.4),
            new Position(29.1, 106.2));
    return new Warning(
        new Warning.Identity("qixiangtai@example.cn", "5001-" + number, NOON),
        Warning.Type.UPDATE,
        Warning.Nature.ACTUAL,
        Grade.RED,
        new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
        "测试镇应急办",
        "暴雨红色预警",
        "未来3小时降雨将达100毫米以上",
        "请立即转移",
        Map.of("SMS", "短信", "SPEAKER", "广播"),
        NOON,
        null,
        new Area(
            "测试镇",
            List.of(new Area.Polygon(ring, List.of())),
            List.of(new Area.Circle(new Position(29.2, 106.3), 3.5)),
            List.of("500101100000")),
        List.of(new Warning.Reference(null, "5001-0", null)),
        List.of("the polygon was not closed"),
        List.of());
  }

  /** Every ten deliveries share a point; one in five is a loudspeaker, the others are phones. */
  static Plan plan(Warning warning, int deliveries) {
    return new Plan(
        warning.id(),
        7,
        "default-2026",
        NOON.plusSeconds(3600),
        null,
        IntStream.rangeClosed(0, deliveries / 10).mapToObj(Samples::point).toList(),
        List.of(
            new Plan.Words(
                Content.Kind.WARN, "【测试镇】暴雨红色预警", Map.of("grade", "红色", "hazard", "暴雨"), List.of()),
            new Plan.Words(Content.Kind.WARN, "请立即转移", Map.of(), List.of())),
        IntStream.range(0, deliveries).mapToObj(Samples::delivery).toList(),
        List.of(
            new Rung(Duration.ZERO, Set.of(Audience.LOUDSPEAKER, Audience.RESPONSIBLE_A), false),
            new Rung(Duration.ofSeconds(90), Set.of(Audience.RESPONSIBLE_B), true)),
        Duration.ofMinutes(5),
        List.of("w00000000000001"));
  }

  private static Plan.Point point(int number) {
    return new Plan.Point(
        "500101-" + number,
        "上坝" + number + "号滑坡点",
        "测试镇",
        "上坝村",
        "三组",
        "500101100201",
        12,
        41,
        number % 7,
        number % 5 == 0,
        "沿机耕道向东到村小学",
        "村小学",
        List.of("139" + number),
        List.of(),
        List.of("v" + number),
        List.of(Set.of(Proof.PLAYED), Set.of(Proof.ANSWERED, Proof.HELPERS_ANSWERED)));
  }

  private static Delivery delivery(int number) {
    boolean speaker = number % 5 == 0;
    // Spread like real numbers: a phone's last eight digits hardly repeat.
    long digits = Math.floorMod(number * 2_654_435_761L, 100_000_000L);
    return new Delivery(
        number,
        speaker ? "loudspeaker" : "sms",
        speaker ? Audience.LOUDSPEAKER : Audience.RESIDENT,
        (speaker ? "v" : "r") + number,
        speaker ? "上坝大喇叭" + number : "王" + (char) ('一' + digits % 2000) + "群",
        speaker ? "v" + number : "139%08d".formatted(digits),
        number % 3 == 2 ? 1 : 0,
        number % 3 == 2 ? number - 1 : -1,
        List.of(number / 10),
        number % 2,
        speaker ? List.of() : List.of(Integer.toString(33 + number % 60)));
  }

  /** The ordinary life of one delivery: tried, sent, delivered, answered. */
  static List<Event> life(int delivery, Instant at) {
    return List.of(
        Event.ofDelivery(at, Event.Type.TRIED, delivery, 1, at.plusSeconds(160), ""),
        Event.ofDelivery(at.plusMillis(40), Event.Type.SENT, delivery, 1, at.plusSeconds(120), ""),
        Event.ofDelivery(at.plusMillis(2100), Event.Type.DELIVERED, delivery, 1, null, ""),
        Event.ofDelivery(at.plusMillis(9700), Event.Type.CONFIRMED, delivery, 1, null, ""));
  }
}
