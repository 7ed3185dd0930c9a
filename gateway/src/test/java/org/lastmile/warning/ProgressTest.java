package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;

class ProgressTest {
  private static final Instant T = Instant.parse("2026-07-05T04:00:00Z");

  /** Two points; a loudspeaker for both; A of the first; a helper of the first; a resident. */
  private static final Plan PLAN =
      new Plan(
          "w1",
          1,
          "p",
          T.plusSeconds(3600),
          null,
          List.of(point("p1", List.of("a"), List.of("h")), point("p2", List.of("b"), List.of())),
          List.of(new Plan.Words(Content.Kind.WARN, "走", Map.of(), List.of())),
          List.of(
              row(0, "loudspeaker", Audience.LOUDSPEAKER, "v", 0, List.of(0, 1)),
              row(1, "sms", Audience.RESPONSIBLE_A, "a", 0, List.of(0)),
              row(2, "sms", Audience.RESPONSIBLE_A, "b", 0, List.of(1)),
              row(3, "sms", Audience.HELPER, "h", 0, List.of(0)),
              row(4, "sms", Audience.RESIDENT, "r", 0, List.of(0)),
              row(5, "sms", Audience.RESPONSIBLE_A, "a", 1, List.of(0)),
              row(6, "loudspeaker", Audience.LOUDSPEAKER, "v", 1, List.of(0, 1))),
          List.of(
              new Rung(Duration.ZERO, Set.of(), false),
              new Rung(Duration.ofMinutes(1), Set.of(), true)),
          Duration.ofMinutes(5),
          List.of());

  private static Plan.Point point(String id, List<String> responsible, List<String> helpers) {
    List<Set<Proof>> clauses = new ArrayList<>();
    clauses.add(Set.of(Proof.PLAYED));
    clauses.add(Set.of(Proof.ANSWERED));
    if (!helpers.isEmpty()) {
      clauses.add(Set.of(Proof.HELPERS_ANSWERED));
    }
    return new Plan.Point(
        id,
        id,
        "镇",
        "村",
        "组",
        "",
        3,
        9,
        1,
        false,
        "",
        "",
        responsible,
        helpers,
        List.of("v"),
        clauses);
  }

  private static Delivery row(
      int number, String channel, Audience audience, String who, int stage, List<Integer> points) {
    return new Delivery(number, channel, audience, who, who, who, stage, -1, points, 0, List.of());
  }

  private final Progress progress = new Progress(null, PLAN);

  private void happens(Event.Type type, int delivery, int attempt) {
    progress.apply(Event.ofDelivery(T, type, delivery, attempt, null, ""));
  }

