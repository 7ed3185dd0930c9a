package org.lastmile.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.channel.Content;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Reason;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Warning;

/** What people write back by SMS, and what becomes of it. */
class AnswersTest {
  private static final String A = Town.phone("A", "p1");
  private static final String B = Town.phone("B", "p1");
  private static final String SIM1 = "14700000001";
  private static final String SIM2 = "14700000002";
  private static final String IMEI = "861234567890123";

  private final Town town = new Town();

  @AfterEach
  void close() {
    town.close();
  }

  private String red(String identifier) {
    return town.issue(Town.warning(Grade.RED, identifier)).id();
  }

  private String drill(String identifier) {
    return town.issue(
            Town.warning(
                Grade.RED, identifier, Warning.Type.ALERT, Warning.Nature.EXERCISE, List.of()))
        .id();
  }

  private List<Message> carriedFrom(String sim) {
    List<Message> messages = town.takes("sms", 1000);
    messages.forEach(m -> town.outcome(m, new Outcome.Accepted(List.of("7"), sim)));
    return messages;
  }

  private boolean answered(String id) {
    return !town.at(id, "p1").missing().contains(Proof.ANSWERED);
  }

  private List<View.Words> inbox() {
    return town.ask(d -> d.inbox(100));
  }

  private List<View.Row> rowsOf(String id, String address) {
    return town.ask(d -> d.deliveries(id)).orElseThrow().stream()
        .filter(r -> r.address().equals(address))
        .toList();
  }

  // --- the first message, and what follows it ---------------------------------------------------

  @Test
  void who_must_act_on_red_is_told_in_one_part_and_gets_the_rest_afterwards() {
    town.leader("村书记", ResponsiblePerson.Level.VILLAGE, "13600000001");
    town.point("p1", true).point("p2", true);
    String id = red("1");
    List<Message> first = town.carries("sms");
    assertThat(first).hasSize(5).noneMatch(Town::details);
    assertThat(first)
        .allSatisfy(
            m -> {
              assertThat(m.content().text().length()).isLessThanOrEqualTo(70);
              assertThat(m.content().text()).contains("暴雨红色预警", "滑坡", "收到", "回复1");
            });
    List<Message> then = town.carries("sms");
    assertThat(then).hasSize(4).allMatch(Town::details);
    assertThat(then)
        .allSatisfy(
            m -> {
              assertThat(m.content().text()).contains("路线：后山公路", "安置：村小学", "信号：敲锣");
              assertThat(m.marks()).doesNotContain(Message.Mark.FLASH);
              assertThat(m.content().priority()).isGreaterThan(first.get(0).content().priority());
            });
    assertThat(town.takes("sms", 100)).isEmpty();
    assertThat(rowsOf(id, A))
        .filteredOn(View.Row::details)
        .singleElement()
        .satisfies(r -> assertThat(r.text()).contains("后山公路"));
  }

  @Test
  void a_drills_first_message_fits_with_its_mark() {
    town.point("p1", true);
    drill("1");
    assertThat(town.carries("sms"))
        .allSatisfy(
            m -> {
              assertThat(m.content().text()).startsWith("【演练】");
              assertThat(m.content().text().length()).isLessThanOrEqualTo(70);
            });
  }

