package org.lastmile.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Content;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Rung;
import org.lastmile.warning.Sound;
import org.lastmile.warning.Wording;

class PracticeTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  @TempDir private Path folder;

  private Practice read(String yaml) throws IOException {
    List<String> problems = new ArrayList<>();
    Path file = Files.writeString(folder.resolve("policy.yaml"), yaml);
    Practice practice = Practice.read(file, ZONE, problems);
    assertThat(problems).isEmpty();
    return practice;
  }

  @Test
  void whatAnOfficeDoesNotSayStaysAsShipped() throws IOException {
    Practice practice = read("{ name: 木耳镇, dated: 2026-01-15, waits: { spill: 30s } }");

    assertThat(practice.policy().name()).isEqualTo("木耳镇");
    assertThat(practice.policy().dated()).isEqualTo(LocalDate.of(2026, 1, 15));
    assertThat(practice.policy().waits().spill()).isEqualTo(Duration.ofSeconds(30));
    assertThat(practice.policy().waits().held()).isEqualTo(Policy.defaults().waits().held());
    assertThat(practice.policy().rules()).isEqualTo(Policy.defaults().rules());
    assertThat(practice.policy().ladders()).isEqualTo(Policy.defaults().ladders());
  }

  @Test
  void howLoudspeakersSayAGradeIsTheOfficesOwn() throws IOException {
    Policy policy =
        read("""
        loudspeaker:
          RED: { again: 10m, repeats: 5, pause: 8s }
          BLUE: { volume: 50, siren: alert }
        """)
            .policy();
    assertThat(policy.sounds().get(Grade.RED))
        .isEqualTo(
            new Sound(100, 100, "evacuate", 5, Duration.ofSeconds(8), Duration.ofMinutes(10)));
    assertThat(policy.sounds().get(Grade.BLUE))
        .isEqualTo(new Sound(50, 40, "alert", 3, Duration.ofSeconds(2), Duration.ZERO));
    assertThat(policy.sounds().get(Grade.YELLOW))
        .isEqualTo(Policy.defaults().sounds().get(Grade.YELLOW));
  }

  @Test
  void aClauseIsMetByAnyOfItsProofs() throws IOException {
    Practice practice =
        read(
            "rules: [ { grades: [red, orange, yellow, blue], clauses: [ played or delivered,"
                + " answered ] } ]");

    assertThat(practice.policy().clauses(Grade.RED, Hazard.Family.RAIN, LocalTime.NOON))
        .containsExactly(Set.of(Proof.PLAYED, Proof.DELIVERED), Set.of(Proof.ANSWERED));
  }

  @Test
  void aRuleOfTheNightHoldsFromEveningToMorningAndTheGeneralOneByDay() throws IOException {
    Practice practice =
        read(
            """
            night: { from: 21:30, to: 05:00 }
            rules:
              - { grades: [yellow], hazards: [flood], when: night, clauses: [ answered ] }
              - { grades: [red, orange, yellow, blue], clauses: [ played ] }
            """);
    Policy policy = practice.policy();

    for (String night : List.of("21:30", "23:59", "00:00", "04:59")) {
      assertThat(policy.clauses(Grade.YELLOW, Hazard.Family.FLOOD, LocalTime.parse(night)))
          .as(night)
          .containsExactly(Set.of(Proof.ANSWERED));
    }
    assertThat(policy.clauses(Grade.YELLOW, Hazard.Family.FLOOD, LocalTime.of(5, 0)))
        .containsExactly(Set.of(Proof.PLAYED));
    assertThat(policy.clauses(Grade.YELLOW, Hazard.Family.WIND, LocalTime.MIDNIGHT))
        .containsExactly(Set.of(Proof.PLAYED));
  }

  @Test
  void rungsThatAreGivenReplaceTheShippedOnesOfThatGradeAlone() throws IOException {
    Practice practice =
        read(
            """
            ladders:
              RED:
                deadline: 4m
                rungs:
                  - { audiences: [loudspeaker, responsible-a] }
                  - { after: 90s, duty: true }
            """);

    assertThat(practice.policy().ladders().get(Grade.RED).rungs())
        .containsExactly(
            new Rung(Duration.ZERO, Set.of(Audience.LOUDSPEAKER, Audience.RESPONSIBLE_A), false),
            new Rung(Duration.ofSeconds(90), Set.of(), true));
    assertThat(practice.policy().ladders().get(Grade.RED).deadline())
        .isEqualTo(Duration.ofMinutes(4));
    assertThat(practice.policy().ladders().get(Grade.RED).playBy())
        .isEqualTo(Policy.defaults().ladders().get(Grade.RED).playBy());
    assertThat(practice.policy().ladders().get(Grade.ORANGE))
        .isEqualTo(Policy.defaults().ladders().get(Grade.ORANGE));
  }

  @Test
  void anOfficesOwnTextsStandBeforeTheShippedOnes() throws IOException {
    Practice practice =
        read("texts: [ { kind: lift, one: '{place}解除。{return}' } ]\nactions: [ { phrase: 上山 } ]");

    assertThat(practice.wording().templates().get(0).kind()).isEqualTo(Content.Kind.LIFT);
    assertThat(practice.wording().templates().get(0).many()).isEqualTo("{place}解除。{return}");
    assertThat(practice.wording().templates())
        .endsWith(Practice.defaults(ZONE).wording().templates().toArray(new Wording.Template[0]));
    assertThat(practice.wording().actions().get(0).phrase()).isEqualTo("上山");
  }
}
