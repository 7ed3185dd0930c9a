package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Words that several devices say are signed for their villages, and never for anybody else. */
class TargetsTest {
  private static final Instant NOON = Instant.parse("2026-07-05T04:00:00Z");

  private static String village(int number) {
    return "500112%06d".formatted(107_201 + number);
  }

  private static HazardPoint point(int number, String areaCode) {
    String id = "p" + number;
    return new HazardPoint(
        id, "上坝", "木耳镇", "垭口村", "", areaCode, null, List.of(), List.of(), "", "", 4, 13, "", "后山",
        "村小学", "", false);
  }

  private static Threat.AtPoint at(int number, String areaCode, Loudspeaker... speakers) {
    return new Threat.AtPoint(
        point(number, areaCode), List.of(), List.of(), List.of(), List.of(speakers));
  }

  private static Loudspeaker speaker(String id, String areaCode) {
    return new Loudspeaker(id, id, "垭口村", null, List.of(), "", "", "", areaCode);
  }

  private static Warning warning() {
    return new Warning(
        new Warning.Identity("s", "1", NOON),
        Warning.Type.ALERT,
        Warning.Nature.ACTUAL,
        Grade.RED,
        new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
        "渝北区气象台",
        "暴雨红色预警",
        "",
        "",
        Map.of(),
        NOON,
        null,
        new Area("木耳镇", List.of(), List.of(), List.of()),
        List.of(),
        List.of(),
        List.of());
  }

  private static Planner.Terms terms(List<Planner.Former> former) {
    return new Planner.Terms(
        NOON,
        Map.of("loudspeaker", Planner.Address.DEVICE),
        former,
        who -> Planner.Codes.NONE,
        phone -> false,
        former.isEmpty() ? List.of() : List.of("w0"));
  }

  private static Plan plan(Threat.AtPoint... points) {
    return Planner.plan(
        warning(),
        new Threat(1, List.of(points), List.of()),
        Policy.defaults(),
        Wording.defaults(ZoneId.of("Asia/Shanghai")),
        terms(List.of()));
  }

  private static Set<String> targets(Plan plan, String device) {
    return plan.deliveries().stream()
        .filter(d -> d.address().equals(device))
        .flatMap(d -> plan.words().get(d.words()).targets().stream())
        .collect(Collectors.toSet());
  }

  @Test
  void devices_that_are_told_the_same_are_named_by_their_villages() {
    Plan plan =
        plan(
            at(1, village(1), speaker("a", village(1)), speaker("b", village(1))),
            at(2, village(2), speaker("c", village(2))));
    Set<String> places =
        plan.deliveries().stream().map(Delivery::address).collect(Collectors.toSet());
    assertThat(places).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(targets(plan, "a")).contains(village(1)).isSubsetOf(village(1), village(2));
    assertThat(targets(plan, "a")).isEqualTo(targets(plan, "b"));
  }

  @Test
  void a_device_that_is_told_something_of_its_own_is_named_by_nothing_but_itself() {
    Plan plan = plan(at(1, village(1), speaker("a", village(1))));
    assertThat(targets(plan, "a")).isEmpty();
  }

  @Test
  void where_the_registry_knows_no_village_a_device_is_named_by_its_id() {
    Plan plan =
        plan(
            at(
                1,
                village(1),
                speaker("a", village(1)),
                speaker("b", ""),
                speaker("c", "500112107000"),
                speaker("d", "500112000000")));
    assertThat(targets(plan, "a"))
        .containsExactlyInAnyOrder(village(1), "device:b", "device:c", "device:d");
  }

  @Test
  void more_villages_than_a_device_takes_are_several_contents_and_nobody_is_left_out() {
    List<Loudspeaker> all = new ArrayList<>();
    IntStream.range(0, 400).forEach(i -> all.add(speaker("ls-" + i, village(i / 2))));
    Plan plan = plan(at(1, village(0), all.toArray(Loudspeaker[]::new)));
    Map<Integer, Set<String>> named = new HashMap<>();
    for (Delivery d : plan.deliveries()) {
      List<String> targets = plan.words().get(d.words()).targets();
      assertThat(targets).hasSizeBetween(1, 64);
      assertThat(String.join("", targets).length()).isLessThanOrEqualTo(600);
      int number = Integer.parseInt(d.address().substring(3));
      assertThat(targets).contains(village(number / 2));
      named.computeIfAbsent(d.words(), w -> new TreeSet<>()).addAll(targets);
    }
    assertThat(named).hasSize(4);
    assertThat(named.values().stream().flatMap(Set::stream).distinct()).hasSize(200);
    assertThat(named.values().stream().mapToInt(Set::size).sum()).isEqualTo(200);
  }

  @Test
  void the_same_registry_makes_the_same_plan() {
    Threat.AtPoint[] points = {
      at(1, village(1), speaker("b", village(1)), speaker("a", village(2))),
      at(2, village(2), speaker("a", village(2)), speaker("c", ""))
    };
    assertThat(plan(points)).isEqualTo(plan(points));
  }

  @Test
  void a_lift_is_signed_for_whom_it_ends_something() {
    List<Planner.Former> former = new ArrayList<>();
    for (String device : List.of("a", "b")) {
      former.add(former(device, "w0.1.0", List.of(village(1), village(2))));
    }
    former.add(former("c", "w0.2.0", List.of()));
    former.add(former("d", "w0.3.0", List.of()));
    former.add(former("e", "w0.3.0", List.of()));
    Plan lift =
        Planner.lift(
            warning(),
            Policy.defaults(),
            Wording.defaults(ZoneId.of("Asia/Shanghai")),
            terms(former));
    assertThat(targets(lift, "a")).containsExactlyInAnyOrder(village(1), village(2));
    assertThat(targets(lift, "a")).isEqualTo(targets(lift, "b"));
    assertThat(targets(lift, "c")).isEmpty();
    // As a plan of an earlier program had them.
    assertThat(targets(lift, "d")).containsExactlyInAnyOrder("device:d", "device:e");
  }

  private static Planner.Former former(String device, String content, List<String> targets) {
    return new Planner.Former(
        "loudspeaker", Audience.LOUDSPEAKER, device, device, device, List.of(content), targets);
  }
}