  @Test
  void the_lesser_grades_and_what_fits_anyway_are_said_in_one_go() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.ORANGE, "1"));
    assertThat(town.carries("sms")).allMatch(m -> m.content().text().contains("后山公路"));
    assertThat(town.takes("sms", 100)).isEmpty();
  }

  @Test
  void details_wait_until_every_point_was_told_and_come_before_those_who_only_have_to_know() {
    town.point(
        "p1",
        List.of(Town.person("王", ResponsiblePerson.Part.A, "13900000001", List.of("p1"))),
        List.of(),
        List.of(resident("13700000001", "p1")));
    town.point(
        "p2",
        List.of(Town.person("李", ResponsiblePerson.Part.A, "13900000002", List.of("p2"))),
        List.of(),
        List.of());
    red("1");
    List<String> order = new java.util.ArrayList<>();
    for (int i = 0; i < 5; i++) {
      town.takes("sms", 1)
          .forEach(
              m -> {
                order.add(m.address() + (Town.details(m) ? " details" : ""));
                town.outcome(m, new Outcome.Accepted(List.of()));
              });
    }
    assertThat(order)
        .containsExactly(
            "13900000001",
            "13900000002",
            "13900000001 details",
            "13900000002 details",
            "13700000001");
  }

  @Test
  void details_do_not_follow_what_never_left_and_are_withdrawn_by_a_lift() {
    town.point("p1", true);
    String id = red("1");
    List<Message> first = town.takes("sms", 100);
    town.outcome(first.get(0), new Outcome.Permanent("CMS 28: number not identified"));
    town.passes(Duration.ofSeconds(5));
    assertThat(town.takes("sms", 100)).isEmpty();
    town.outcome(first.get(1), new Outcome.Accepted(List.of()));
    town.ask(d -> d.lift(id, "王", "雨停了"));
    assertThat(town.takes("sms", 100))
        .allMatch(m -> m.content().kind() == Content.Kind.LIFT)
        .hasSize(1);
    assertThat(town.ask(d -> d.deliveries(id)).orElseThrow())
        .filteredOn(View.Row::details)
        .allMatch(r -> r.state() == DeliveryState.CANCELLED);
  }

  @Test
  void details_are_no_second_message_to_answer_and_an_answer_does_not_stop_them() {
    town.point("p1", true);
    String id = red("1");
    town.carries("sms");
    town.writes(A, "1");
    assertThat(answered(id)).isTrue();
    assertThat(town.carries("sms")).filteredOn(m -> m.address().equals(A)).hasSize(1);
    town.writes(B, "1");
    assertThat(rowsOf(id, B))
        .filteredOn(r -> !r.details() && r.stage() == 0)
        .allMatch(r -> r.state() == DeliveryState.CONFIRMED);
    assertThat(inbox()).isEmpty();
  }

  @Test
  void details_hold_the_ladder_up_neither_while_they_wait_nor_when_they_left() {
    town.point("p1", true);
    String id = red("1");
    town.carries("loudspeaker").forEach(m -> town.confirms(m, Signal.Evidence.PLAYED));
    town.carries("sms");
    town.passes(Duration.ofSeconds(90));
    town.carries("sms"); // the details
    town.passes(Duration.ofSeconds(35));
    assertThat(town.at(id, "p1").stage()).isEqualTo(1);
    assertThat(town.carries("sms"))
        .as("the reminder needs no details again")
        .hasSize(2)
        .noneMatch(Town::details);
    assertThat(town.carries("sms")).isEmpty();
  }

  // --- whose answer, and to what ----------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"1", "１", " 1。", "收到", "已收到", "“收到！”", "1\n", "1️⃣"})
  void these_confirm(String text) {
    town.point("p1", false);
    String id = red("1");
    town.carries("sms");
    town.writes(A, text);
    assertThat(answered(id)).isTrue();
    assertThat(inbox()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1人被困", "好的", "ok", "知道了", "收到请讲", "11", "不收到", ""})
  void these_never_confirm_and_are_kept_for_people_to_read(String text) {
    town.point("p1", false);
    String id = red("1");
    town.carries("sms");
    town.writes(A, text);
    assertThat(answered(id)).isFalse();
    assertThat(inbox())
        .singleElement()
        .satisfies(
            w -> {
              assertThat(w.text()).isEqualTo(text);
              assertThat(w.from()).isEqualTo(A);
              assertThat(w.warning()).isEqualTo(id);
              assertThat(w.point()).isEqualTo("p1");
              assertThat(w.name()).isEqualTo("A-p1");
              assertThat(w.seenBy()).isEmpty();
            });
  }

  @Test
  void
      somebody_trapped_is_an_alarm_in_the_inbox_and_on_the_timeline_until_somebody_has_seen_to_it() {
    town.point("p1", false);
    String id = red("1");
    town.carries("sms");
    town.writes(A, "1人被困");
    View.Words alarm = inbox().get(0);
    assertThat(alarm.kind()).isEqualTo(View.Words.Kind.ALARM);
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .anyMatch(l -> l.type() == Event.Type.ALARM && l.detail().equals("1人被困"));
    assertThat(town.ask(d -> d.seen(alarm.number(), "值班员赵")).orElseThrow().seenBy())
        .isEqualTo("值班员赵");
    assertThat(town.ask(d -> d.seen(alarm.number(), "另一人")).orElseThrow().seenBy())
        .as("who was first stands")
        .isEqualTo("值班员赵");
    assertThat(town.ask(d -> d.seen(99, "赵")).isPresent()).isFalse();
  }

  @Test
  void a_second_warning_while_the_first_is_open_asks_for_its_code_and_says_so_to_a_bare_answer() {
    town.point("p1", false);
    String first = red("1");
    town.carries("sms");
    String second = red("2");
    Message asks =
        town.carries("sms").stream()
            .filter(m -> m.content().about().equals(second) && m.address().equals(A))
            .findFirst()
            .orElseThrow();
    String code = asks.field("code");
    assertThat(code).matches("[03-9]{2}");
    assertThat(asks.content().text()).contains("回复" + code).hasSizeLessThanOrEqualTo(70);

    town.writes(A, "1");
    assertThat(answered(first)).isFalse();
    assertThat(answered(second)).isFalse();
    assertThat(inbox()).singleElement().satisfies(w -> assertThat(w.text()).isEqualTo("1"));
    Message help = notice(A);
    assertThat(help.content().text()).contains("没有记上", "回" + code, "最后答复，收到回1");

    town.writes(A, code);
    assertThat(answered(second)).isTrue();
    assertThat(answered(first)).isFalse();
    town.writes(A, "1");
    assertThat(answered(first)).as("now exactly one is unanswered").isTrue();
  }

  @Test
  void two_warnings_in_one_moment_are_told_apart_although_neither_has_left() {
    town.point("p1", false);
    red("1");
    String second = red("2");
    assertThat(town.carries("sms"))
        .filteredOn(m -> m.content().about().equals(second))
        .isNotEmpty()
        .allMatch(m -> m.field("code").matches("[03-9]{2}"));
  }

  @Test
  void who_is_told_how_to_answer_is_not_told_again_at_once() {
    town.point("p1", false);
    red("1");
    red("2");
    town.carries("sms");
    town.writes(A, "1");
    town.writes(A, "收到");
    assertThat(town.takes("sms", 100)).filteredOn(AnswersTest::isNotice).hasSize(1);
    town.passes(Duration.ofMinutes(11));
    town.writes(A, "收到");
    assertThat(town.takes("sms", 100)).filteredOn(AnswersTest::isNotice).hasSize(1);
  }

  @Test
  void a_message_that_failed_for_good_is_nobodys_to_answer() {
    town.point("p1", false);
    red("1");
    town.carries("sms").forEach(m -> town.confirms(m, Signal.Evidence.FAILED));
    town.passes(Duration.ofMinutes(10));
    String second = red("2");
    List<Message> asks = town.carries("sms");
    assertThat(asks)
        .filteredOn(m -> m.content().about().equals(second) && m.address().equals(A))
        .isNotEmpty();
    town.writes(A, codeOf(asks, second));
    assertThat(answered(second)).isTrue();
  }

  @Test
  void a_drills_code_never_confirms_the_real_warning_nor_the_other_way_round() {
    town.point("p1", false);
    red("0");
    town.carries("sms"); // unanswered: from now on codes are asked for
    String drill = drill("1");
    String drillCode = codeOf(town.carries("sms"), drill);
    town.writes(A, drillCode);
    assertThat(answered(drill)).isTrue();
    String real = red("2");
    String realCode = codeOf(town.carries("sms"), real);
    assertThat(realCode).as("a code is not given again so soon").isNotEqualTo(drillCode);
    town.writes(A, drillCode);
    assertThat(answered(real)).isFalse();
    town.writes(A, realCode);
    assertThat(answered(real)).isTrue();
  }

  @Test
  void a_bare_answer_confirms_neither_a_drill_nor_a_real_warning_when_both_are_open() {
    town.point("p1", false);
    String drill = drill("1");
    town.carries("sms");
    String real = red("2");
    town.carries("sms");
    town.writes(A, "收到");
    assertThat(answered(drill)).isFalse();
    assertThat(answered(real)).isFalse();
  }

  @Test
  void an_answer_to_another_sim_than_the_one_that_asked_is_a_report() {
    town.point("p1", false);
    String id = red("1");
    carriedFrom(SIM1);
    town.writes(A, SIM2, "1");
    assertThat(answered(id)).isFalse();
    assertThat(inbox()).singleElement().satisfies(w -> assertThat(w.to()).isEqualTo(SIM2));
    assertThat(notice(A).content().text()).contains("直接回复发来预警短信的那个号码");
    town.writes(A, SIM1, "1");
    assertThat(answered(id)).isTrue();
  }

  @Test
  void a_sim_that_does_not_know_its_number_takes_every_answer_and_a_modem_only_its_own() {
    town.point("p1", false);
    String id = red("1");
    carriedFrom("");
    town.writes(A, SIM2, "1");
    assertThat(answered(id)).as("nobody knows which SIM asked").isTrue();

    town.point("p2", false);
    String other = red("2");
    carriedFrom(IMEI);
    String a2 = Town.phone("A", "p2");
    town.writes(a2, "869999999999999", "1");
    assertThat(town.at(other, "p2").missing()).contains(Proof.ANSWERED);
    town.writes(a2, SIM1, "1");
    assertThat(town.at(other, "p2").missing())
        .as("a number and a modem can't be compared")
        .doesNotContain(Proof.ANSWERED);
  }

  @Test
  void any_sim_that_has_asked_may_be_answered_also_after_a_restart() {
    town.point("p1", false);
    String id = red("1");
    carriedFrom(SIM1);
    town.passes(Duration.ofSeconds(125));
    carriedFrom(SIM2); // the reminder
    town.desk = town.desk("two");
    town.now = town.now.plusSeconds(31);
    town.work();
    town.writes(A, "14700000003", "1");
    assertThat(answered(id)).isFalse();
    town.writes(A, SIM1, "1");
    assertThat(answered(id)).isTrue();
  }

  @Test
  void an_answer_that_a_modem_brings_again_answers_nothing_new() {
    town.point("p1", false);
    String first = red("1");
    town.carries("sms");
    Signal.Inbound one = new Signal.Inbound("m1", A, "", "1", town.now, town.now);
    town.hears(one);
    assertThat(answered(first)).isTrue();
    town.ask(d -> d.lift(first, "王", "雨停了"));
    town.carries("sms");
    town.now = town.now.plus(Duration.ofHours(20));
    town.passes(Duration.ofSeconds(5));
    String next = red("2");
    town.carries("sms");
    town.hears(one);
    assertThat(answered(next)).isFalse();
    assertThat(inbox()).isEmpty();
    town.writes(A, "1");
    assertThat(answered(next)).isTrue();
  }

  @Test
  void an_answer_that_was_written_before_the_message_had_left_is_no_answer_to_it() {
    town.point("p1", false);
    String id = red("1");
    town.carries("sms");
    town.hears(new Signal.Inbound("m1", A, "", "1", town.now, town.now.minus(Duration.ofHours(9))));
    assertThat(answered(id)).isFalse();
    assertThat(inbox()).extracting(View.Words::text).containsExactly("1");
    // The carrier's clock may be some minutes off.
    town.hears(
        new Signal.Inbound("m2", A, "", "1", town.now, town.now.minus(Duration.ofMinutes(9))));
    assertThat(answered(id)).isTrue();
  }

  @Test
  void digits_that_are_a_phone_number_rather_than_codes_confirm_nothing() {
    town.point("p1", false);
    red("1");
    town.carries("sms");
    String second = red("2");
    String code = codeOf(town.carries("sms"), second);
    String other = code.equals("00") ? "33" : "00";
    town.writes(A, "1" + code + other.repeat(4));
    assertThat(answered(second)).isFalse();
    assertThat(inbox()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "２。", "去不了"})
  void who_cannot_go_hands_over_to_b_at_once_and_is_not_asked_again(String text) {
    town.point("p1", false);
    String id = red("1");
    town.carries("sms");
    town.carries("sms");
    town.writes(A, text);
    assertThat(town.at(id, "p1").stage()).isEqualTo(1);
    assertThat(town.carries("sms")).extracting(Message::address).containsExactly(B);
    assertThat(town.at(id, "p1").reasons())
        .contains(new Coverage.Why("A-p1", new Reason(Reason.Code.DECLINED, "去不了")));
    town.passes(Duration.ofMinutes(30));
    assertThat(town.takes("sms", 100)).noneMatch(m -> m.address().equals(A));
  }

  @Test
  void who_answers_point_by_point_and_forgets_one_is_told_and_not_taken_at_a_bare_word() {
    List<String> ids = IntStream.rangeClosed(1, 5).mapToObj(i -> "q" + i).toList();
    ResponsiblePerson wang = Town.person("王", ResponsiblePerson.Part.A, "13900000001", ids);
    ids.forEach(p -> town.point(p, List.of(wang), List.of(), List.of()));
    String id = red("1");
    town.carries("sms");
    Message details = town.carries("sms").get(0);
    List<String> codes =
        rowsOf(id, "13900000001").isEmpty() ? List.of() : codesIn(details.content().text());
    assertThat(codes).hasSize(5);
    town.writes("13900000001", codes.get(0));
    assertThat(town.at(id, "q1").missing()).doesNotContain(Proof.ANSWERED);
    town.writes("13900000001", "收到");
    assertThat(town.at(id, "q2").missing()).contains(Proof.ANSWERED);
    assertThat(inbox()).hasSize(1);
    assertThat(notice("13900000001").content().text()).contains("逐点回复");
  }

  @Test
  void a_lift_asks_for_no_answer_and_makes_the_next_warning_not_ambiguous() {
    town.point("p1", false);
    String first = red("1");
    town.carries("sms");
    town.writes(A, "1");
    town.ask(d -> d.lift(first, "王", "雨停了"));
    town.carries("sms");
    town.passes(Duration.ofMinutes(10));
    String second = red("2");
    assertThat(town.carries("sms"))
        .filteredOn(m -> m.address().equals(A))
        .isNotEmpty()
        .allMatch(m -> m.field("code").isEmpty());
    town.writes(A, "1");
    assertThat(answered(second)).isTrue();
  }

  // --- words of anybody -------------------------------------------------------------------------

  @Test
  void words_of_somebody_unknown_are_kept_across_a_restart_once_each() {
    town.work();
    for (int i = 0; i < 2; i++) { // the modem hands the same message on twice
      town.ask(
          d ->
              d.signal(
                  "sms", new Signal.Inbound("m1", "15000000000", SIM1, "河水漫过桥了\n快来", town.now)));
    }
    town.writes("15000000000", "有人被困");
    assertThat(inbox()).hasSize(2);
    town.ask(d -> d.seen(inbox().get(0).number(), "赵"));
    List<View.Words> before = inbox();
    town.desk = town.desk("two");
    town.now = town.now.plusSeconds(31);
    town.work();
    assertThat(inbox()).isEqualTo(before);
    assertThat(before).extracting(View.Words::text).containsExactly("有人被困", "河水漫过桥了\n快来");
    assertThat(before.get(0).kind()).isEqualTo(View.Words.Kind.ALARM);
    assertThat(before.get(0).seenBy()).isEqualTo("赵");
    assertThat(before.get(1).warning()).isEmpty();
  }

  @Test
  void words_are_not_acknowledged_before_they_are_kept() {
    MemoryLedger ledger = (MemoryLedger) town.ledger;
    town.work();
    ledger.away(true);
    assertThatThrownBy(() -> town.writes("15000000000", "河水漫过桥了")).isInstanceOf(Memory.Away.class);
    ledger.away(false);
    assertThat(inbox()).isEmpty();
  }

  @Test
  void the_inbox_forgets_the_oldest_by_number_and_by_age() {
    town.work();
    Inbox inbox = new Inbox(town.ledger.memory("another"));
    for (int i = 0; i < Inbox.MOST + 5; i++) {
      inbox.keep(
          "sms",
          new Signal.Inbound("", "15000000000", "", "第" + i, town.now),
          View.Words.Kind.REPORT,
          Inbox.Place.NONE);
    }
    assertThat(inbox.newest(5000)).hasSize(Inbox.MOST);
    Inbox again = new Inbox(town.ledger.memory("another"));
    again.load(town.now);
    assertThat(again.newest(5000)).isEqualTo(inbox.newest(5000));
    again.load(town.now.plus(Duration.ofDays(401)));
    assertThat(again.newest(5000)).isEmpty();
  }

  @Test
  void who_wants_no_more_sms_gets_none_of_the_lesser_grades_as_a_resident() {
    town.point(
        "p1",
        List.of(Town.person("A-p1", ResponsiblePerson.Part.A, A, List.of("p1"))),
        List.of(),
        List.of(resident("13700000001", "p1"), resident("13700000002", "p1")));
    town.issue(Town.warning(Grade.BLUE, "1"));
    town.carries("sms");
    town.writes("13700000001", "退订");
    town.writes(A, "TD");
    assertThat(inbox())
        .extracting(View.Words::kind)
        .containsOnly(View.Words.Kind.OPT_OUT)
        .hasSize(2);
    assertThat(notice("13700000001").content().text()).contains("红色、橙色", "恢复");

    town.issue(Town.warning(Grade.YELLOW, "2"));
    assertThat(town.carries("sms"))
        .filteredOn(m -> !isNotice(m))
        .extracting(Message::address)
        .contains("13700000002", A)
        .doesNotContain("13700000001");
    town.issue(Town.warning(Grade.ORANGE, "3"));
    assertThat(town.carries("sms")).extracting(Message::address).contains("13700000001");

    town.desk = town.desk("two");
    town.now = town.now.plusSeconds(31);
    town.work();
    assertThat(town.ask(Desk::optOuts))
        .extracting(View.OptOut::phone)
        .containsExactlyInAnyOrder("13700000001", A);
    town.writes("13700000001", "恢复");
    town.issue(Town.warning(Grade.YELLOW, "4"));
    assertThat(town.carries("sms"))
        .filteredOn(m -> m.content().kind() == Content.Kind.WARN)
        .extracting(Message::address)
        .contains("13700000001");
  }

  @Test
  void who_was_told_red_is_told_that_it_is_only_yellow_now() {
    town.point(
        "p1",
        List.of(Town.person("A-p1", ResponsiblePerson.Part.A, A, List.of("p1"))),
        List.of(),
        List.of(resident("13700000001", "p1")));
    Warning red = Town.warning(Grade.RED, "1");
    town.issue(red);
    town.carries("sms");
    town.ask(d -> d.optOut("+8613700000001", true, "赵", "来电"));
    town.issue(
        Town.warning(
            Grade.YELLOW,
            "2",
            Warning.Type.UPDATE,
            Warning.Nature.ACTUAL,
            List.of(new Warning.Reference("气象台", "1", red.identity().sent()))));
    assertThat(town.carries("sms"))
        .filteredOn(m -> m.content().kind() == Content.Kind.UPDATE)
        .extracting(Message::address)
        .contains("13700000001");
  }

  // --- what carriers report ---------------------------------------------------------------------

  @Test
  void delivered_still_trying_failed_for_good_and_expired_are_told_apart() {
    List<String> points = List.of("p1", "p2", "p3", "p4", "p5");
    points.forEach(p -> town.point(p, false));
    String id = town.issue(Town.warning(Grade.ORANGE, "1")).id();
    List<Message> sent = town.carries("sms");
    List<Signal.Evidence> said =
        List.of(
            Signal.Evidence.DELIVERED,
            Signal.Evidence.RECEIVED,
            Signal.Evidence.FAILED,
            Signal.Evidence.EXPIRED);
    for (int i = 0; i < said.size(); i++) {
      town.confirms(to(sent, points.get(i)), said.get(i));
    }
    assertThat(points.stream().map(p -> rowsOf(id, Town.phone("A", p)).get(0)).toList())
        .extracting(View.Row::report)
        .containsExactly(
            View.Report.DELIVERED,
            View.Report.TRYING,
            View.Report.FAILED,
            View.Report.EXPIRED,
            View.Report.NONE);
    town.confirms(to(sent, "p2"), Signal.Evidence.DELIVERED);
    assertThat(rowsOf(id, Town.phone("A", "p2")).get(0).report()).isEqualTo(View.Report.DELIVERED);
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .extracting(View.Line::type)
        .contains(Event.Type.DELIVERED, Event.Type.RECEIVED, Event.Type.FAILED, Event.Type.EXPIRED);
  }

  @Test
  void a_carrier_that_still_tries_has_the_message_so_that_it_is_not_sent_again() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.YELLOW, "1")).id();
    List<Message> sent = town.takes("sms", 10);
    sent.forEach(m -> town.outcome(m, new Outcome.Unknown("no answer")));
    sent.forEach(m -> town.confirms(m, Signal.Evidence.RECEIVED));
    town.passes(Duration.ofMinutes(8));
    assertThat(town.takes("sms", 10)).isEmpty();
    assertThat(rowsOf(id, A).get(0).report()).isEqualTo(View.Report.TRYING);
  }

  @Test
  void what_was_tried_twice_in_vain_ends_as_unknown_and_a_late_report_still_counts() {
    town.point(
        "p1",
        List.of(Town.person("A-p1", ResponsiblePerson.Part.A, A, List.of("p1"))),
        List.of(),
        List.of(resident("13700000001", "p1")));
    String id = town.issue(Town.warning(Grade.YELLOW, "1")).id();
    Message resident = null;
    for (int i = 0; i < 2; i++) {
      for (Message m : town.takes("sms", 10)) {
        town.outcome(m, new Outcome.Unknown("the gateway stopped during this try"));
        resident = m.address().equals("13700000001") ? m : resident;
      }
      assertThat(rowsOf(id, "13700000001").get(0).state()).isEqualTo(DeliveryState.SENT);
      town.passes(Duration.ofSeconds(190));
    }
    assertThat(town.takes("sms", 10)).noneMatch(m -> m.address().equals("13700000001"));
    View.Row row = rowsOf(id, "13700000001").get(0);
    assertThat(row.state()).isEqualTo(DeliveryState.UNKNOWN);
    assertThat(row.attempts()).isEqualTo(2);
    assertThat(row.reason().code()).isEqualTo(Reason.Code.GATEWAY_STOPPED);
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .anyMatch(l -> l.type() == Event.Type.UNRESOLVED);
    town.confirms(resident, Signal.Evidence.DELIVERED);
    assertThat(rowsOf(id, "13700000001").get(0).state()).isEqualTo(DeliveryState.DELIVERED);
  }

  @Test
  void who_may_have_been_told_is_told_of_the_lift() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.YELLOW, "1")).id();
    for (int i = 0; i < 2; i++) {
      town.takes("sms", 10).forEach(m -> town.outcome(m, new Outcome.Unknown("no answer")));
      town.passes(Duration.ofSeconds(190));
    }
    assertThat(rowsOf(id, A).get(0).state()).isEqualTo(DeliveryState.UNKNOWN);
    town.ask(d -> d.lift(id, "王", "雨停了"));
    assertThat(town.takes("sms", 10)).extracting(Message::address).contains(A, B);
  }

  @Test
  void a_loudspeaker_that_never_reports_ends_as_unknown_too() {
    town.point("p1", true);
    String id = red("1");
    for (int i = 0; i < 6; i++) {
      town.carries("loudspeaker");
      town.passes(Duration.ofSeconds(31));
    }
    assertThat(rowsOf(id, "v-p1"))
        .filteredOn(r -> r.stage() == 0)
        .allMatch(r -> r.state() == DeliveryState.UNKNOWN)
        .allMatch(r -> r.reason().code() == Reason.Code.NOTHING_HEARD);
  }

  @Test
  void what_was_in_doubt_when_the_warning_was_lifted_ends_as_unknown() {
    town.point("p1", true);
    String id = town.issue(Town.warning(Grade.YELLOW, "1")).id();
    town.takes("sms", 10).forEach(m -> town.outcome(m, new Outcome.Unknown("no answer")));
    town.ask(d -> d.lift(id, "王", "雨停了"));
    town.passes(Duration.ofMinutes(4));
    assertThat(rowsOf(id, A))
        .filteredOn(r -> r.stage() == 0)
        .allMatch(r -> r.state() == DeliveryState.UNKNOWN);
  }

  // --- test messages ----------------------------------------------------------------------------

  @Test
  void a_test_message_says_what_it_is_gives_way_to_warnings_and_shows_what_became_of_it() {
    town.point("p1", true);
    town.issue(Town.warning(Grade.ORANGE, "1"));
    View.Test test = town.ask(d -> d.test("sms", "13712345678", "模块一测试"));
    assertThat(test.state()).isEqualTo(DeliveryState.QUEUED);
    assertThat(town.takes("sms", 2)).noneMatch(m -> m.content().kind() == Content.Kind.TEST);
    Message sent = town.takes("sms", 2).get(0);
    assertThat(sent.content().kind()).isEqualTo(Content.Kind.TEST);
    assertThat(sent.content().text()).isEqualTo("【测试】模块一测试");
    assertThat(sent.address()).isEqualTo("13712345678");
    town.outcome(sent, new Outcome.Retry(Duration.ofSeconds(5), "CMS 42: congestion"));
    assertThat(look(test).reason().code()).isEqualTo(Reason.Code.NETWORK_BUSY);
    assertThat(town.takes("sms", 2)).isEmpty();
    town.passes(Duration.ofSeconds(6));
    Message again = town.takes("sms", 2).get(0);
    assertThat(again.attempt()).isNotEqualTo(sent.attempt());
    town.outcome(again, new Outcome.Accepted(List.of("7"), SIM1));
    assertThat(look(test).state()).isEqualTo(DeliveryState.SENT);
    town.confirms(again, Signal.Evidence.RECEIVED);
    assertThat(look(test).trying()).isTrue();
    town.confirms(again, Signal.Evidence.DELIVERED);
    assertThat(look(test))
        .satisfies(
            t -> {
              assertThat(t.state()).isEqualTo(DeliveryState.DELIVERED);
              assertThat(t.trying()).isFalse();
              assertThat(t.tries()).isEqualTo(2);
            });
  }

  @Test
  void a_test_that_finds_no_room_expires_and_a_loudspeaker_takes_none() {
    town.work();
    View.Test test = town.ask(d -> d.test("sms", "13712345678", "测试"));
    town.passes(Duration.ofMinutes(11));
    assertThat(town.takes("sms", 5)).isEmpty();
    assertThat(look(test).state()).isEqualTo(DeliveryState.EXPIRED);
    assertThatThrownBy(() -> town.ask(d -> d.test("loudspeaker", "v1", "测试")))
        .isInstanceOf(Desk.Refused.class);
    assertThat(town.ask(d -> d.test("notice-1-99")).isPresent()).isFalse();
  }

  private View.Test look(View.Test test) {
    return town.ask(d -> d.test(test.id())).orElseThrow();
  }

  private Message notice(String address) {
    return town.takes("sms", 100).stream()
        .filter(m -> isNotice(m) && m.address().equals(address))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody told " + address + " anything"));
  }

  private static boolean isNotice(Message m) {
    return m.content().kind() == Content.Kind.NOTICE;
  }

  private static String codeOf(List<Message> messages, String id) {
    return messages.stream()
        .filter(m -> m.content().about().equals(id) && m.address().equals(A))
        .findFirst()
        .orElseThrow()
        .field("code");
  }

  private static Message to(List<Message> messages, String point) {
    return messages.stream()
        .filter(m -> m.address().equals(Town.phone("A", point)))
        .findFirst()
        .orElseThrow();
  }

  /** Codes behind the names q1滑坡34、q2滑坡56. */
  private static List<String> codesIn(String text) {
    return java.util.regex.Pattern.compile("滑坡([03-9]{2})")
        .matcher(text)
        .results()
        .map(r -> r.group(1))
        .toList();
  }

  private static Resident resident(String phone, String point) {
    return new Resident(phone, "张大爷" + phone, phone, "垭口村", "一组", point, 3, List.of(), "", "", "");
  }
}
