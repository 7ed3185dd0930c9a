package org.lastmile.warning;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How hard, and in what order, this office tries. Shipped values are labelled defaults: editable
 * and dated, since practice differs from county to county.
 *
 * @param dated when somebody last answered for these values
 * @param nightFrom start, and {@code nightTo} end, of the local time in which people sleep
 * @param rules first match wins
 * @param sounds how loudspeakers say a grade
 */
public record Policy(
    String name,
    LocalDate dated,
    LocalTime nightFrom,
    LocalTime nightTo,
    List<Rule> rules,
    Map<Grade, Ladder> ladders,
    Waits waits,
    Map<Grade, Sound> sounds) {

  public Policy {
    rules = List.copyOf(rules);
    ladders = Map.copyOf(ladders);
    sounds = Map.copyOf(sounds);
  }

  /** When a rule counts. */
  public enum When {
    ALWAYS,
    DAY,
    NIGHT
  }

  /**
   * What covers a point.
   *
   * @param hazards empty = all
   * @param clauses all must be met, each by any of its proofs
   */
  public record Rule(
      Set<Grade> grades, Set<Hazard.Family> hazards, When when, List<Set<Proof>> clauses) {
    public Rule {
      grades = Set.copyOf(grades);
      hazards = Set.copyOf(hazards);
      clauses = clauses.stream().map(Set::copyOf).toList();
    }
  }

  /**
   * How one grade is driven to coverage.
   *
   * @param rungs the first is at release
   * @param deadline from release: what is not covered then becomes a duty task whatever the queues
   *     do
   * @param playBy after this nothing is worth waking anyone
   * @param flash SMS appears at once on the screen
   * @param channels in order of preference for people who get one channel at a time
   */
  public record Ladder(
      List<Rung> rungs, Duration deadline, Duration playBy, boolean flash, List<String> channels) {
    public Ladder {
      rungs = List.copyOf(rungs);
      channels = List.copyOf(channels);
    }
  }

  /**
   * How long to wait for what.
   *
   * @param spill unsent that long on one channel: the next one too
   * @param receipt a loudspeaker's silence that long after the command: ask again
   * @param unknown an unknown outcome without evidence that long: try once more, marked
   * @param held an unresolved RED or ORANGE that long: responsible persons and leaders are told
   * @param retry first wait before another try; doubles, with jitter, up to {@code retryMost}
   */
  public record Waits(
      Duration spill,
      Duration receipt,
      Duration unknown,
      Duration held,
      Duration retry,
      Duration retryMost) {}

  /** The clauses that cover a point for this grade and hazard at this local time. */
  public List<Set<Proof>> clauses(Grade grade, Hazard.Family hazard, LocalTime at) {
    When now = night(at) ? When.NIGHT : When.DAY;
    return rules.stream()
        .filter(r -> r.grades().contains(grade))
        .filter(r -> r.hazards().isEmpty() || r.hazards().contains(hazard))
        .filter(r -> r.when() == When.ALWAYS || r.when() == now)
        .findFirst()
        .map(Rule::clauses)
        .orElseThrow(
            () -> new IllegalStateException("no coverage rule for " + grade + " " + hazard));
  }

  /** True when people sleep. */
  public boolean night(LocalTime at) {
    boolean afterFrom = !at.isBefore(nightFrom);
    boolean beforeTo = at.isBefore(nightTo);
    return nightFrom.isBefore(nightTo) ? afterFrom && beforeTo : afterFrom || beforeTo;
  }

  /** The shipped defaults (the office's own practice replaces them). */
  public static Policy defaults() {
    Set<Audience> first =
        Set.of(
            Audience.LOUDSPEAKER,
            Audience.RESPONSIBLE_A,
            Audience.RESPONSIBLE_B,
            Audience.HELPER,
            Audience.LEADER,
            Audience.RESIDENT);
    Set<Audience> again =
        Set.of(
            Audience.LOUDSPEAKER, Audience.RESPONSIBLE_A, Audience.RESPONSIBLE_B, Audience.HELPER);
    Set<Audience> upper = Set.of(Audience.UPPER_LEADER);
    List<String> channels = List.of("wechat", "wecom", "sms");
    return new Policy(
        "LastMile defaults (editable)",
        LocalDate.of(2026, 11, 22),
        LocalTime.of(22, 0),
        LocalTime.of(6, 0),
        List.of(
            new Rule(
                Set.of(Grade.RED),
                Set.of(),
                When.ALWAYS,
                List.of(
                    Set.of(Proof.PLAYED), Set.of(Proof.ANSWERED), Set.of(Proof.HELPERS_ANSWERED))),
            new Rule(
                Set.of(Grade.ORANGE),
                Set.of(),
                When.ALWAYS,
                List.of(Set.of(Proof.PLAYED), Set.of(Proof.ANSWERED))),
            new Rule(
                Set.of(Grade.YELLOW),
                Set.of(Hazard.Family.FLOOD, Hazard.Family.GEOLOGICAL),
                When.NIGHT,
                List.of(Set.of(Proof.ANSWERED))),
            new Rule(
                Set.of(Grade.YELLOW, Grade.BLUE),
                Set.of(),
                When.ALWAYS,
                List.of(Set.of(Proof.PLAYED, Proof.DELIVERED)))),
        Map.of(
            Grade.RED,
            new Ladder(
                List.of(
                    new Rung(Duration.ZERO, first, false),
                    new Rung(Duration.ofMinutes(2), again, false),
                    new Rung(Duration.ofMinutes(1), upper, false),
                    new Rung(Duration.ofMinutes(1), Set.of(), true)),
                Duration.ofMinutes(5),
                Duration.ofHours(3),
                true,
                channels),
            Grade.ORANGE,
            new Ladder(
                List.of(
                    new Rung(Duration.ZERO, first, false),
                    new Rung(Duration.ofMinutes(4), again, false),
                    new Rung(Duration.ofMinutes(3), upper, false),
                    new Rung(Duration.ofMinutes(3), Set.of(), true)),
                Duration.ofMinutes(15),
                Duration.ofHours(3),
                false,
                channels),
            Grade.YELLOW,
            new Ladder(
                List.of(
                    new Rung(Duration.ZERO, first, false),
                    new Rung(Duration.ofMinutes(15), again, false),
                    new Rung(Duration.ofMinutes(15), Set.of(), true)),
                Duration.ofMinutes(60),
                Duration.ofHours(6),
                false,
                channels),
            Grade.BLUE,
            new Ladder(
                List.of(
                    new Rung(Duration.ZERO, first, false),
                    new Rung(Duration.ofMinutes(60), again, false)),
                Duration.ofHours(3),
                Duration.ofHours(12),
                false,
                channels)),
        new Waits(
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofMinutes(3),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5)),
        Map.of(
            Grade.RED, sound(100, 100, "evacuate"),
            Grade.ORANGE, sound(100, 100, "alert"),
            Grade.YELLOW, sound(100, 60, ""),
            Grade.BLUE, sound(100, 40, "")));
  }

  private static Sound sound(int volume, int night, String siren) {
    return new Sound(volume, night, siren, 3, Duration.ofSeconds(2), Duration.ZERO);
  }
}
