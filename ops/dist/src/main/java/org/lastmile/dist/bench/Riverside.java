package org.lastmile.dist.bench;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lastmile.cap.Reading;
import org.lastmile.cap.WarningReader;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.registry.Entries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;

/**
 * A town of points in a row, each with two responsible persons and its residents, everybody with a
 * phone and nothing else: what a warning over it costs is SMS alone.
 *
 * @param township the ledgers and their corners
 * @param households phones point by point, in the order of the ledgers: A, B, residents
 */
record Riverside(SampleTownship township, List<List<String>> households) {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final String TOWN = "999901101";
  private static final int POINTS_PER_VILLAGE = 4;

  /** Points from south to north before the next column begins. */
  private static final int COLUMN = 20;

  private static final double SOUTH = 29.6;
  private static final double WEST = 106.9;
  private static final double STEP = 0.01;

  Riverside {
    households = List.copyOf(households);
  }

  /**
   * @param recipients phones in all, at least two a point
   */
  static Riverside of(int points, int recipients) {
    List<HazardPoint> all = new ArrayList<>();
    List<ResponsiblePerson> people = new ArrayList<>();
    List<Resident> residents = new ArrayList<>();
    List<AdminArea> areas = new ArrayList<>(List.of(new AdminArea(TOWN + "000", "青石镇")));
    List<List<String>> households = new ArrayList<>();
    int given = 0;
    for (int i = 0; i < points; i++) {
      String code = TOWN + "%03d".formatted(200 + i / POINTS_PER_VILLAGE);
      String village = "河畔%d村".formatted(1 + i / POINTS_PER_VILLAGE);
      if (i % POINTS_PER_VILLAGE == 0) {
        areas.add(new AdminArea(code, village));
      }
      HazardPoint point = point(i, code, village);
      all.add(point);
      int until = (int) ((long) recipients * (i + 1) / points);
      List<String> phones = new ArrayList<>();
      for (; given < until; given++) {
        String phone = "138%08d".formatted(given);
        int nth = phones.size();
        phones.add(phone);
        if (nth < 2) {
          people.add(person(given, phone, nth == 0, point));
        } else {
          residents.add(resident(given, phone, point));
        }
      }
      households.add(List.copyOf(phones));
    }
    Entries entries = new Entries(all, people, residents, List.of(), areas, Map.of());
    double north = SOUTH + STEP * COLUMN;
    double east = WEST + STEP * (column(points) + 2);
    List<Position> corners =
        List.of(
            new Position(SOUTH - STEP, WEST - STEP),
            new Position(SOUTH - STEP, east),
            new Position(north, east),
            new Position(north, WEST - STEP),
            new Position(SOUTH - STEP, WEST - STEP));
    return new Riverside(new SampleTownship(entries, corners), households);
  }

  private static int column(int number) {
    return number / COLUMN;
  }

  private static HazardPoint point(int number, String code, String village) {
    return new HazardPoint(
        "P-%04d".formatted(number),
        "滑坡%d号".formatted(number + 1),
        "青石镇",
        village,
        "",
        code,
        new Position(SOUTH + STEP * (number % COLUMN), WEST + STEP * column(number)),
        List.of("滑坡"),
        List.of(Hazard.Family.GEOLOGICAL, Hazard.Family.RAIN),
        "小型",
        "较大",
        5,
        15,
        "敲锣",
        "沿机耕道上山",
        "村小学",
        "",
        false);
  }

  private static ResponsiblePerson person(int id, String phone, boolean a, HazardPoint point) {
    return new ResponsiblePerson(
        "R-%05d".formatted(id),
        "责任人" + id,
        a ? "防灾责任人" : "网格员",
        ResponsiblePerson.Level.VILLAGE,
        a ? ResponsiblePerson.Part.A : ResponsiblePerson.Part.B,
        phone,
        "",
        List.of(point.id()),
        point.areaCode(),
        "",
        "",
        null);
  }

  private static Resident resident(int id, String phone, HazardPoint point) {
    return new Resident(
        "H-%05d".formatted(id),
        "户主" + id,
        phone,
        point.village(),
        "",
        point.id(),
        3,
        List.of(),
        "",
        "",
        "",
        point.areaCode());
  }

  /** Point by phone of those who answer for one. */
  Map<String, Integer> responsible() {
    Map<String, Integer> points = new HashMap<>();
    for (int i = 0; i < households.size(); i++) {
      points.put(households.get(i).get(0), i);
      points.put(households.get(i).get(1), i);
    }
    return points;
  }

  /**
   * What our plan says to each phone at release, point by point as the ledgers have them: how a
   * daemon without an order of its own is fed. Whom our plan tells the short words first and the
   * details later gets them as the one message that the details are by themselves.
   */
  List<Letter> inLedgerOrder() {
    Warning warning =
        ((Reading.Read)
                new WarningReader(1 << 20, Clock.systemUTC())
                    .read(new Caps(township).town().getBytes(StandardCharsets.UTF_8), ZONE))
            .warning();
    Plan plan =
        Planner.plan(
            warning,
            Registry.of(township.entries()).threatened(warning),
            Policy.defaults(),
            Wording.defaults(ZONE),
            new Planner.Terms(
                Instant.now(),
                Map.of("sms", Planner.Address.PHONE),
                List.of(),
                w -> Planner.Codes.NONE,
                phone -> false,
                List.of()));
    Map<String, String> texts = new LinkedHashMap<>();
    for (Delivery delivery : plan.deliveries()) {
      if (delivery.stage() == 0 && delivery.channel().equals("sms")) {
        String code = delivery.codes().isEmpty() ? "" : delivery.codes().get(0);
        String text = plan.words().get(delivery.words()).text().replace("{code}", code);
        if (delivery.details() || !texts.containsKey(delivery.address())) {
          texts.put(delivery.address(), text);
        }
      }
    }
    return households.stream()
        .flatMap(List::stream)
        .filter(texts::containsKey)
        .map(phone -> new Letter("+86" + phone, texts.get(phone)))
        .toList();
  }
}
