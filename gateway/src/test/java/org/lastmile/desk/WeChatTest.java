package org.lastmile.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.Event;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Warning;

/** WeChat at the desk: who is bound, what counts as an answer there, what refusals lead to. */
class WeChatTest {
  private static final String WANG = "o-wang";

  private final MemoryLedger ledger = new MemoryLedger(InstantSource.system());
  private Town town = new Town(ledger);

  @AfterEach
  void close() {
    town.close();
  }

  @Test
  void anAccountIsBoundByAnSmsCodeAndTheNextWarningGoesThere() {
    town.point("p1", false);
    says(WANG, "绑定 " + Town.phone("A", "p1"));
    assertThat(answerTo(WANG)).contains("验证码", "同意", "解绑");
    says(WANG, code(Town.phone("A", "p1")));
    assertThat(answerTo(WANG)).startsWith("已绑定");

    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    List<Message> sent = town.carries("wechat");
    assertThat(sent).extracting(Message::address).containsExactly(WANG);

    says(WANG, "收到");
    town.assertState(id, "p1", Coverage.State.REACHED); // no loudspeaker has played
    assertThat(town.at(id, "p1").missing()).doesNotContain(Proof.ANSWERED);
  }

  @Test
  void aBindingSurvivesTheDeskAndEndsWithTheFirstWordOfIt() {
    town.point("p1", false);
    bind(WANG, Town.phone("A", "p1"));
    town.close();
    town = another();
    town.point("p1", false);
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(town.carries("wechat")).hasSize(1);

    says(WANG, "解绑");
    assertThat(answerTo(WANG)).contains("已解绑", "删除");
    assertThat(binding(WANG)).isEmpty();
    town.issue(Town.warning(Grade.RED, "r2"));
    assertThat(town.carries("wechat")).isEmpty();
  }

  @Test
  void whoLeavesIsForgottenAndWhoComesIsToldHowToBind() {
    follower(WANG, Signal.Change.FOLLOWED);
    assertThat(answerTo(WANG)).contains("绑定 手机号");
    bind(WANG, "13800000001");
    follower(WANG, Signal.Change.REFUSED);
    assertThat(binding(WANG).orElseThrow().takes()).isFalse();
    follower(WANG, Signal.Change.ACCEPTED);
    assertThat(binding(WANG).orElseThrow().takes()).isTrue();
    follower(WANG, Signal.Change.UNFOLLOWED);
    assertThat(binding(WANG)).isEmpty();
  }

  @Test
  void anOpenidThatThePlatformCallsDeadIsNotWrittenToAgainUntilItFollows() {
    withOpenid(WANG);
    follower(WANG, Signal.Change.DEAD);
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(town.carries("wechat")).isEmpty();
    follower(WANG, Signal.Change.FOLLOWED);
    answerTo(WANG);
    town.issue(Town.warning(Grade.RED, "r2"));
    assertThat(town.carries("wechat")).extracting(Message::address).containsExactly(WANG);
  }

  @Test
  void theAccountThatProvedThePhoneLastHasIt() {
    bind(WANG, "13800000001");
    bind("o-son", "13800000001");
    assertThat(binding(WANG)).isEmpty();
    assertThat(binding("o-son")).isPresent();
    assertThat(town.replies).isEmpty(); // whom it concerns is not writing to us
    assertThat(to(WANG, town.carries("wechat")).get(0).content().text()).contains("已改绑到另一个微信");
  }

  @Test
  void aCodeIsGoodForFiveTriesAndTenMinutes() {
    says(WANG, "绑定13800000001");
    answerTo(WANG);
    String code = code("13800000001");
    String wrong = code.equals("19999999") ? "19999998" : "19999999";
    for (int i = 4; i >= 1; i--) {
      says(WANG, wrong);
      assertThat(answerTo(WANG)).contains("还可以试" + i + "次");
    }
    says(WANG, wrong);
    assertThat(answerTo(WANG)).contains("已失效");
    assertThat(prove(WANG, code)).isEqualTo(View.Bind.NO_CODE);

    says(WANG, "绑定13800000001");
    answerTo(WANG);
    String late = code("13800000001");
    town.passes(Duration.ofMinutes(10));
    assertThat(prove(WANG, late)).isEqualTo(View.Bind.NO_CODE);
    assertThat(binding(WANG)).isEmpty();
  }

