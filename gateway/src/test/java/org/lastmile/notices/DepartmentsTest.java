package org.lastmile.notices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.notices.Departments.Status;
import org.lastmile.notices.Departments.View;
import org.lastmile.notices.Departments.Wish;

/** What departments may say, when it goes out, and what becomes of it. */
class DepartmentsTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final int ROOM = 1_000;

  /** Ten in the morning. */
  private Instant now = Instant.parse("2026-07-06T02:00:00Z");

  private final MemoryLedger ledger = new MemoryLedger(() -> now);
  private final Set<String> warned = new HashSet<>();
  private volatile boolean away;
  private Departments departments;

  @BeforeEach
  void open() {
    departments = opened();
  }

  private Departments opened() {
    Memory kept = ledger.memory("notices");
    Departments opened = new Departments(new Flaky(kept), warned::contains, () -> now, ZONE);
    opened.load();
    await().until(opened::loaded);
    return opened;
  }

  @AfterEach
  void close() {
    departments.close();
    ledger.close();
  }

  // --- what is refused --------------------------------------------------------------------------

  @Test
  void everyReasonAgainstANoticeIsSaidAtOnce() {
    Terms terms =
        new Terms(
            Terms.USUAL.from(),
            Terms.USUAL.to(),
            Terms.USUAL.firstDay(),
            Terms.USUAL.lastDay(),
            20,
            10,
            1,
            5);
    Instant night = Instant.parse("2026-07-06T13:00:00Z"); // 21:00 there
    Wish wish =
        new Wish(
            "今晚七点开会",
            List.of("v1", "v2"),
            List.of("v1", "v2"),
            night,
            night.plusSeconds(5),
            5,
            80,
            7);
    Departments.Refused refused =
        catchThrowableOfType(
            Departments.Refused.class, () -> departments.speak("农业局", terms, wish));
    assertThat(refused.problems()).containsOnlyKeys("text", "targets", "from", "until", "repeats");
    assertThat(refused.problems().get("text"))
        .containsExactly("6 characters, this account may say 5");
    assertThat(refused.problems().get("targets"))
        .containsExactly("2 loudspeakers, this account may use 1");
    assertThat(refused.problems().get("from").get(0))
        .contains("2026-07-06T21:00")
        .contains("08:00-20:00");
    assertThat(refused.problems().get("until").get(0)).contains("s that the text takes");
    assertThat(refused.problems().get("repeats").get(0)).contains("10 are allowed");
    assertThat(departments.newest(n -> true, 10)).isEmpty();
  }

  @Test
  void aDaysNoticesAndSecondsAreCountedForEachDepartmentAndSurviveARestart() {
    Terms two = Terms.USUAL.hours("08:00-20:00");
    Terms terms = new Terms(two.from(), two.to(), two.firstDay(), two.lastDay(), 2, 1_800, 10, 300);
    say("学校", terms, wish("v1"));
    say("学校", terms, wish("v1"));
    assertThatThrownBy(() -> departments.speak("学校", terms, wish("v1")))
        .isInstanceOf(Departments.Refused.class)
        .hasMessageContaining("used up");
    assertThat(say("农业局", terms, wish("v1")).status()).isEqualTo(Status.SPEAKING);
    restart();
    assertThat(departments.check("学校", terms, wish("v1"))).containsKey("from");
    now = now.plus(Duration.ofDays(1));
    assertThat(departments.check("学校", terms, wish("v1"))).isEmpty();
  }

  @Test
  void withoutTimesItIsSaidNowAndForAnHourAtMostOrUntilTheDayEnds() {
    Notice notice = say("学校", Terms.USUAL, wish("v1")).notice();
    assertThat(notice.from()).isEqualTo(now);
    assertThat(notice.until()).isEqualTo(now.plus(Duration.ofHours(1)));
    now = Instant.parse("2026-07-06T11:30:00Z"); // 19:30 there
    assertThat(say("学校", Terms.USUAL, wish("v1")).notice().until())
        .isEqualTo(Instant.parse("2026-07-06T12:00:00Z"));
  }

  @Test
  void weekendsAreLeftOutWhereTheTermsSaySo() {
    Terms week = Terms.USUAL.days("1-5");
    assertThat(departments.check("学校", week, wish("v1"))).isEmpty();
    now = now.plus(Duration.ofDays(5)); // Saturday
    assertThat(departments.check("学校", week, wish("v1")).get("from").get(0)).contains("days 1-5");
  }

  @Test
  void nothingIsTakenWhenTheStoreIsAway() {
    away = true;
    assertThatThrownBy(() -> say("学校", Terms.USUAL, wish("v1"))).isInstanceOf(Memory.Away.class);
    away = false;
    assertThat(departments.newest(n -> true, 10)).isEmpty();
    assertThat(departments.due(ROOM)).isEmpty();
  }

  // --- how it goes out --------------------------------------------------------------------------

  @Test
  void aNoticeSaysWhoSpeaksAndRanksBelowEveryWarning() {
    View view = say("农业农村局", Terms.USUAL, wish("v1"));
    Content content = departments.due(ROOM).get(0).content();
    assertThat(content.text()).isEqualTo("农业农村局通知：今晚七点开会");
    assertThat(content.kind()).isEqualTo(Content.Kind.NOTICE);
    assertThat(content.priority()).isBetween(6, 9);
    assertThat(content.playBy()).isEqualTo(view.notice().until());
    assertThat(content.speech().siren()).isEmpty();
  }

  @Test
  void aDeviceHasOneNoticeAtATimeAndTheMoreUrgentComesNext() {
    say("学校", Terms.USUAL, wish("v1"));
    Message first = departments.due(ROOM).get(0);
    say("水务局", Terms.USUAL, wish("v1", 9));
    say("供电所", Terms.USUAL, wish("v1", 6));
    assertThat(departments.due(ROOM)).isEmpty();
    accepted(first);
    evidence(first, Signal.Evidence.PLAYED);
    Message second = departments.due(ROOM).get(0);
    assertThat(second.content().text()).startsWith("供电所");
    evidence(second, Signal.Evidence.EXPIRED);
    assertThat(departments.due(ROOM).get(0).content().text()).startsWith("水务局");
  }

  @Test
  void onlyAFewAreOnTheWireAndNeverMoreThanHalfOfItsRoom() {
    String[] devices = IntStream.range(0, 100).mapToObj(i -> "v" + i).toArray(String[]::new);
    say("学校", Terms.USUAL, wish(devices));
    assertThat(departments.due(6)).hasSize(3);
    List<Message> more = departments.due(ROOM);
    assertThat(more).hasSize(Departments.AT_ONCE - 3);
    assertThat(departments.due(ROOM)).isEmpty();
    accepted(more.get(0));
    assertThat(departments.due(ROOM)).hasSize(1);
  }

  @Test
  void aDeviceUnderAGraveWarningHearsNoNoticeUntilItIsOver() {
    warned.add("v1");
    say("学校", Terms.USUAL, wish("v1", "v2"));
    assertThat(addresses(departments.due(ROOM))).containsExactly("v2");
    now = now.plusSeconds(3);
    assertThat(departments.due(ROOM)).isEmpty();
    warned.clear();
    now = now.plusSeconds(3);
    assertThat(addresses(departments.due(ROOM))).containsExactly("v1");
  }

  @Test
  void aNoticeForLaterWaitsForItsTimeAndOneWhoseTurnNeverCameIsExpired() {
    Instant from = now.plus(Duration.ofMinutes(30));
    View later =
        say(
            "学校",
            Terms.USUAL,
            new Wish("开会", List.of("v1"), List.of("v1"), from, from.plusSeconds(600), 1, 80, 7));
    assertThat(later.status()).isEqualTo(Status.SCHEDULED);
    assertThat(departments.due(ROOM)).isEmpty();
    warned.add("v1");
    now = from.plusSeconds(1);
    assertThat(departments.due(ROOM)).isEmpty();
    now = from.plusSeconds(601);
    assertThat(departments.due(ROOM)).isEmpty();
    assertThat(state(later)).isEqualTo(Heard.EXPIRED);
    assertThat(view(later).status()).isEqualTo(Status.ENDED);
  }

  @Test
  void anOfflineDeviceIsAskedAgainAndOthersOfItsNoticesStayBehind() {
    say("学校", Terms.USUAL, wish("v1"));
    say("农业局", Terms.USUAL, wish("v1"));
    Message first = departments.due(ROOM).get(0);
    isOffline(first);
    assertThat(departments.due(ROOM)).isEmpty();
    now = now.plusSeconds(31);
    assertThat(departments.due(ROOM).get(0).content().id()).isEqualTo(first.content().id());
  }

  @Test
  void whatAnOfflineDeviceWasToHearGoesOutWhenItIsBack() {
    say("学校", Terms.USUAL, wish("v1", "v2"));
    List<Message> first = departments.due(ROOM);
    first.forEach(this::isOffline);
    now = now.plusSeconds(5);
    departments.isBack("v1");
    List<Message> again = departments.due(ROOM);
    assertThat(addresses(again)).containsExactly("v1");
    assertThat(again.get(0).content().id()).isEqualTo(first.get(0).content().id());

    // Nothing of it is left: what has come since waits its time.
    accepted(again.get(0));
    departments.isBack("v1");
    now = now.plusSeconds(30);
    assertThat(addresses(departments.due(ROOM))).containsExactly("v2");
  }

  @Test
  void aReturnBringsNothingForwardThatIsForLater() {
    Instant from = now.plus(Duration.ofMinutes(30));
    say(
        "学校",
        Terms.USUAL,
        new Wish("开会", List.of("v1"), List.of("v1"), from, from.plusSeconds(600), 1, 80, 7));
    departments.isBack("v1");
    assertThat(departments.due(ROOM)).isEmpty();
  }

  @Test
  void aStopThatAnOfflineDeviceCouldNotTakeGoesOutWhenItIsBack() {
    View view = say("学校", Terms.USUAL, wish("v1"));
    accepted(departments.due(ROOM).get(0));
    departments.stop(view.notice().id(), "li").orElseThrow().join();
    isOffline(departments.due(ROOM).get(0));
    assertThat(departments.due(ROOM)).isEmpty();
    departments.isBack("v1");
    assertThat(departments.due(ROOM))
        .extracting(m -> m.content().kind())
        .containsExactly(Content.Kind.STOP);
  }

  @Test
  void aDeviceThatNeverAnswersIsGivenUpAndALateReceiptStillCounts() {
    View view = say("学校", Terms.USUAL, wish("v1"));
    Message last = null;
    for (int i = 0; i < 6; i++) {
      for (Message m : departments.due(ROOM)) {
        accepted(m);
        last = m;
      }
      now = now.plusSeconds(61);
    }
    assertThat(state(view)).isEqualTo(Heard.UNKNOWN);
    evidence(last, Signal.Evidence.PLAYED);
    assertThat(state(view)).isEqualTo(Heard.PLAYED);
  }

  @Test
  void mutedOrTooQuietIsSaidSoAndIsNotPlayed() {
    View view = say("学校", Terms.USUAL, wish("v1"));
    Message message = departments.due(ROOM).get(0);
    evidence(message, Signal.Evidence.PLAYED_UNHEARD);
    assertThat(state(view)).isEqualTo(Heard.UNHEARD);
  }

  // --- stopping and keeping ---------------------------------------------------------------------

  @Test
  void stoppingNamesWhatItStopsAndLeavesTheRestUnsent() {
    View view = say("学校", Terms.USUAL, wish("v1", "v2"));
    Message first = departments.due(2).get(0);
    accepted(first);
    evidence(first, Signal.Evidence.PLAYING);
    assertThat(departments.stop(view.notice().id(), "li").orElseThrow().join().status())
        .isEqualTo(Status.STOPPED);
    List<Message> due = departments.due(ROOM);
    assertThat(addresses(due)).containsExactly("v1");
    Content stop = due.get(0).content();
    assertThat(stop.kind()).isEqualTo(Content.Kind.STOP);
    assertThat(stop.supersedes()).containsExactly(view.notice().id());
    evidence(due.get(0), Signal.Evidence.STOPPED);
    assertThat(view(view).plays()).extracting(View.Play::state).containsOnly(Heard.STOPPED);
    assertThat(departments.stop("dn-unknown", "li")).isEqualTo(Optional.empty());
  }

  @Test
  void afterACrashWhatWasTakenIsSaidAndWhatWasHeardIsNotSaidAgain() {
    View view = say("学校", Terms.USUAL, wish("v1", "v2"));
    Message first = departments.due(2).get(0);
    evidence(first, Signal.Evidence.PLAYED);
    View stopped = say("农业局", Terms.USUAL, wish("v3"));
    Message third =
        departments.due(ROOM).stream()
            .filter(m -> m.address().equals("v3"))
            .findFirst()
            .orElseThrow();
    accepted(third);
    departments.stop(stopped.notice().id(), "li").orElseThrow().join();

    restart();
    assertThat(state(view)).isEqualTo(Heard.PLAYED);
    assertThat(departments.due(ROOM))
        .extracting(m -> m.address() + " " + m.content().kind())
        .containsExactlyInAnyOrder("v2 NOTICE", "v3 STOP");
  }

  @Test
  void afterACrashNothingThatMayHaveLeftIsTakenForUnsent() {
    View stopped = say("学校", Terms.USUAL, wish("v1"));
    View ended = say("农业局", Terms.USUAL, wish("v2"));
    List<Message> sent = departments.due(ROOM);
    sent.forEach(this::accepted);
    restart();
    departments.stop(stopped.notice().id(), "li").orElseThrow().join();
    assertThat(departments.due(ROOM))
        .extracting(m -> m.address() + " " + m.content().kind())
        .contains("v1 STOP");
    restart();
    now = ended.notice().until().plusSeconds(1);
    assertThat(departments.due(ROOM)).isEmpty();
    evidence(sent.get(1), Signal.Evidence.PLAYED);
    assertThat(state(ended)).isEqualTo(Heard.PLAYED);
  }

  @Test
  void whileEarlierNoticesAreReadNothingGoesOutAndNoReceiptIsTaken() {
    View view = say("学校", Terms.USUAL, wish("v1"));
    Message message = departments.due(ROOM).get(0);
    say("农业局", Terms.USUAL, wish("v2"));
    ledger.away(true);
    departments.load();
    assertThat(departments.due(ROOM)).isEmpty();
    assertThatThrownBy(() -> evidence(message, Signal.Evidence.PLAYED))
        .hasCauseInstanceOf(Memory.Away.class);
    ledger.away(false);
    await().until(departments::loaded);
    evidence(message, Signal.Evidence.PLAYED);
    assertThat(state(view)).isEqualTo(Heard.PLAYED);
    assertThat(addresses(departments.due(ROOM))).containsExactly("v2");
  }

  @Test
  void receiptsOfUnknownNoticesAndForeignOnesChangeNothing() {
    for (String attempt : List.of("dn-x.0.1", "dn-x", "dn-x.y.z", "dn-x.0.1.2")) {
      assertThat(
              departments.signal(
                  new Signal.Confirmation(attempt, Signal.Evidence.PLAYED, "", now, Map.of())))
          .isCompleted();
      departments.outcome(attempt, new Outcome.Accepted(List.of()));
    }
    assertThat(Departments.ours("w1.0.1")).isFalse();
  }

  // ----------------------------------------------------------------------------------------------

  private void restart() {
    departments.close();
    departments = opened();
  }

  private View say(String who, Terms terms, Wish wish) {
    try {
      return departments.speak(who, terms, wish).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Memory.Away gone ? gone : e;
    }
  }

  private static Wish wish(String... devices) {
    return new Wish("今晚七点开会", List.of(devices), List.of(devices), null, null, 1, 80, 7);
  }

  private static Wish wish(String device, int priority) {
    return new Wish("今晚七点开会", List.of(device), List.of(device), null, null, 1, 80, priority);
  }

  private void accepted(Message message) {
    departments.outcome(message.attempt(), new Outcome.Accepted(List.of()));
  }

  private void isOffline(Message message) {
    departments.outcome(
        message.attempt(), new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
  }

  private void evidence(Message message, Signal.Evidence evidence) {
    departments
        .signal(new Signal.Confirmation(message.attempt(), evidence, "", now, Map.of()))
        .join();
  }

  private View view(View of) {
    return departments.one(of.notice().id()).orElseThrow();
  }

  /** Of its first device. */
  private Heard state(View of) {
    return view(of).plays().get(0).state();
  }

  private static List<String> addresses(List<Message> messages) {
    return messages.stream().map(Message::address).collect(Collectors.toCollection(ArrayList::new));
  }

  /** A store that is away while the test says so. */
  private final class Flaky implements Memory {
    private final Memory memory;

    Flaky(Memory memory) {
      this.memory = memory;
    }

    @Override
    public Optional<String> get(String key) {
      return memory.get(key);
    }

    @Override
    public void put(String key, String value, Duration keep) {
      if (away) {
        throw new Away("the test", null);
      }
      memory.put(key, value, keep);
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      return memory.claim(key, value, keep);
    }

    @Override
    public void remove(String key) {
      memory.remove(key);
    }

    @Override
    public long add(String counter, long amount) {
      return memory.add(counter, amount);
    }
  }
}
