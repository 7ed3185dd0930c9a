package org.lastmile.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.lastmile.channel.Content;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Rung;
import org.lastmile.warning.Sound;
import org.lastmile.warning.Wording;

/**
 * An office's own practice: its policy and its texts, from one YAML file. What the file does not
 * say stays as shipped; a list that it does say replaces the shipped one.
 */
public record Practice(Policy policy, Wording wording) {
  private static final String SILENT = "none";
  private static final List<String> SIRENS = List.of(SILENT, "alert", "evacuate", "all-clear");
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration SHORTEST_AGAIN = Duration.ofMinutes(1);

  /** As shipped. */
  public static Practice defaults(ZoneId zone) {
    return new Practice(Policy.defaults(), Wording.defaults(zone));
  }

  /** Reads a file; adds what is wrong with it to {@code problems}. */
  public static Practice read(Path file, ZoneId zone, List<String> problems) {
    return of(Config.tree(file, problems), file.toString(), zone, problems, new ArrayList<>());
  }

  static Practice of(
      JsonNode tree, String file, ZoneId zone, List<String> problems, List<Keys.Key> keys) {
    Keys root = Keys.root(tree, new Keys.Report(file, Path.of(""), System::getenv, problems, keys));
    Practice shipped = defaults(zone);
    Policy usual = shipped.policy();
    Keys night = root.section("night");
    Policy policy =
        new Policy(
            root.text("name", usual.name()),
            root.date("dated", usual.dated()),
            night.time("from", usual.nightFrom()),
            night.time("to", usual.nightTo()),
            rules(root, usual),
            ladders(root, usual),
            waits(root.section("waits"), usual.waits()),
            sounds(root.section("loudspeaker"), usual));
    night.done();
    Wording wording =
        new Wording(templates(root, shipped.wording()), actions(root, shipped.wording()), zone);
    root.done();
    return new Practice(policy, wording);
  }

  private static List<Policy.Rule> rules(Keys root, Policy usual) {
    List<Policy.Rule> rules = new ArrayList<>();
    for (Keys rule : root.list("rules")) {
      List<Set<Proof>> clauses = new ArrayList<>();
      for (String clause : rule.texts("clauses", List.of())) {
        clauses.add(clause(rule, clause));
      }
      rules.add(
          new Policy.Rule(
              rule.choices("grades", Grade.class),
              rule.choices("hazards", Hazard.Family.class),
              rule.choice("when", Policy.When.class, Policy.When.ALWAYS),
              clauses));
      rule.done();
    }
    if (rules.isEmpty()) {
      return usual.rules();
    }
    for (Grade grade : Grade.values()) {
      boolean always =
          rules.stream()
              .anyMatch(
                  r ->
                      r.grades().contains(grade)
                          && r.hazards().isEmpty()
                          && r.when() == Policy.When.ALWAYS);
      if (!always) {
        root.problem("rules", "has none for " + grade + " without hazards and at any time");
      }
    }
    return rules;
  }