  @Test
  void nothing_is_awake_before_the_release() {
    assertThat(progress.rows()).noneMatch(progress::awake);
    progress.apply(Event.of(T, Event.Type.RELEASED, ""));
    assertThat(progress.rows())
        .filteredOn(progress::awake)
        .extracting(r -> r.delivery().number())
        .containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void a_later_rung_wakes_only_for_what_it_can_still_bring() {
    progress.apply(Event.of(T, Event.Type.RELEASED, ""));
    progress.apply(Event.ofPoint(T, Event.Type.STAGE, 0, 1, ""));
    assertThat(progress.awake(progress.row(5))).isTrue();
    assertThat(progress.awake(progress.row(6))).isTrue();
    happens(Event.Type.TRIED, 0, 1);
    happens(Event.Type.CONFIRMED, 0, 1);
    assertThat(progress.awake(progress.row(6))).isFalse();
    happens(Event.Type.CONFIRMED, 1, 1);
    assertThat(progress.awake(progress.row(5))).isFalse();
  }

  @Test
  void an_earlier_failure_arriving_late_does_not_undo_a_later_try() {
    progress.apply(Event.of(T, Event.Type.RELEASED, ""));
    happens(Event.Type.TRIED, 1, 1);
    happens(Event.Type.UNKNOWN, 1, 1);
    happens(Event.Type.TRIED, 1, 2);
    happens(Event.Type.FAILED, 1, 1);
    assertThat(progress.row(1).state()).isEqualTo(DeliveryState.SENT);
    happens(Event.Type.DELIVERED, 1, 1);
    assertThat(progress.row(1).state()).isEqualTo(DeliveryState.DELIVERED);
    happens(Event.Type.FAILED, 1, 2);
    assertThat(progress.row(1).state()).isEqualTo(DeliveryState.DELIVERED);
  }

  @Test
  void a_clause_of_helpers_needs_every_helper_and_a_word_covers_all() {
    progress.apply(Event.of(T, Event.Type.RELEASED, ""));
    happens(Event.Type.CONFIRMED, 0, 1);
    happens(Event.Type.CONFIRMED, 1, 1);
    assertThat(progress.spot(0).missing()).containsExactly(Proof.HELPERS_ANSWERED);
    progress.apply(Event.ofPoint(T, Event.Type.WORD, 0, 0, "赵 knocked"));
    assertThat(progress.spot(0).covered()).isTrue();
    progress.apply(Event.ofPoint(T, Event.Type.REOPENED, 0, 0, "看错了"));
    assertThat(progress.spot(0).missing()).containsExactly(Proof.ANSWERED, Proof.HELPERS_ANSWERED);
  }

  /** Folding event by event gives what folding the record gives, and what the rows say by hand. */
  @RepeatedTest(50)
  void coverage_is_always_what_the_evidence_says(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Event> events = new ArrayList<>();
    events.add(Event.of(T, Event.Type.RELEASED, ""));
    progress.apply(events.get(0));
    Event.Type[] types = {
      Event.Type.TRIED,
      Event.Type.SENT,
      Event.Type.RETRY,
      Event.Type.UNKNOWN,
      Event.Type.FAILED,
      Event.Type.DELIVERED,
      Event.Type.CONFIRMED,
      Event.Type.DECLINED,
      Event.Type.UNHEARD,
      Event.Type.REFUSED,
      Event.Type.PLAYING,
      Event.Type.CANCELLED,
      Event.Type.EXPIRED,
      Event.Type.LANE_DOWN
    };
    Event.Type[] ofPoints = {
      Event.Type.STAGE, Event.Type.WORD, Event.Type.REOPENED, Event.Type.DUTY_OPENED
    };
    for (int i = 0; i < 60; i++) {
      Event e =
          random.nextInt(5) == 0
              ? Event.ofPoint(
                  T.plusSeconds(i),
                  ofPoints[random.nextInt(ofPoints.length)],
                  random.nextInt(2),
                  random.nextInt(2),
                  "x")
              : Event.ofDelivery(
                  T.plusSeconds(i),
                  types[random.nextInt(types.length)],
                  random.nextInt(PLAN.deliveries().size()),
                  1 + random.nextInt(3),
                  null,
                  "x");
      events.add(e);
      progress.apply(e);
      Progress again = Progress.of(null, PLAN, events);
      assertThat(again.coverage()).isEqualTo(progress.coverage());
      for (int p = 0; p < 2; p++) {
        assertThat(progress.spot(p).state()).isEqualTo(byHand(events, p));
      }
      countsAreWhatTheRowsSay();
    }
    progress.apply(Event.of(T.plusSeconds(60), Event.Type.EXPIRED, "play-by time passed"));
    countsAreWhatTheRowsSay();
    progress.apply(Event.of(T.plusSeconds(61), Event.Type.LIFTED, "w2"));
    countsAreWhatTheRowsSay();
  }

  private void countsAreWhatTheRowsSay() {
    assertThat(progress.rows().stream().filter(r -> !r.state().settled()))
        .hasSize(progress.unsettled());
    assertThat(progress.spots().stream().filter(s -> !s.covered())).hasSize(progress.uncovered());
    for (Progress.Spot spot : progress.spots()) {
      assertThat(
              spot.rows().stream()
                  .filter(r -> r.delivery().audience() != Audience.LOUDSPEAKER)
                  .filter(r -> r.attempts() > 0 && (r.state().told() || !r.state().settled())))
          .hasSize(spot.touched());
    }
  }

  /** The rule of coverage, written once more from the events alone. */
  private static Coverage.State byHand(List<Event> events, int place) {
    boolean played = false;
    boolean told = false;
    boolean word = false;
    Set<String> answered = new HashSet<>();
    for (Event e : events) {
      if (e.point() == place && e.type() == Event.Type.WORD) {
        word = true;
      }
      if (e.point() == place && e.type() == Event.Type.REOPENED) {
        word = false;
        answered.clear();
      }
      if (e.delivery() < 0 || !PLAN.deliveries().get(e.delivery()).points().contains(place)) {
        continue;
      }
      Delivery d = PLAN.deliveries().get(e.delivery());
      switch (e.type()) {
        case CONFIRMED -> {
          told = true;
          played |= d.audience() == Audience.LOUDSPEAKER;
          answered.add(d.recipient());
        }
        case DELIVERED -> told = true;
        case DECLINED -> {
          told = true;
          answered.remove(d.recipient());
        }
        default -> {}
      }
    }
    Plan.Point point = PLAN.points().get(place);
    boolean covered =
        word
            || (played
                && point.responsible().stream().anyMatch(answered::contains)
                && answered.containsAll(point.helpers()));
    return covered
        ? Coverage.State.COVERED
        : told || word ? Coverage.State.REACHED : Coverage.State.UNREACHED;
  }
}