  @Test
  void oneAccountAndOnePhoneGetThreeCodesAnHour() {
    for (int i = 1; i <= 3; i++) {
      assertThat(ask(WANG, "1380000000" + i)).isEqualTo(View.Bind.SENT);
    }
    assertThat(ask(WANG, "13800000004")).isEqualTo(View.Bind.TOO_MANY);
    assertThat(ask("o-2", "13900000009")).isEqualTo(View.Bind.SENT);
    assertThat(ask("o-3", "13900000009")).isEqualTo(View.Bind.SENT);
    assertThat(ask("o-4", "+86 139-0000-0009")).isEqualTo(View.Bind.SENT);
    assertThat(ask("o-5", "13900000009")).isEqualTo(View.Bind.TOO_MANY);
    town.passes(Duration.ofMinutes(61));
    assertThat(ask(WANG, "13800000004")).isEqualTo(View.Bind.SENT);
    assertThat(ask(WANG, "12345")).isEqualTo(View.Bind.NO_PHONE);
  }

  @Test
  void aPhoneThatIsInNoRegistryGetsNoCodeAndTheAnswerIsTheSame() {
    town.strangers.add("13800000001");
    assertThat(ask(WANG, "13800000001")).isEqualTo(View.Bind.SENT);
    assertThat(town.carries("sms")).isEmpty();
    assertThat(ask(WANG, "13800000002")).isEqualTo(View.Bind.SENT);
    assertThat(town.carries("sms")).hasSize(1);
  }

  @Test
  void oneAccountAndOnePhoneGetSixCodesADayAlsoAfterARestart() {
    for (int i = 0; i < 6; i++) {
      assertThat(ask("o-" + i, "13900000009")).isEqualTo(View.Bind.SENT);
      assertThat(ask(WANG, "1380000000" + i)).isEqualTo(View.Bind.SENT);
      town.now = town.now.plus(Duration.ofMinutes(31));
      town.work();
    }
    town.now = town.now.plus(Duration.ofHours(2));
    Instant now = town.now;
    town.close();
    town = another();
    town.now = now;
    assertThat(ask("o-9", "13900000009")).isEqualTo(View.Bind.TOO_MANY);
    assertThat(ask(WANG, "13800000009")).isEqualTo(View.Bind.TOO_MANY);
  }

  @Test
  void codesOfPointsThatSomebodyAnswersAreNoBindingCode() {
    says(WANG, "绑定 13800000001");
    answerTo(WANG);
    says(WANG, "345678");
    assertThat(town.replies).isEmpty();
    assertThat(inbox()).extracting(View.Words::text).containsExactly("345678");
  }

  @Test
  void aCodeStaysGoodUntilWhatItProvedIsKept() {
    Proofs proofs = new Proofs(ledger.memory("codes"));
    String code = proofs.ask(WANG, "13800000001", "", town.now).orElseThrow();
    assertThat(proofs.prove(WANG, code, town.now)).isPresent();
    assertThat(proofs.prove(WANG, code, town.now)).isPresent();
    proofs.spend(WANG);
    assertThat(proofs.prove(WANG, code, town.now)).isEmpty();
  }

  @Test
  void aCodeIsNeverTakenForAnAnswerNorAnAnswerForACode() {
    withOpenid(WANG);
    town.issue(Town.warning(Grade.RED, "r1"));
    town.carries("wechat");
    says(WANG, "绑定 13800000001");
    answerTo(WANG);
    says(WANG, code("13800000001"));
    assertThat(answerTo(WANG)).startsWith("已绑定");
    assertThat(inbox()).isEmpty();
  }