  /** One clause: proofs with {@code or} between them. */
  private static Set<Proof> clause(Keys rule, String text) {
    Set<Proof> proofs = new LinkedHashSet<>();
    for (String word : text.split("\\s+or\\s+|\\|", -1)) {
      try {
        proofs.add(Proof.valueOf(word.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
      } catch (IllegalArgumentException e) {
        rule.problem("clauses", "'" + word.strip() + "' is not one of " + List.of(Proof.values()));
      }
    }
    return proofs;
  }

  private static Map<Grade, Policy.Ladder> ladders(Keys root, Policy usual) {
    Map<Grade, Policy.Ladder> ladders = new EnumMap<>(usual.ladders());
    Keys all = root.section("ladders");
    for (Grade grade : Grade.values()) {
      Keys keys = all.section(grade.name());
      Policy.Ladder shipped = usual.ladders().get(grade);
      List<Rung> rungs = new ArrayList<>();
      for (Keys rung : keys.list("rungs")) {
        rungs.add(
            new Rung(
                rung.duration("after", Duration.ZERO),
                rung.choices("audiences", Audience.class),
                rung.flag("duty", false)));
        rung.done();
      }
      if (!rungs.isEmpty() && !rungs.get(rungs.size() - 1).duty()) {
        keys.problem("rungs", "does not end with a duty: somebody has to be told in the end");
      }
      ladders.put(
          grade,
          new Policy.Ladder(
              rungs.isEmpty() ? shipped.rungs() : rungs,
              keys.someTime("deadline", shipped.deadline()),
              keys.someTime("play-by", shipped.playBy()),
              keys.flag("flash", shipped.flash()),
              keys.texts("channels", shipped.channels())));
      keys.done();
    }
    all.done();
    return ladders;
  }

  private static Policy.Waits waits(Keys keys, Policy.Waits usual) {
    Policy.Waits waits =
        new Policy.Waits(
            keys.someTime("spill", usual.spill()),
            keys.someTime("receipt", usual.receipt()),
            keys.someTime("unknown", usual.unknown()),
            keys.someTime("held", usual.held()),
            keys.someTime("retry", usual.retry()),
            keys.someTime("retry-most", usual.retryMost()));
    keys.done();
    return waits;
  }

  private static Map<Grade, Sound> sounds(Keys all, Policy usual) {
    Map<Grade, Sound> sounds = new EnumMap<>(Grade.class);
    for (Grade grade : Grade.values()) {
      Keys keys = all.section(grade.name());
      Sound shipped = usual.sounds().get(grade);
      int volume = keys.number("volume", shipped.volume(), 1, 100);
      int night = keys.number("night", Math.min(shipped.night(), volume), 1, 100);
      if (grade == Grade.RED && night < volume) {
        keys.problem("night", night + " is below volume " + volume + ": RED has to wake people");
      }
      String siren = keys.text("siren", shipped.siren().isEmpty() ? SILENT : shipped.siren());
      if (!SIRENS.contains(siren)) {
        keys.problem("siren", "'" + siren + "' is not one of " + SIRENS);
      }
      Duration pause = keys.duration("pause", shipped.pause());
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        keys.problem("pause", "is longer than an hour");
      }
      Duration again = keys.duration("again", shipped.again());
      if (!again.isZero() && again.compareTo(SHORTEST_AGAIN) < 0) {
        keys.problem("again", "is shorter than a minute: a play takes that long");
      }
      int repeats = keys.number("repeats", shipped.repeats(), 1, 20);
      String pattern = siren.equals(SILENT) ? "" : siren;
      sounds.put(grade, new Sound(volume, night, pattern, repeats, pause, again));
      keys.done();
    }
    all.done();
    return sounds;
  }

  /**
   * Says of which grades no play would count: quieter than what the loudspeaker channel calls
   * audible.
   */
  void audible(int least, BiConsumer<String, String> problem) {
    for (Grade grade : Grade.values()) {
      Sound sound = policy.sounds().get(grade);
      if (Math.min(sound.volume(), sound.night()) < least) {
        problem.accept(
            "loudspeaker." + grade,
            "volume %d, night %d: below %d (channels.loudspeaker.audible) no play counts"
                .formatted(sound.volume(), sound.night(), least));
      }
    }
  }

  private static List<Wording.Template> templates(Keys root, Wording usual) {
    List<Wording.Template> own = new ArrayList<>();
    for (Keys text : root.list("texts")) {
      String one = text.needed("one");
      own.add(
          new Wording.Template(
              text.choice("kind", Content.Kind.class, Content.Kind.WARN),
              text.choices("audiences", Audience.class),
              text.choices("grades", Grade.class),
              text.choices("hazards", Hazard.Family.class),
              one,
              text.text("many", one)));
      text.done();
    }
    own.addAll(usual.templates()); // whatever the office's own do not speak of
    return own;
  }

  private static List<Wording.Action> actions(Keys root, Wording usual) {
    List<Wording.Action> own = new ArrayList<>();
    for (Keys action : root.list("actions")) {
      own.add(
          new Wording.Action(
              action.choices("grades", Grade.class),
              action.choices("hazards", Hazard.Family.class),
              action.needed("phrase")));
      action.done();
    }
    own.addAll(usual.actions());
    return own;
  }
}
