package org.lastmile.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Event;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Sound;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/** The story of a warning, as the desk decides it. */
class DeskTest {
  private final Town town = new Town();

  @Test
  void a_red_warning_is_covered_when_the_loudspeaker_played_and_a_responsible_person_answered() {
    town.point("p1", true);
    Receipt receipt = town.issue(Town.warning(Grade.RED, "1"));
    assertThat(receipt.status()).isEqualTo(WarningStatus.RELEASED);
    assertThat(receipt.points()).isEqualTo(1);
    town.assertState(receipt.id(), "p1", Coverage.State.UNREACHED);

    Message play = town.carries("loudspeaker").get(0);
    town.carries("sms");
    town.confirms(play, Signal.Evidence.PLAYED);
    town.assertState(receipt.id(), "p1", Coverage.State.REACHED);
    assertThat(town.at(receipt.id(), "p1").missing()).containsExactly(Proof.ANSWERED);

    town.writes(Town.phone("A", "p1"), " １。");
    town.assertState(receipt.id(), "p1", Coverage.State.COVERED);
  }

  @Test
  void nobody_follows_a_link_on_a_loudspeaker() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.RED, "1"));
    assertThat(town.carries("sms").get(0).field(Field.LINK)).startsWith("http://gateway");
    assertThat(town.carries("loudspeaker").get(0).field(Field.LINK)).isEmpty();
  }

  @Test
  void sent_is_not_told_and_delivered_is_not_answered() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.carries("loudspeaker");
    List<Message> sms = town.carries("sms");
    town.assertState(id, "p1", Coverage.State.UNREACHED);
    town.confirms(sms.get(0), Signal.Evidence.DELIVERED);
    town.assertState(id, "p1", Coverage.State.REACHED);
  }

  @Test
  void a_muted_play_does_not_count() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.BLUE, "1")).id();
    town.confirms(town.carries("loudspeaker").get(0), Signal.Evidence.PLAYED_UNHEARD);
    town.assertState(id, "p1", Coverage.State.UNREACHED);
  }

  @Test
  void a_refusal_under_a_genuine_name_is_shown_once_and_a_later_play_still_counts() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.BLUE, "1")).id();
    Message play = town.carries("loudspeaker").get(0);
    town.refuses(play, Signal.Evidence.REFUSED, "BAD_SIGNATURE");
    town.refuses(play, Signal.Evidence.REFUSED, "BAD_SIGNATURE: again");
    assertThat(town.refusals(id)).containsExactly("BAD_SIGNATURE");
    assertThat(town.row(id, "loudspeaker").state()).isEqualTo(DeliveryState.SENT);

    town.confirms(play, Signal.Evidence.PLAYED);
    town.assertState(id, "p1", Coverage.State.COVERED);
    town.refuses(play, Signal.Evidence.REFUSED, "REPLAYED: somebody brought it again");
    town.refuses(play, Signal.Evidence.EXPIRED, "");
    assertThat(town.refusals(id))
        .containsExactly("BAD_SIGNATURE", "REPLAYED: somebody brought it again", "expired");
    assertThat(town.row(id, "loudspeaker").state()).isEqualTo(DeliveryState.CONFIRMED);
    for (int i = 0; i < 100; i++) {
      town.refuses(play, Signal.Evidence.REFUSED, "CODE_" + i);
    }
    assertThat(town.refusals(id)).hasSize(16);
  }

  @Test
  void a_delivery_that_somebody_made_a_device_refuse_is_asked_for_again() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.BLUE, "1")).id();
    Message play = town.carries("loudspeaker").get(0);
    town.refuses(play, Signal.Evidence.REFUSED, "MALFORMED: not JSON");
    town.passes(Duration.ofMinutes(2));
    Message again = town.carries("loudspeaker").get(0);
    assertThat(again.content().id()).isEqualTo(play.content().id());
    town.confirms(again, Signal.Evidence.PLAYED);
    town.assertState(id, "p1", Coverage.State.COVERED);
  }

  @Test
  void the_same_warning_again_gets_the_same_receipt_and_sends_nothing_more() {
    town.point("p1", true);
    Warning warning = Town.warning(Grade.RED, "1");
    Receipt first = town.issue(warning);
    town.carries("sms");
    town.carries("sms"); // the details
    Receipt again = town.issue(warning);
    assertThat(again.repeated()).isTrue();
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.deliveries()).isEqualTo(first.deliveries());
    assertThat(town.takes("sms", 100)).isEmpty();
  }

  @Test
  void the_same_identity_with_other_content_is_held() {
    town.point("p1", true);
    Receipt first = town.issue(Town.warning(Grade.ORANGE, "1"));
    Receipt other = town.issue(Town.warning(Grade.RED, "1"));
    assertThat(other.status()).isEqualTo(WarningStatus.HELD);
    assertThat(other.id()).isNotEqualTo(first.id());
    assertThat(town.issue(Town.warning(Grade.RED, "1")).id()).isEqualTo(other.id());
  }

  @Test
  void test_and_missing_status_never_go_out() {
    town.point("p1", true);
    for (Warning.Nature nature :
        List.of(Warning.Nature.TEST, Warning.Nature.SYSTEM, Warning.Nature.MISSING)) {
      Warning w = Town.warning(Grade.RED, nature.name(), Warning.Type.ALERT, nature, List.of());
      assertThat(town.issue(w).status()).isEqualTo(WarningStatus.ARCHIVED);
    }
    assertThat(town.takes("sms", 100)).isEmpty();
    assertThat(town.takes("loudspeaker", 100)).isEmpty();
  }

  @Test
  void a_warning_that_touches_nothing_is_kept_and_says_so() {
    Receipt receipt = town.issue(Town.warning(Grade.RED, "1"));
    assertThat(receipt.status()).isEqualTo(WarningStatus.NOT_APPLICABLE);
    assertThat(town.ask(d -> d.warning(receipt.id())).isPresent()).isTrue();
  }

  @Test
  void a_persons_warning_waits_for_another_person() {
    town.point("p1", true);
    Receipt receipt = town.ask(d -> d.accept(Town.warning(Grade.BLUE, "1"), Town.PERSON));
    assertThat(receipt.status()).isEqualTo(WarningStatus.AWAITING_APPROVAL);
    assertThat(town.takes("sms", 100)).isEmpty();
    assertThatThrownBy(() -> town.ask(d -> d.approve(receipt.id(), Town.PERSON.name())))
        .isInstanceOf(Desk.Refused.class)
        .hasMessageContaining("another person");
    assertThat(town.ask(d -> d.approve(receipt.id(), "wang")).status())
        .isEqualTo(WarningStatus.RELEASED);
    assertThat(town.takes("sms", 100)).isNotEmpty();
    assertThatThrownBy(() -> town.ask(d -> d.approve(receipt.id(), "wang")))
        .isInstanceOf(Desk.Refused.class);
  }

  @Test
  void a_held_red_that_nobody_decides_on_goes_to_those_who_answer_but_not_to_the_public() {
    Resident resident = resident("张大爷", "13700000001", "p1");
    town.leader("村书记", ResponsiblePerson.Level.VILLAGE, "13600000001");
    town.point(
        "p1",
        List.of(Town.person("王", ResponsiblePerson.Part.A, "13900000001", List.of("p1"))),
        List.of(Town.speaker("v1", List.of("p1"))),
        List.of(resident));
    String id = town.issue(Town.doubtful(Grade.RED, "1")).id();
    town.passes(Duration.ofMinutes(2));
    assertThat(town.takes("sms", 100)).isEmpty();
    town.passes(Duration.ofSeconds(61));
    assertThat(town.takes("sms", 100))
        .extracting(Message::address)
        .containsExactly("13900000001", "13600000001");
    assertThat(town.takes("loudspeaker", 100)).isEmpty();
    town.ask(d -> d.approve(id, "zhao"));
    assertThat(town.takes("loudspeaker", 100)).hasSize(1);
    assertThat(town.takes("sms", 100)).extracting(Message::address).containsExactly("13700000001");
  }

  @Test
  void one_message_per_person_however_many_points_they_answer_for() {
    ResponsiblePerson wang =
        Town.person("王", ResponsiblePerson.Part.A, "13900000001", List.of("p1", "p2"));
    town.point("p1", List.of(wang), List.of(Town.speaker("v1", List.of("p1", "p2"))), List.of());
    town.point("p2", List.of(wang), List.of(Town.speaker("v1", List.of("p1", "p2"))), List.of());
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    List<Message> sms = town.carries("sms");
    List<Message> plays = town.carries("loudspeaker");
    assertThat(sms).hasSize(1);
    assertThat(plays).hasSize(1);
    assertThat(sms.get(0).content().text()).contains("p1滑坡", "p2滑坡");
    town.confirms(plays.get(0), Signal.Evidence.PLAYED);
    town.writes("13900000001", "收到");
    town.assertState(id, "p1", Coverage.State.COVERED);
    town.assertState(id, "p2", Coverage.State.COVERED);
  }

  @Test
  void loudspeakers_that_are_told_the_same_are_signed_for_their_village_until_the_lift() {
    List<Loudspeaker> horns =
        Stream.of("v1", "v2")
            .map(v -> new Loudspeaker(v, v, "垭口村", null, List.of("p1"), "", "", "", "500112107201"))
            .toList();
    town.point("p1", List.of(), horns, List.of());
    town.point("p2", List.of(), List.of(Town.speaker("v3", List.of("p2"))), List.of());
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    List<Message> plays = town.carries("loudspeaker");
    assertThat(targets(plays, "v1", "v2")).containsOnly(List.of("500112107201"));
    assertThat(targets(plays, "v3")).containsOnly(List.of());
    plays.forEach(m -> town.confirms(m, Signal.Evidence.PLAYED));
    town.ask(d -> d.lift(id, "王", "雨停了"));
    List<Message> lifts = town.carries("loudspeaker");
    assertThat(targets(lifts, "v1", "v2")).containsOnly(List.of("500112107201"));
    assertThat(targets(lifts, "v3")).containsOnly(List.of());
  }

  private static List<List<String>> targets(List<Message> messages, String... devices) {
    List<List<String>> targets =
        messages.stream()
            .filter(m -> List.of(devices).contains(m.address()))
            .map(m -> m.content().targets())
            .toList();
    assertThat(targets).hasSize(devices.length);
    return targets;
  }

  @Test
  void who_answers_for_more_than_three_points_answers_point_by_point() {
    List<String> ids = List.of("p1", "p2", "p3", "p4");
    ResponsiblePerson wang = Town.person("王", ResponsiblePerson.Part.A, "13900000001", ids);
    ids.forEach(p -> town.point(p, List.of(wang), List.of(), List.of()));
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.carries("sms");
    View.Row row = town.ask(d -> d.deliveries(id)).orElseThrow().get(0);
    town.writes("13900000001", "1");
    assertThat(town.at(id, "p1").missing()).contains(Proof.ANSWERED);
    String text = row.text();
    String code = text.substring(text.indexOf("p3滑坡") + 4, text.indexOf("p3滑坡") + 6);
    town.writes("13900000001", code);
    assertThat(town.at(id, "p3").missing()).doesNotContain(Proof.ANSWERED);
    assertThat(town.at(id, "p1").missing()).contains(Proof.ANSWERED);
  }

  @Test
  void who_has_answered_is_not_asked_again_by_a_try_that_was_under_way_meanwhile() {
    for (Outcome late :
        List.of(
            new Outcome.Unknown("the modem is gone"),
            new Outcome.Retry(Duration.ZERO, "busy"),
            new Outcome.LaneDown("no modem"))) {
      try (Town another = new Town()) {
        another.point("p1", true);
        String id = another.issue(Town.warning(Grade.RED, "1")).id();
        another.takes("sms", 100);
        another.writes(Town.phone("A", "p1"), "收到");
        another.outcome(another.lastTo(Town.phone("A", "p1")), late);
        another.passes(Duration.ofMinutes(10));
        assertThat(another.takes("sms", 100))
            .filteredOn(m -> !Town.details(m))
            .extracting(Message::address)
            .as("after " + late)
            .doesNotContain(Town.phone("A", "p1"));
        assertThat(another.ask(d -> d.deliveries(id)).orElseThrow())
            .filteredOn(r -> r.address().equals(Town.phone("A", "p1")) && !r.details())
            .isNotEmpty()
            .noneMatch(r -> r.state() == DeliveryState.QUEUED);
      }
    }
  }

  @Test
  void what_nobody_ever_reports_on_is_given_up_when_its_warning_is_long_over() {
    town.point("p1", false).point("p2", false);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    List<Message> sms = town.takes("sms", 100);
    town.outcome(sms.get(0), new Outcome.Accepted(List.of("7")));
    town.outcome(sms.get(1), new Outcome.Pending("looked at by the platform"));
    town.ask(d -> d.lift(id, "王", "雨停了"));
    town.passes(Duration.ofMinutes(9));
    assertThat(states(id, sms.subList(0, 2))).containsOnly(DeliveryState.SENT);
    town.passes(Duration.ofMinutes(2));
    assertThat(states(id, sms.subList(0, 2))).containsOnly(DeliveryState.UNKNOWN);
    town.confirms(sms.get(0), Signal.Evidence.DELIVERED);
    assertThat(states(id, sms.subList(0, 1))).containsOnly(DeliveryState.DELIVERED);
  }

  @Test
  void a_try_that_comes_back_unsent_when_its_warning_is_over_is_not_queued_for_ever() {
    for (Outcome late :
        List.of(new Outcome.Retry(Duration.ZERO, "busy"), new Outcome.LaneDown("no modem"))) {
      try (Town another = new Town()) {
        another.point("p1", true);
        String id = another.issue(Town.warning(Grade.RED, "1")).id();
        Message sms = another.takes("sms", 1).get(0);
        another.ask(d -> d.lift(id, "王", "雨停了"));
        another.outcome(sms, late);
        assertThat(another.ask(d -> d.deliveries(id)).orElseThrow())
            .as("after " + late)
            .extracting(View.Row::state)
            .containsOnly(DeliveryState.CANCELLED);
      }
    }
  }

  @Test
  void nothing_of_a_rejected_warning_waits_to_be_sent() {
    town.point("p1", true);
    String id = town.issue(Town.doubtful(Grade.RED, "1")).id();
    town.ask(d -> d.reject(id, "王", "听错了"));
    assertThat(town.ask(d -> d.deliveries(id)).orElseThrow())
        .extracting(View.Row::state)
        .containsOnly(DeliveryState.CANCELLED);
  }

  @Test
  void what_was_under_way_when_its_time_passed_has_gone_out_and_is_told_of_the_lift() {
    town.point("p1", false);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    Message sms = town.takes("sms", 1).get(0);
    town.now = town.now.plus(Duration.ofHours(3));
    town.work();
    town.outcome(sms, new Outcome.Accepted(List.of("7")));
    assertThat(states(id, List.of(sms))).containsOnly(DeliveryState.SENT);
    town.ask(d -> d.lift(id, "王", "雨停了"));
    assertThat(town.takes("sms", 100)).extracting(Message::address).containsExactly(sms.address());
  }

  @Test
  void a_lane_that_nobody_serves_keeps_nothing_of_a_warning_that_has_left_the_desk() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.work();
    assertThat(town.desk.decisions.dispatch.waiting("sms")).isPositive();
    town.ask(d -> d.lift(id, "王", "雨停了"));
    town.now = town.now.plus(Duration.ofHours(25));
    town.work();
    assertThat(town.desk.decisions.cases).doesNotContainKey(id);
    assertThat(town.desk.decisions.dispatch.waiting("sms")).isZero();
  }

  @Test
  void
      of_very_many_deliveries_that_are_over_the_oldest_leave_the_desk_before_their_day_has_passed() {
    town.point("p1", true).point("p2", true);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String id = town.issue(Town.warning(Grade.RED, "" + i)).id();
      town.ask(d -> d.lift(id, "王", "雨停了"));
      ids.add(id);
    }
    town.desk.decisions.mostOver =
        2 * town.desk.decisions.cases.get(ids.get(0)).progress.rows().size();
    String open = town.issue(Town.warning(Grade.RED, "open")).id();
    town.work();
    assertThat(town.desk.decisions.cases).containsKeys(ids.toArray(String[]::new));
    town.passes(Duration.ofSeconds(11));
    assertThat(town.desk.decisions.cases)
        .doesNotContainKey(ids.get(0))
        .containsKeys(ids.get(1), ids.get(2), open);
    CompletableFuture<Optional<List<View.Row>>> fromTheLedger = town.desk.deliveries(ids.get(0));
    town.work();
    assertThat(fromTheLedger.join()).isPresent();
  }

  @Test
  void what_replaced_a_warning_that_has_not_come_yet_waits_for_it_however_much_is_over() {
    town.point("p1", true);
    town.desk.decisions.mostOver = 0;
    List<Warning.Reference> first = List.of(new Warning.Reference("气象台", "1", Town.NOON));
    String update =
        town.issue(Town.warning(Grade.RED, "2", Warning.Type.UPDATE, Warning.Nature.ACTUAL, first))
            .id();
    town.ask(d -> d.lift(update, "王", "雨停了"));
    town.passes(Duration.ofSeconds(11));
    assertThat(town.issue(Town.warning(Grade.RED, "1")).status())
        .isEqualTo(WarningStatus.SUPERSEDED);
  }

  @Test
  void only_the_latest_warnings_that_are_over_are_remembered() {
    for (int day = 0; day < 2; day++) {
      for (int i = 0; i < 80; i++) {
        town.issue(Town.warning(Grade.BLUE, day + "-" + i)); // touches nothing here
      }
      town.now = town.now.plus(Duration.ofHours(25));
      town.work();
      CompletableFuture<List<View.Summary>> all = town.desk.warnings(null);
      town.work();
      assertThat(all.join()).hasSize(day == 0 ? 80 : 100);
    }
    assertThat(town.desk.closed).hasSize(100);
  }

  private List<DeliveryState> states(String id, List<Message> messages) {
    List<View.Row> rows = town.ask(d -> d.deliveries(id)).orElseThrow();
    return messages.stream()
        .map(m -> rows.get(Integer.parseInt(m.attempt().split("\\.", -1)[1])).state())
        .toList();
  }

  @Test
  void a_late_answer_to_last_nights_warning_never_confirms_tonights() {
    town.point("p1", false);
    String last = town.issue(Town.warning(Grade.RED, "1")).id();
    town.carries("sms");
    town.passes(Duration.ofMinutes(10));
    String tonight = town.issue(Town.warning(Grade.RED, "2")).id();
    Message second =
        town.carries("sms").stream()
            .filter(m -> m.content().about().equals(tonight))
            .filter(m -> m.address().equals(Town.phone("A", "p1")))
            .findFirst()
            .orElseThrow();
    town.writes(Town.phone("A", "p1"), "1");
    assertThat(town.at(tonight, "p1").missing()).contains(Proof.ANSWERED);
    assertThat(town.at(last, "p1").missing()).contains(Proof.ANSWERED);
    String code = second.field("code");
    assertThat(code).matches("[03-9]{2}");
    town.writes(Town.phone("A", "p1"), code + "收到");
    assertThat(town.at(tonight, "p1").missing()).doesNotContain(Proof.ANSWERED);
    assertThat(town.at(last, "p1").missing()).contains(Proof.ANSWERED);
  }

  @Test
  void one_person_trapped_is_an_alarm_and_not_an_answer() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.carries("sms");
    town.writes(Town.phone("A", "p1"), "1人被困");
    assertThat(town.at(id, "p1").missing()).contains(Proof.ANSWERED);
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .anyMatch(l -> l.type() == Event.Type.ALARM && l.detail().equals("1人被困"));
  }

  @Test
  void who_cannot_go_hands_over_at_once_and_a_second_thought_reopens_the_point() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.confirms(town.carries("loudspeaker").get(0), Signal.Evidence.PLAYED);
    town.carries("sms");
    town.writes(Town.phone("A", "p1"), "1");
    town.assertState(id, "p1", Coverage.State.COVERED);
    town.writes(Town.phone("A", "p1"), "2");
    town.assertState(id, "p1", Coverage.State.REACHED);
    assertThat(town.at(id, "p1").stage()).isEqualTo(1);
    assertThat(town.takes("sms", 100)).extracting(Message::address).contains(Town.phone("B", "p1"));
  }

  @Test
  void silence_goes_up_the_ladder_and_ends_as_one_duty_task_for_the_village() {
    town.leader("镇长", ResponsiblePerson.Level.TOWN, "13500000001");
    town.point("p1", true).point("p2", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.carries("loudspeaker").forEach(m -> town.confirms(m, Signal.Evidence.PLAYED));
    town.carries("sms");
    assertThat(town.carries("sms")).hasSize(4).allMatch(Town::details);
    assertThat(town.duties()).isEmpty();
    town.passes(Duration.ofSeconds(125));
    assertThat(town.carries("sms")).hasSize(4);
    town.passes(Duration.ofSeconds(65));
    assertThat(town.carries("sms"))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.address()).isEqualTo("13500000001");
              assertThat(m.content().text()).contains("p1滑坡", "p2滑坡");
            });
    town.passes(Duration.ofMinutes(2));
    assertThat(town.duties())
        .singleElement()
        .satisfies(
            t -> {
              assertThat(t.items()).hasSize(2);
              assertThat(t.calls())
                  .extracting(DutyTask.Call::phone)
                  .contains(Town.phone("A", "p1"), Town.phone("B", "p2"));
            });
    town.ask(d -> d.word(id, "p1", "值班员赵", "knocked", "都已转移", true, 13));
    town.assertState(id, "p1", Coverage.State.COVERED);
    assertThat(town.at(id, "p1").moved()).isEqualTo(13);
    assertThat(town.duties().get(0).items()).hasSize(1);
    town.ask(d -> d.word(id, "p1", "值班员赵", "", "看错了", false, -1));
    town.assertState(id, "p1", Coverage.State.REACHED);
  }

  @Test
  void the_deadline_fires_whatever_the_queues_do() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.RED, "1"));
    town.passes(Duration.ofMinutes(5));
    assertThat(town.duties())
        .singleElement()
        .satisfies(t -> assertThat(t.kind()).isEqualTo(DutyTask.Kind.CUT_OFF));
  }

  @Test
  void a_point_without_a_loudspeaker_is_somebodys_duty_from_the_start() {
    town.point("p1", false);
    town.issue(Town.warning(Grade.RED, "1"));
    town.work();
    assertThat(town.duties().get(0).items().get(0).why()).contains("no loudspeaker");
  }

  @Test
  void nobody_told_comes_before_somebody_told_and_red_before_blue() {
    town.point("p1", true).point("p2", true).point("p3", true);
    town.issue(Town.warning(Grade.BLUE, "blue"));
    town.issue(Town.warning(Grade.RED, "red"));
    List<Message> first = town.takes("sms", 4);
    assertThat(first).allMatch(m -> m.content().text().contains("红色"));
    assertThat(first.subList(0, 3))
        .extracting(Message::address)
        .containsExactlyInAnyOrder(
            Town.phone("A", "p1"), Town.phone("A", "p2"), Town.phone("A", "p3"));
    assertThat(first.get(3).address())
        .isIn(Town.phone("B", "p1"), Town.phone("B", "p2"), Town.phone("B", "p3"));
  }

  @Test
  void the_ladder_overtakes_first_words_to_those_who_only_have_to_know() {
    town.leader("村书记", ResponsiblePerson.Level.VILLAGE, "13600000001");
    town.leader("镇长", ResponsiblePerson.Level.TOWN, "13500000001");
    town.point(
        "p1",
        List.of(Town.person("王", ResponsiblePerson.Part.A, "13900000001", List.of("p1"))),
        List.of(),
        List.of(resident("张大爷", "13700000001", "p1")));
    town.issue(Town.warning(Grade.RED, "1"));
    town.outcome(town.takes("sms", 1).get(0), new Outcome.Accepted(List.of()));
    town.passes(Duration.ofMinutes(10));
    assertThat(town.takes("sms", 10))
        .extracting(Message::address)
        .containsExactly("13900000001", "13500000001", "13600000001", "13900000001", "13700000001");
  }

  @Test
  void a_real_warning_overtakes_a_drill_and_a_drill_says_so() {
    town.point("p1", true);
    town.issue(
        Town.warning(Grade.RED, "drill", Warning.Type.ALERT, Warning.Nature.EXERCISE, List.of()));
    town.issue(Town.warning(Grade.BLUE, "real"));
    List<Message> plays = town.takes("loudspeaker", 10);
    assertThat(plays.get(0).content().drill()).isFalse();
    Content drill = plays.get(1).content();
    assertThat(drill.drill()).isTrue();
    assertThat(drill.text()).startsWith("【演练】这是演练。").endsWith("这是演练。");
  }

  @Test
  void an_unknown_outcome_is_tried_once_more_marked_and_not_before_its_time() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.RED, "1"));
    Message first = town.takes("sms", 1).get(0);
    town.outcome(first, new Outcome.Unknown("no answer"));
    town.takes("sms", 100).forEach(m -> town.outcome(m, new Outcome.Accepted(List.of())));
    town.passes(Duration.ofSeconds(50));
    assertThat(town.takes("sms", 100)).noneMatch(m -> m.address().equals(first.address()));
    town.passes(Duration.ofSeconds(20));
    List<Message> again =
        town.takes("sms", 100).stream()
            .filter(m -> m.attempt().startsWith(first.attempt().replaceAll("\\.1$", ".")))
            .toList();
    assertThat(again).hasSize(1);
    assertThat(again.get(0).marks()).contains(Message.Mark.POSSIBLE_DUPLICATE);
    town.outcome(again.get(0), new Outcome.Unknown("no answer"));
    town.passes(Duration.ofMinutes(10));
    assertThat(town.takes("sms", 100))
        .noneMatch(m -> m.attempt().startsWith(first.attempt().replaceAll("\\.1$", ".")));
  }

  @Test
  void a_retry_waits_and_a_bad_number_does_not_stop_the_point() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    List<Message> sms = town.takes("sms", 2);
    town.outcome(sms.get(0), new Outcome.Permanent("CMS 28: unidentified subscriber"));
    town.outcome(sms.get(1), new Outcome.Retry(Duration.ofSeconds(20), "CMS 38"));
    assertThat(town.takes("sms", 10)).isEmpty();
    town.passes(Duration.ofSeconds(25));
    assertThat(town.takes("sms", 10)).extracting(Message::address).contains(sms.get(1).address());
    assertThat(town.ask(d -> d.deliveries(id)).orElseThrow())
        .anyMatch(r -> r.state() == DeliveryState.FAILED && r.why().startsWith("CMS 28"));
  }

  @Test
  void a_loudspeaker_that_does_not_report_is_asked_again_with_the_same_content() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.BLUE, "1"));
    Message first = town.carries("loudspeaker").get(0);
    town.passes(Duration.ofSeconds(31));
    Message again = town.takes("loudspeaker", 10).get(0);
    assertThat(again.content().id()).isEqualTo(first.content().id());
    assertThat(again.attempt()).isNotEqualTo(first.attempt());
  }

  @Test
  void an_offline_loudspeaker_gets_its_command_on_return_and_meanwhile_somebody_goes() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.RED, "0")); // lets the desk come up
    presence("v-p1", Signal.State.OFFLINE);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.takes("loudspeaker", 10)
        .forEach(m -> town.outcome(m, new Outcome.Retry(Duration.ofMinutes(5), "device offline")));
    town.passes(Duration.ofSeconds(1));
    assertThat(town.duties()).anyMatch(t -> t.items().get(0).why().contains("offline"));
    presence("v-p1", Signal.State.ONLINE);
    List<Message> plays = town.carries("loudspeaker");
    assertThat(plays).isNotEmpty();
    plays.forEach(m -> town.confirms(m, Signal.Evidence.PLAYED));
    assertThat(town.at(id, "p1").missing()).doesNotContain(Proof.PLAYED);
  }

  @Test
  void tries_that_never_left_do_not_use_up_the_asking_after_a_receipt() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.BLUE, "1"));
    for (int refusal = 0; refusal < 6; refusal++) {
      Message m = town.takes("loudspeaker", 1).get(0);
      town.outcome(m, new Outcome.Retry(Duration.ofSeconds(1), "nobody listens there"));
      town.passes(Duration.ofMinutes(2));
    }
    town.carries("loudspeaker");
    town.passes(Duration.ofSeconds(31));
    assertThat(town.takes("loudspeaker", 10)).hasSize(1);
  }

  @Test
  void a_faulty_loudspeaker_is_told_all_the_same_and_somebody_goes_at_once() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.RED, "0")); // lets the desk come up
    presence("v-p1", Signal.State.FAULTY);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.passes(Duration.ofSeconds(1));
    assertThat(town.duties()).anyMatch(t -> t.items().get(0).why().contains("faulty"));
    town.carries("loudspeaker").forEach(m -> town.confirms(m, Signal.Evidence.PLAYED));
    assertThat(town.at(id, "p1").missing())
        .as("if it is heard after all, that counts")
        .doesNotContain(Proof.PLAYED);
  }

  @Test
  void a_device_that_was_missed_and_comes_back_flapping_gets_its_command_at_once() {
    town.point("p1", true);
    presence("v-p1", Signal.State.DEGRADED);
    town.issue(Town.warning(Grade.RED, "1"));
    town.takes("loudspeaker", 10)
        .forEach(m -> town.outcome(m, new Outcome.Retry(Duration.ofMinutes(5), "device offline")));
    assertThat(town.takes("loudspeaker", 10)).isEmpty();
    presence("v-p1", Signal.State.DEGRADED);
    assertThat(town.takes("loudspeaker", 10)).hasSize(1);
  }

  @Test
  void a_loudspeaker_that_said_nothing_is_asked_again_as_soon_as_its_lane_is_back() {
    town.point("p1", true).point("p2", true);
    town.issue(Town.warning(Grade.BLUE, "1"));
    List<Message> plays = town.carries("loudspeaker");
    town.confirms(plays.get(0), Signal.Evidence.PLAYED);
    lane(Signal.State.OFFLINE);
    town.passes(Duration.ofSeconds(3));
    assertThat(town.takes("loudspeaker", 10)).isEmpty();
    lane(Signal.State.ONLINE);
    town.passes(Duration.ofSeconds(1));
    assertThat(town.takes("loudspeaker", 10))
        .extracting(m -> m.content().id())
        .containsExactly(plays.get(1).content().id());
  }

  private void lane(Signal.State state) {
    town.ask(
        d ->
            d.signal(
                "loudspeaker",
                new Signal.Presence(
                    Signal.Subject.LANE, "loudspeaker", state, "", town.now, Map.of())));
  }

  @Test
  void whom_an_open_warning_concerns_is_not_to_be_disturbed() {
    town.point("p1", true).point("p2", true);
    assertThat(engaged()).isEmpty();
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    assertThat(engaged()).containsExactlyInAnyOrder("v-p1", "v-p2");
    town.ask(d -> d.lift(id, "somebody", "over"));
    assertThat(engaged()).isEmpty();
  }

  @Test
  void a_cancel_goes_to_everybody_who_was_told_or_may_have_been() {
    town.point("p1", true).point("p2", true);
    Receipt alert = town.issue(Town.warning(Grade.RED, "1"));
    Message play = town.carries("loudspeaker").get(0);
    List<Message> sms = town.takes("sms", 2);
    town.outcome(sms.get(0), new Outcome.Accepted(List.of()));
    town.outcome(sms.get(1), new Outcome.Unknown("no answer"));
    town.now = town.now.plusSeconds(60);
    Receipt cancel =
        town.issue(
            Town.warning(
                Grade.RED,
                "2",
                Warning.Type.CANCEL,
                Warning.Nature.ACTUAL,
                List.of(new Warning.Reference("气象台", "1", Town.NOON))));
    assertThat(cancel.status()).isEqualTo(WarningStatus.RELEASED);
    assertThat(town.ask(d -> d.warning(alert.id())).orElseThrow().status())
        .isEqualTo(WarningStatus.LIFTED);
    assertThat(town.carries("sms"))
        .allMatch(m -> m.content().kind() == Content.Kind.LIFT)
        .allMatch(m -> m.content().text().contains("未经通知不得返回"))
        .extracting(Message::address)
        .containsExactlyInAnyOrder(sms.get(0).address(), sms.get(1).address());
    assertThat(town.carries("loudspeaker"))
        .hasSize(2)
        .anyMatch(m -> m.content().supersedes().contains(play.content().id()));
  }

  @Test
  void a_cancel_by_another_authority_is_held_and_one_that_comes_first_lifts_what_follows() {
    town.point("p1", true);
    Receipt alert = town.issue(Town.warning(Grade.RED, "1"));
    Warning foreign =
        new Warning(
            new Warning.Identity("别处", "9", Town.NOON),
            Warning.Type.CANCEL,
            Warning.Nature.ACTUAL,
            Grade.RED,
            Town.warning(Grade.RED, "1").hazard(),
            "别处",
            "解除",
            "",
            "",
            Map.of(),
            Town.NOON,
            null,
            Town.warning(Grade.RED, "1").area(),
            List.of(new Warning.Reference("气象台", "1", Town.NOON)),
            List.of(),
            List.of());
    assertThat(town.issue(foreign).status()).isEqualTo(WarningStatus.HELD);
    assertThat(town.ask(d -> d.warning(alert.id())).orElseThrow().status())
        .isEqualTo(WarningStatus.RELEASED);
  }

  @Test
  void what_comes_in_the_wrong_order_ends_up_the_same() {
    town.point("p1", true);
    List<Warning.Reference> first = List.of(new Warning.Reference("气象台", "1", Town.NOON));
    Receipt cancel =
        town.issue(Town.warning(Grade.RED, "2", Warning.Type.CANCEL, Warning.Nature.ACTUAL, first));
    assertThat(cancel.status()).isEqualTo(WarningStatus.NOT_APPLICABLE);
    assertThat(town.issue(Town.warning(Grade.RED, "1")).status()).isEqualTo(WarningStatus.LIFTED);

    List<Warning.Reference> third = List.of(new Warning.Reference(null, "3", null));
    town.issue(Town.warning(Grade.RED, "4", Warning.Type.UPDATE, Warning.Nature.ACTUAL, third));
    assertThat(town.issue(Town.warning(Grade.RED, "3")).status())
        .isEqualTo(WarningStatus.SUPERSEDED);
    assertThat(town.takes("loudspeaker", 10)).hasSize(1);
  }

  @Test
  void while_the_store_is_away_people_see_nothing_is_accepted_and_decisions_wait() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    Message play = town.carries("loudspeaker").get(0);
    ((MemoryLedger) town.ledger).away(true);
    assertThatThrownBy(() -> town.issue(Town.warning(Grade.RED, "2")))
        .isInstanceOf(Memory.Away.class);
    CompletableFuture<Void> kept =
        town.desk.signal(
            "loudspeaker",
            new Signal.Confirmation(
                play.attempt(), Signal.Evidence.PLAYED, "", town.now, Map.of()));
    town.work();
    assertThat(kept).isNotDone();
    assertThat(town.ask(d -> d.coverage(id)).isPresent()).isTrue();
    ((MemoryLedger) town.ledger).away(false);
    town.work();
    town.work();
    assertThat(kept).isCompleted();
    assertThat(town.at(id, "p1").missing()).doesNotContain(Proof.PLAYED);
  }

  @Test
  void a_desk_whose_term_ran_out_unnoticed_keeps_what_it_decided() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    Message play = town.carries("loudspeaker").get(0);
    town.now = town.now.plusSeconds(100);
    town.confirms(play, Signal.Evidence.PLAYED);
    assertThat(town.at(id, "p1").missing()).doesNotContain(Proof.PLAYED);
    assertThat(town.takes("sms", 10)).isNotEmpty();
  }

  /** As a machine under heavy load does: its clock has not told it yet that its term is over. */
  @Test
  void a_desk_that_finds_another_in_its_place_while_it_writes_answers_as_a_standby() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    Duration term = Duration.ofSeconds(30);
    assertThat(town.ledger.claim("two", town.now.plusSeconds(60), term)).isPresent();
    assertThatThrownBy(() -> town.issue(Town.warning(Grade.RED, "2")))
        .isInstanceOf(Memory.Standby.class);
    assertThat(town.desk.active()).isFalse();
    assertThat(town.ledger.open()).containsExactly(id);
  }

  @Test
  void a_lift_ends_what_a_loudspeaker_says_that_never_got_the_update() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.RED, "1"));
    Message play = town.carries("loudspeaker").get(0);
    town.issue(
        Town.warning(
            Grade.RED,
            "2",
            Warning.Type.UPDATE,
            Warning.Nature.ACTUAL,
            List.of(new Warning.Reference("气象台", "1", Town.NOON))));
    // The device is away: the update's command has not left.
    town.issue(
        Town.warning(
            Grade.RED,
            "3",
            Warning.Type.CANCEL,
            Warning.Nature.ACTUAL,
            List.of(new Warning.Reference("气象台", "2", Town.NOON))));
    Message lift = town.carries("loudspeaker").get(0);
    assertThat(lift.content().kind()).isEqualTo(Content.Kind.LIFT);
    assertThat(lift.content().supersedes()).contains(play.content().id()).doesNotHaveDuplicates();
  }

  @Test
  void on_a_loudspeaker_drills_rank_behind_every_warning_and_a_lift_as_its_warning() {
    town.point("p1", true);
    town.issue(
        Town.warning(Grade.RED, "d", Warning.Type.ALERT, Warning.Nature.EXERCISE, List.of()));
    int drill = town.carries("loudspeaker").get(0).content().priority();
    Receipt blue = town.issue(Town.warning(Grade.BLUE, "1"));
    int warning = town.carries("loudspeaker").get(0).content().priority();
    town.carries("sms");
    town.ask(d -> d.lift(blue.id(), "li", "雨停了"));
    assertThat(drill).isGreaterThan(warning).isLessThan(6);
    assertThat(town.carries("loudspeaker").get(0).content().priority()).isEqualTo(warning);
    assertThat(town.carries("sms"))
        .filteredOn(m -> m.content().kind() == Content.Kind.LIFT)
        .isNotEmpty()
        .allMatch(m -> m.content().priority() == 0);
  }

  @Test
  void by_night_lesser_grades_are_quieter_and_red_is_not() {
    town.point("p1", true);
    assertThat(said(Grade.BLUE, "day").volume()).isEqualTo(100);
    town.now = Town.NOON.plus(Duration.ofHours(11)); // 23:00
    assertThat(said(Grade.BLUE, "night").volume()).isEqualTo(40);
    assertThat(said(Grade.RED, "red").volume()).isEqualTo(100);
    assertThat(said(Grade.RED, "again").siren()).isEqualTo("evacuate");
  }

  /** How the loudspeaker says a warning of that grade now. */
  private Speech said(Grade grade, String identifier) {
    String id = town.issue(Town.warning(grade, identifier)).id();
    return town.carries("loudspeaker").stream()
        .map(Message::content)
        .filter(c -> c.about().equals(id))
        .findFirst()
        .orElseThrow()
        .speech();
  }

  @Test
  void red_is_played_again_until_its_point_is_covered_and_a_lift_ends_that_too() {
    Policy usual = Policy.defaults();
    Map<Grade, Sound> sounds = new EnumMap<>(usual.sounds());
    sounds.put(
        Grade.RED,
        new Sound(100, 100, "evacuate", 3, Duration.ofSeconds(2), Duration.ofMinutes(10)));
    town.policy =
        new Policy(
            usual.name(),
            usual.dated(),
            usual.nightFrom(),
            usual.nightTo(),
            usual.rules(),
            usual.ladders(),
            usual.waits(),
            sounds);
    town.point("p1", true);
    Receipt red = town.issue(Town.warning(Grade.RED, "1"));
    Message first = town.carries("loudspeaker").get(0);
    town.confirms(first, Signal.Evidence.PLAYED);
    List<Message> again = new ArrayList<>();
    for (int minute = 1; minute <= 25; minute++) {
      town.now = town.now.plusSeconds(60);
      for (Message m : town.carries("loudspeaker")) {
        again.add(m);
        town.confirms(m, Signal.Evidence.PLAYED);
      }
    }
    assertThat(again).as("after ten and twenty minutes").hasSize(2);
    assertThat(again).extracting(m -> m.content().id()).doesNotHaveDuplicates();
    assertThat(again).extracting(m -> m.content().text()).containsOnly(first.content().text());
    assertThat(again.get(1).content().issued()).isAfter(again.get(0).content().issued());

    town.ask(d -> d.lift(red.id(), "li", "雨停了"));
    Message lift = town.carries("loudspeaker").get(0);
    assertThat(lift.content().supersedes()).contains(again.get(1).content().id());
    town.now = town.now.plus(Duration.ofMinutes(20));
    assertThat(town.carries("loudspeaker")).noneMatch(m -> m.content().kind() == Content.Kind.WARN);
  }

  @Test
  void an_update_replaces_in_one_step_and_tells_those_who_have_left_its_area() {
    town.point("p1", true).point("p2", true);
    Receipt alert = town.issue(Town.warning(Grade.ORANGE, "1"));
    List<Message> plays = town.carries("loudspeaker");
    town.carries("sms");
    town.points.remove("p2");
    Receipt update =
        town.issue(
            Town.warning(
                Grade.RED,
                "2",
                Warning.Type.UPDATE,
                Warning.Nature.ACTUAL,
                List.of(new Warning.Reference("气象台", "1", Town.NOON))));
    assertThat(town.ask(d -> d.warning(alert.id())).orElseThrow().status())
        .isEqualTo(WarningStatus.SUPERSEDED);
    List<Message> now = town.carries("loudspeaker");
    assertThat(now).hasSize(2).allMatch(m -> m.content().kind() == Content.Kind.UPDATE);
    assertThat(now).anyMatch(m -> m.content().supersedes().contains(plays.get(0).content().id()));
    List<Message> sms = town.carries("sms");
    assertThat(sms)
        .extracting(Message::address)
        .contains(Town.phone("A", "p1"), Town.phone("A", "p2"));
    // What a modem still holds of the old warning must not follow these.
    assertThat(sms).allMatch(m -> m.content().supersedes().contains(alert.id()));
    // An upgrade needs fresh answers.
    assertThat(town.at(update.id(), "p1").missing()).contains(Proof.ANSWERED);
  }

  @Test
  void foreign_duplicate_and_early_receipts_are_normal() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.BLUE, "1")).id();
    Message play = town.takes("loudspeaker", 1).get(0);
    town.confirms(play, Signal.Evidence.PLAYED); // earlier than the outcome of its try
    town.outcome(play, new Outcome.Accepted(List.of()));
    town.confirms(play, Signal.Evidence.PLAYED);
    town.channelOf.put("wffffffffffffff.0.1", "loudspeaker");
    town.ask(
        d ->
            d.signal(
                "loudspeaker",
                new Signal.Confirmation(
                    "wffffffffffffff.0.1", Signal.Evidence.PLAYED, "", town.now, Map.of())));
    town.ask(
        d ->
            d.signal(
                "loudspeaker",
                new Signal.Confirmation("..x", Signal.Evidence.PLAYED, "", town.now, Map.of())));
    town.assertState(id, "p1", Coverage.State.COVERED);
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .filteredOn(l -> l.type() == Event.Type.CONFIRMED)
        .hasSize(1);
  }

  @Test
  void a_desk_that_starts_again_goes_on_where_the_other_stopped() {
    town.point("p1", true).point("p2", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    List<Message> plays = town.carries("loudspeaker");
    town.confirms(plays.get(0), Signal.Evidence.PLAYED);
    Message lost = town.takes("sms", 1).get(0);
    Coverage before = town.ask(d -> d.coverage(id)).orElseThrow();

    town.desk = town.desk("two");
    assertThatThrownBy(() -> town.ask(d -> d.coverage(id))).isInstanceOf(Memory.Away.class);
    town.now = town.now.plusSeconds(31); // the term of the first runs out
    assertThat(town.ask(d -> d.coverage(id)).orElseThrow().byArea()).isEqualTo(before.byArea());
    // What was under way is not asked again blindly; the rest goes on.
    assertThat(town.takes("sms", 100))
        .isNotEmpty()
        .noneMatch(m -> m.address().equals(lost.address()) && !Town.details(m));
  }

  @Test
  void what_the_gateway_itself_cut_off_is_tried_again_until_it_is_the_message_that_kills_it() {
    Resident zhang =
        new Resident("r1", "张", "13700000001", "垭口村", "一组", "p1", 3, List.of(), "", "", "");
    town.point("p1", List.of(), List.of(), List.of(zhang));
    String id = town.issue(Town.warning(Grade.YELLOW, "1")).id();
    for (int stop = 1; stop <= 5; stop++) {
      List<Message> tries = town.takes("sms", 10);
      assertThat(tries).as("try %d", stop).hasSize(1);
      assertThat(tries.get(0).marks().contains(Message.Mark.POSSIBLE_DUPLICATE))
          .isEqualTo(stop > 1);
      town.desk = town.desk("after stop " + stop);
      town.now = town.now.plusSeconds(31);
      town.work();
      assertThat(town.takes("sms", 10)).as("a report may still come").isEmpty();
      town.passes(Duration.ofSeconds(65));
    }
    assertThat(town.takes("sms", 10)).isEmpty();
    assertThat(town.ask(d -> d.deliveries(id)).orElseThrow())
        .extracting(View.Row::state)
        .containsExactly(DeliveryState.UNKNOWN);
  }

  @Test
  void the_time_in_which_nobody_could_be_heard_is_no_silence() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.carries("loudspeaker");
    town.carries("sms");
    town.desk = town.desk("two");
    town.now = town.now.plusSeconds(130); // longer than the first rung waits
    assertThat(town.at(id, "p1").stage()).isZero();
    town.passes(Duration.ofSeconds(100));
    assertThat(town.at(id, "p1").stage()).isZero();
    town.passes(Duration.ofSeconds(25));
    assertThat(town.at(id, "p1").stage()).isEqualTo(1);
  }

  @Test
  void residents_get_one_channel_at_a_time() {
    Resident both =
        new Resident("r1", "张", "13700000001", "垭口村", "一组", "p1", 3, List.of(), "", "", "openid-1");
    town.point("p1", List.of(), List.of(), List.of(both));
    town.issue(Town.warning(Grade.YELLOW, "1"));
    Message wechat = town.takes("wechat", 10).get(0);
    assertThat(town.takes("sms", 10)).isEmpty();
    town.outcome(wechat, new Outcome.Permanent("43004: does not follow"));
    assertThat(town.takes("sms", 10)).extracting(Message::address).containsExactly("13700000001");
  }

  @Test
  void helpers_of_key_groups_answer_for_red() {
    Resident old =
        new Resident(
            "r1",
            "张大爷",
            "13700000001",
            "垭口村",
            "一组",
            "p1",
            1,
            List.of("特困"),
            "小刘",
            "13700000002",
            "");
    town.point(
        "p1",
        List.of(Town.person("王", ResponsiblePerson.Part.A, "13900000001", List.of("p1"))),
        List.of(Town.speaker("v1", List.of("p1"))),
        List.of(old));
    String id = town.issue(Town.warning(Grade.RED, "1")).id();
    town.confirms(town.carries("loudspeaker").get(0), Signal.Evidence.PLAYED);
    town.carries("sms");
    town.writes("13900000001", "1");
    assertThat(town.at(id, "p1").missing()).containsExactly(Proof.HELPERS_ANSWERED);
    assertThat(town.lastTo("13700000002").content().text()).contains("张大爷（特困）");
    town.writes("13700000002", "已收到");
    town.assertState(id, "p1", Coverage.State.COVERED);
  }

  private Set<String> engaged() {
    return town.ask(d -> d.engaged("loudspeaker"));
  }

  private void presence(String device, Signal.State state) {
    town.ask(
        d ->
            d.signal(
                "loudspeaker",
                new Signal.Presence(Signal.Subject.DEVICE, device, state, "", town.now, Map.of())));
  }

  private static Resident resident(String name, String phone, String point) {
    return new Resident(name, name, phone, "垭口村", "一组", point, 3, List.of(), "", "", "");
  }
}