  @Test
  void withSeveralWarningsOpenABareAnswerIsAnsweredWithAListToChooseFrom() {
    withOpenid(WANG);
    String red = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("wechat");
    String orange = town.issue(Town.warning(Grade.ORANGE, "r2")).id();
    Message second = town.carries("wechat").get(0);
    says(WANG, "收到");
    Message list = reply(WANG);
    assertThat(list.content().text()).contains("暴雨红色预警", "暴雨橙色预警", second.field("code"));
    assertThat(list.field("link")).isNotEmpty();
    int number = Integer.parseInt(second.attempt().split("\\.", -1)[1]);
    assertThat(town.ask(d -> d.personal(orange, number)).orElseThrow().others())
        .extracting(View.Other::name)
        .containsExactly("暴雨红色预警");
    says(WANG, second.field("code"));
    assertThat(answered(orange)).isTrue();
    assertThat(answered(red)).isFalse();
    says(WANG, "1");
    assertThat(answered(red)).isTrue();
  }

  @Test
  void anAnswerThatTheChatDoesNotTakeIsAMessageOfItsOwnOnlyWhereItMustBeKnown() {
    withOpenid(WANG);
    says(WANG, "绑定");
    town.outcome(town.replies.remove(0), new Outcome.Permanent("nobody waits"));
    town.passes(Duration.ofSeconds(10));
    assertThat(town.carries("wechat")).isEmpty();

    town.issue(Town.warning(Grade.RED, "r1"));
    town.issue(Town.warning(Grade.ORANGE, "r2"));
    town.carries("wechat");
    says(WANG, "收到");
    town.outcome(town.replies.remove(0), new Outcome.Permanent("nobody waits"));
    List<Message> sent = town.carries("wechat");
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).content().text()).contains("暴雨红色预警", "暴雨橙色预警");
    assertThat(sent.get(0).marks()).isEmpty();
  }

  @Test
  void oneAccountIsAnsweredADozenTimesInTenMinutesAndThenNotForAWhile() {
    for (int i = 0; i < 20; i++) {
      says(WANG, "绑定");
    }
    assertThat(town.replies).hasSize(12);
    says("o-li", "绑定");
    assertThat(town.replies).hasSize(13);
    town.passes(Duration.ofMinutes(10));
    says(WANG, "绑定");
    assertThat(town.replies).hasSize(14);
  }

  @Test
  void answersOnOtherWiresComeBehindWarningsButNotForEver() {
    for (int i = 0; i < 12; i++) {
      town.point("p" + i, false);
    }
    town.issue(Town.warning(Grade.RED, "r1"));
    for (int i = 1; i <= 3; i++) {
      town.writes("1500000000" + i, "退订"); // told so by SMS
    }
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      town.takes("sms", 1).forEach(m -> order.add(m.content().kind().name()));
    }
    assertThat(order.get(0)).isEqualTo("NOTICE");
    assertThat(order.subList(1, 5)).containsOnly("WARN");
    assertThat(order.get(5)).isEqualTo("NOTICE");
    assertThat(order.subList(6, 10)).containsOnly("WARN");
    assertThat(order.get(10)).isEqualTo("NOTICE");
    assertThat(order.subList(11, 15)).containsOnly("WARN");
  }

  @Test
  void whoGotAnSmsInsteadMayAnswerInTheAccount() {
    town.point("p1", false);
    bind(WANG, Town.phone("A", "p1"));
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    Message template = to(WANG, town.takes("wechat", 100)).get(0);
    town.outcome(template, new Outcome.LaneDown("43116: the template is banned"));
    town.takes("sms", 100).forEach(m -> town.outcome(m, new Outcome.Accepted(List.of(), "SIM1")));
    says(WANG, "收到");
    assertThat(answered(id)).isTrue();
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .filteredOn(l -> l.type() == Event.Type.CONFIRMED)
        .extracting(View.Line::channel, View.Line::detail)
        .containsExactly(tuple("sms", "收到（微信）"));
    assertThat(inbox()).isEmpty();
  }

  @Test
  void soMayWhoseAccountTheRegistryHasOrWhoWasNeverTriedThere() {
    withOpenid(WANG);
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("sms");
    says(WANG, "去不了");
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .extracting(View.Line::type)
        .contains(Event.Type.DECLINED);
  }

  @Test
  void soMayWhoBoundTheirAccountOnlyAfterTheWarning() {
    town.point("p1", false);
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("sms");
    says(WANG, "收到");
    assertThat(answered(id)).as("nobody knows whose account it is").isFalse();
    bind(WANG, Town.phone("A", "p1"));
    says(WANG, "收到");
    assertThat(answered(id)).isTrue();
  }

  @Test
  void whatWasSentAnotherWayCountsAsUnansweredToo() {
    town.point("p1", false);
    bind(WANG, Town.phone("A", "p1"));
    String one = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("sms");
    String two = town.issue(Town.warning(Grade.ORANGE, "r2")).id();
    to(WANG, town.takes("wechat", 100)).stream()
        .filter(m -> m.content().about().equals(one))
        .forEach(m -> town.outcome(m, new Outcome.Permanent("43101: refused")));
    town.sent.stream()
        .filter(m -> m.address().equals(WANG) && m.content().about().equals(two))
        .forEach(m -> town.outcome(m, new Outcome.Accepted(List.of())));
    says(WANG, "收到");
    assertThat(answered(one)).isFalse();
    assertThat(answered(two)).isFalse();
    assertThat(answerTo(WANG)).contains("暴雨红色预警", "暴雨橙色预警");
  }

  @Test
  void anAnswerToADrillSentAnotherWayConfirmsNoWarning() {
    town.point("p1", false);
    bind(WANG, Town.phone("A", "p1"));
    String real = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("sms");
    says(WANG, "收到");
    assertThat(answered(real)).isTrue();
    String second = town.issue(Town.warning(Grade.RED, "r2")).id();
    String drill =
        town.issue(
                Town.warning(
                    Grade.RED, "d1", Warning.Type.ALERT, Warning.Nature.EXERCISE, List.of()))
            .id();
    town.takes("sms", 100).stream()
        .filter(m -> m.content().about().equals(drill))
        .forEach(m -> town.outcome(m, new Outcome.Accepted(List.of())));
    town.sent.stream()
        .filter(m -> m.content().about().equals(second))
        .filter(m -> town.channelOf.get(m.attempt()).equals("sms"))
        .forEach(m -> town.outcome(m, new Outcome.Permanent("CMS 1: unassigned number")));
    says(WANG, "收到");
    assertThat(answered(second)).isFalse();
  }

  @Test
  void aMemberWhoseCardFailedMayAnswerInTheCompanysChat() {
    member("WangWu");
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.outcome(town.takes("wecom", 100).get(0), new Outcome.Permanent("invaliduser"));
    town.carries("sms");
    town.ask(d -> d.signal("wecom", new Signal.Inbound("", "wangwu", "ww1", "收到", town.now)));
    assertThat(answered(id)).isTrue();
  }

  @Test
  void aMemberWhomOnlyTheCompanyKnowsByPhoneMayToo() {
    town.point("p1", false);
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("sms");
    town.ask(d -> d.wecom(Town.phone("A", "p1"), "LiSi"));
    town.ask(d -> d.signal("wecom", new Signal.Inbound("", "lisi", "ww1", "收到", town.now)));
    assertThat(answered(id)).isTrue();
  }

  @Test
  void otherWordsAreReportsAndCriesForHelpAreAlarms() {
    withOpenid(WANG);
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    town.carries("wechat");
    says(WANG, "河水涨了");
    says(WANG, "2人被困");
    assertThat(inbox())
        .extracting(View.Words::kind)
        .containsExactly(View.Words.Kind.ALARM, View.Words.Kind.REPORT);
    assertThat(town.ask(d -> d.timeline(id)).orElseThrow())
        .extracting(View.Line::detail)
        .contains("河水涨了", "2人被困");
  }

  @Test
  void whatThePlatformHoldsForReviewGoesBySmsAtOnce() {
    resident("o-zhao", "13700000001");
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(to("13700000001", town.carries("sms"))).isEmpty();
    Message held = to("o-zhao", town.takes("wechat", 100)).get(0);
    town.outcome(held, new Outcome.Pending("40252: held for review"));
    assertThat(to("13700000001", town.carries("sms"))).hasSize(1);
    town.passes(Duration.ofMinutes(30));
    assertThat(to("o-zhao", town.takes("wechat", 100))).isEmpty();
  }

  @Test
  void whatThePlatformTookWithoutEverSayingThatItCameGoesBySmsAfterAWhile() {
    resident("o-zhao", "13700000001");
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(to("o-zhao", town.carries("wechat"))).hasSize(1);
    town.passes(Duration.ofMinutes(4));
    assertThat(to("13700000001", town.carries("sms"))).isEmpty();
    town.passes(Duration.ofMinutes(2));
    assertThat(to("13700000001", town.carries("sms"))).hasSize(1);
  }

  @Test
  void aReceiptKeepsTheSmsBack() {
    resident("o-zhao", "13700000001");
    town.issue(Town.warning(Grade.RED, "r1"));
    town.confirms(to("o-zhao", town.carries("wechat")).get(0), Signal.Evidence.DELIVERED);
    town.passes(Duration.ofMinutes(6));
    assertThat(to("13700000001", town.carries("sms"))).isEmpty();
  }

  @Test
  void whenTheTemplateIsBannedEverybodyGetsAnSmsAtOnceAlsoThoseNotTriedYet() {
    resident("o-zhao", "13700000001");
    town.issue(Town.warning(Grade.RED, "r1"));
    town.carries("sms");
    Message one = town.takes("wechat", 1).get(0);
    town.outcome(one, new Outcome.LaneDown("43116: the template is banned"));
    assertThat(to("13700000001", town.carries("sms"))).hasSize(1);
  }

  @Test
  void whatAFailingPlatformMayHaveTakenGoesBySmsAtOnceToo() {
    resident("o-zhao", "13700000001");
    town.issue(Town.warning(Grade.RED, "r1"));
    Message one = to("o-zhao", town.takes("wechat", 100)).get(0);
    town.outcome(one, new Outcome.Unknown("HTTP 500"));
    assertThat(to("13700000001", town.carries("sms"))).isEmpty();
    town.ask(
        d ->
            d.signal(
                "wechat",
                new Signal.Presence(
                    Signal.Subject.LANE, "wechat", Signal.State.OFFLINE, "", town.now, Map.of())));
    town.passes(Duration.ofSeconds(1));
    assertThat(to("13700000001", town.carries("sms"))).hasSize(1);
  }

  @Test
  void theChannelIsToldWhoMustAct() {
    Resident zhao =
        new Resident("r1", "赵", "1370", "垭口村", "一组", "p1", 4, List.of(), "", "", "o-zhao");
    town.point("p1", List.of(person(WANG, "")), List.of(), List.of(zhao));
    town.issue(Town.warning(Grade.ORANGE, "r1"));
    List<Message> sent = town.takes("wechat", 100);
    assertThat(to("o-zhao", sent).get(0).marks()).doesNotContain(Message.Mark.ACTS);
    assertThat(sent)
        .filteredOn(m -> m.marks().contains(Message.Mark.ACTS))
        .extracting(Message::address)
        .contains(WANG);
  }

  @Test
  void neitherALateAnswerNorAWeakLineUndoesABan() {
    resident("o-zhao", "13700000001");
    town.issue(Town.warning(Grade.RED, "r1"));
    town.takes("wechat", 100);
    resident("o-zhao", "13700000001");
    String two = town.issue(Town.warning(Grade.RED, "r2")).id();
    List<Message> both = town.takes("wechat", 1);
    List<Message> sent = town.sent.stream().filter(m -> m.address().equals("o-zhao")).toList();
    assertThat(both).isNotEmpty();
    town.outcome(both.get(0), new Outcome.LaneDown("43116: the template is banned"));
    town.outcome(sent.get(0), new Outcome.Accepted(List.of()));
    town.ask(
        d ->
            d.signal(
                "wechat",
                new Signal.Presence(
                    Signal.Subject.LANE, "wechat", Signal.State.DEGRADED, "", town.now, Map.of())));
    assertThat(to("13700000001", town.carries("sms")))
        .extracting(m -> m.content().about())
        .containsExactly(two);
  }

  @Test
  void whoLeavesIsNotWrittenToAlsoWhenTheRegistryHasTheirAccount() {
    withOpenid(WANG);
    follower(WANG, Signal.Change.UNFOLLOWED);
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(town.carries("wechat")).isEmpty();
  }

  @Test
  void aRobotKeepsTheNameThatTheConfigurationGivesIt() {
    member("robot:Duty");
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(town.carries("wecom")).extracting(Message::address).containsExactly("robot:Duty");
  }

  @Test
  void theSamePersonsSecondRefusalCallsNobodyElse() {
    town.point("p1", false);
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    Message card = to(Town.phone("A", "p1"), town.carries("sms")).get(0);
    town.confirms(card, Signal.Evidence.DECLINED);
    int stage = town.at(id, "p1").stage();
    town.confirms(card, Signal.Evidence.DECLINED);
    assertThat(stage).isPositive();
    assertThat(town.at(id, "p1").stage()).isEqualTo(stage);
  }

  @Test
  void whatThePageLeftOpenASmsStillAnswersAndNoMore() {
    ResponsiblePerson wang =
        Town.person("王", ResponsiblePerson.Part.A, "13911111111", List.of("p1", "p2"));
    town.point("p1", List.of(wang), List.of(), List.of());
    town.point("p2", List.of(wang), List.of(), List.of());
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    Message sms =
        town.carries("sms").stream().filter(m -> !Town.details(m)).findFirst().orElseThrow();
    int number = Integer.parseInt(sms.attempt().split("\\.", -1)[1]);
    town.ask(d -> d.answer(id, number, Map.of(0, false)));
    town.writes("13911111111", "1");
    assertThat(town.ask(d -> d.personal(id, number)).orElseThrow().points())
        .extracting(View.Asked::said)
        .containsExactly(false, true);
  }

  @Test
  void aPersonOfTheCompanyGetsACardAndTheButtonAnswersForThem() {
    member("WangWu");
    String id = town.issue(Town.warning(Grade.RED, "r1")).id();
    Message card = town.carries("wecom").get(0);
    assertThat(card.address()).isEqualTo("wangwu");
    town.confirms(card, Signal.Evidence.ACKNOWLEDGED);
    assertThat(answered(id)).isTrue();
  }

  @Test
  void aCardIsTurnedWhenItsPersonHasAnsweredElsewhere() {
    member("wangwu");
    List<String> turned = new ArrayList<>();
    town.desk.onAnswered((channel, attempt) -> turned.add(channel + " " + attempt));
    town.issue(Town.warning(Grade.RED, "r1"));
    Message card = town.carries("wecom").get(0);
    town.carries("sms");
    town.writes("13911111111", "收到");
    assertThat(turned).contains("wecom " + card.attempt());
  }

  @Test
  void aPhoneThatTheCompanyKnowsIsReachedThere() {
    town.point("p1", false);
    town.ask(d -> d.wecom(Town.phone("A", "p1"), "LiSi"));
    town.issue(Town.warning(Grade.RED, "r1"));
    assertThat(town.carries("wecom")).extracting(Message::address).containsExactly("lisi");
    town.ask(
        d ->
            d.signal(
                "wecom",
                new Signal.Binding("lisi", Signal.Change.DEAD, "60111", town.now, Map.of())));
    town.issue(Town.warning(Grade.RED, "r2"));
    assertThat(town.carries("wecom")).isEmpty();
  }

  @Test
  void anAnswerOnThePageCountsForThatWarningAndThosePointsAlone() {
    ResponsiblePerson wang =
        Town.person("王", ResponsiblePerson.Part.A, "13911111111", List.of("p1", "p2"));
    town.point("p1", List.of(wang), List.of(), List.of());
    town.point("p2", List.of(wang), List.of(), List.of());
    String one = town.issue(Town.warning(Grade.RED, "r1")).id();
    String two = town.issue(Town.warning(Grade.RED, "r2")).id();
    Message sms =
        town.carries("sms").stream()
            .filter(m -> m.content().about().equals(one) && !Town.details(m))
            .findFirst()
            .orElseThrow();
    int number = Integer.parseInt(sms.attempt().split("\\.", -1)[1]);
    View.Personal page = town.ask(d -> d.personal(one, number)).orElseThrow();
    assertThat(page.phones()).containsExactly("13911111111");
    assertThat(page.points()).extracting(View.Asked::said).containsOnlyNulls();

    town.ask(d -> d.answer(one, number, Map.of(0, true, 1, false)));

    page = town.ask(d -> d.personal(one, number)).orElseThrow();
    assertThat(page.points()).extracting(View.Asked::said).containsExactly(true, false);
    assertThat(town.ask(d -> d.timeline(one)).orElseThrow())
        .filteredOn(l -> l.type() == Event.Type.STAGE && l.detail().contains("王 去不了"))
        .extracting(View.Line::point)
        .containsExactly("p2滑坡");
    assertThat(town.at(two, "p1").missing()).contains(Proof.ANSWERED);
    town.ask(d -> d.lift(one, "li", "雨停"));
    town.work();
    assertThatThrownBy(() -> town.ask(d -> d.answer(one, number, Map.of(1, true))))
        .isInstanceOf(Desk.Refused.class);
  }

  private Town another() {
    return new Town(ledger);
  }

  private void withOpenid(String openid) {
    town.point("p1", List.of(person(openid, "")), List.of(), List.of());
  }

  private void member(String userid) {
    town.point("p1", List.of(person("", userid)), List.of(), List.of());
  }

  private static ResponsiblePerson person(String openid, String wecom) {
    return new ResponsiblePerson(
        "wang",
        "王",
        "网格员",
        ResponsiblePerson.Level.GROUP,
        ResponsiblePerson.Part.A,
        "13911111111",
        "",
        List.of("p1"),
        "500112107201",
        openid,
        wecom,
        null);
  }

  private void resident(String openid, String phone) {
    Resident zhao = new Resident("r1", "赵", phone, "垭口村", "一组", "p1", 4, List.of(), "", "", openid);
    town.point("p1", List.of(), List.of(), List.of(zhao));
  }

  private void says(String openid, String words) {
    town.ask(d -> d.signal("wechat", new Signal.Inbound("", openid, "gh_1", words, town.now)));
  }

  private void follower(String openid, Signal.Change change) {
    town.ask(d -> d.signal("wechat", new Signal.Binding(openid, change, "", town.now, Map.of())));
  }

  private View.Bind ask(String openid, String phone) {
    return town.ask(d -> d.bind(openid, phone, ""));
  }

  private View.Bind prove(String openid, String code) {
    return town.ask(d -> d.prove(openid, code));
  }

  private Optional<View.Binding> binding(String openid) {
    return town.ask(d -> d.binding(openid));
  }

  private List<View.Words> inbox() {
    return town.ask(d -> d.inbox(10));
  }

  private void bind(String openid, String phone) {
    assertThat(ask(openid, phone)).isEqualTo(View.Bind.SENT);
    String code = code(phone);
    assertThat(prove(openid, code)).isEqualTo(View.Bind.BOUND);
  }

  private String answerTo(String openid) {
    return reply(openid).content().text();
  }

  /** What somebody who has just written is answered; the chat takes it. */
  private Message reply(String openid) {
    Message reply = to(openid, town.replies).get(0);
    town.replies.clear();
    assertThat(reply.marks()).contains(Message.Mark.ANSWER);
    assertThat(town.carries("wechat")).doesNotContain(reply);
    town.outcome(reply, new Outcome.Accepted(List.of()));
    return reply;
  }

  private String code(String phone) {
    town.carries("sms");
    Matcher code = Pattern.compile("验证码(\\d{8})").matcher(town.lastTo(phone).content().text());
    assertThat(code.find()).isTrue();
    return code.group(1);
  }

  private static List<Message> to(String address, List<Message> messages) {
    return messages.stream().filter(m -> m.address().equals(address)).toList();
  }

  private boolean answered(String id) {
    return !town.at(id, "p1").missing().contains(Proof.ANSWERED);
  }
}
