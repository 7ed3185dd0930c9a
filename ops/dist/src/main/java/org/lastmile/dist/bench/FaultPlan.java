package org.lastmile.dist.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.lastmile.simulators.modem.Fault;

/**
 * What goes wrong with which AT+CMGS of one run.
 *
 * @param name as the table shows it
 * @param load what is sent
 * @param faults one for each AT+CMGS; those behind the last go right
 * @param bound the longest recovery that is good enough; null = it only has to be better than
 *     others'
 */
record FaultPlan(String name, Letter.Load load, List<Fault> faults, Duration bound) {
  /** The one that is hit, so that everything is in full swing. */
  private static final int HIT = 6;

  /** With three parts a message: the middle of the fourth, and its end. */
  private static final int MIDDLE = 11;

  private static final int LAST = 12;

  /** Beyond the fault itself. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration RESET = Duration.ofSeconds(8);
  private static final Duration UNPLUGGED = Duration.ofSeconds(5);

  /** With these the centre takes the very part that is hit. */
  private static final Set<Fault.Kind> TAKEN =
      Set.of(
          Fault.Kind.ACCEPT_THEN_REFUSE,
          Fault.Kind.LOST_ANSWER,
          Fault.Kind.LATE_ANSWER,
          Fault.Kind.NOISE,
          Fault.Kind.CHATTER,
          Fault.Kind.SPLIT);

  /** With these nobody can know whether the part went out, so that one copy may be too many. */
  private static final Set<Fault.Kind> UNKNOWABLE =
      Set.of(Fault.Kind.ACCEPT_THEN_REFUSE, Fault.Kind.LOST_ANSWER, Fault.Kind.LATE_ANSWER);

  FaultPlan {
    faults = List.copyOf(faults);
  }

  /** A few that end soon. */
  static List<FaultPlan> few() {
    return List.of(
        one("+CMS ERROR: 41", Fault.refuse(41), null),
        one("accepted, but +CMS ERROR: 500", Fault.acceptThenRefuse(500), null),
        one("unplugged for 5 s", Fault.unplug(UNPLUGGED), UNPLUGGED.plus(GRACE)));
  }

  static List<FaultPlan> all() {
    List<FaultPlan> plans = new ArrayList<>();
    for (int code : new int[] {38, 41, 500, 512}) {
      plans.add(one("+CMS ERROR: " + code, Fault.refuse(code), null));
    }
    plans.add(one("ERROR", Fault.error(), null));
    plans.add(
        new FaultPlan(
            "+CMS ERROR: 500 three times running",
            Letter.Load.SHORT_GSM7,
            at(HIT, Fault.refuse(500), Fault.refuse(500), Fault.refuse(500)),
            null));
    plans.add(
        new FaultPlan(
            "+CMS ERROR: 500 at every fifth", Letter.Load.SHORT_GSM7, everyFifth(), null));
    plans.add(one("accepted, but +CMS ERROR: 500", Fault.acceptThenRefuse(500), null));
    plans.add(one("accepted, answer lost", Fault.lostAnswer(), null));
    plans.add(one("accepted, answer 20 s late", Fault.lateAnswer(Duration.ofSeconds(20)), null));
    plans.add(one("silent for 20 s", Fault.silence(Duration.ofSeconds(20)), null));
    plans.add(one("no prompt", Fault.noPrompt(), null));
    plans.add(one("noise before the answer", Fault.noise(), null));
    plans.add(one("unsolicited lines in the answer", Fault.chatter(), null));
    plans.add(one("answer octet by octet", Fault.split(), null));
    plans.add(one("reset, 8 s", Fault.reset(RESET), RESET.plus(GRACE)));
    plans.add(one("unplugged for 5 s", Fault.unplug(UNPLUGGED), UNPLUGGED.plus(GRACE)));
    plans.add(three("three parts, +CMS ERROR: 500 in the middle", MIDDLE, Fault.refuse(500), null));
    plans.add(three("three parts, last answer lost", LAST, Fault.lostAnswer(), null));
    plans.add(three("three parts, reset in the middle", MIDDLE, Fault.reset(RESET), RESET));
    plans.add(three("three parts, unplugged at the end", LAST, Fault.unplug(UNPLUGGED), UNPLUGGED));
    for (int seed = 1; seed <= 3; seed++) {
      plans.add(new FaultPlan("random mix, seed " + seed, Letter.Load.SHORT_GSM7, mix(seed), null));
    }
    return plans;
  }

  private static FaultPlan one(String name, Fault fault, Duration bound) {
    return new FaultPlan(name, Letter.Load.SHORT_GSM7, at(HIT, fault), bound);
  }

  private static FaultPlan three(String name, int hit, Fault fault, Duration time) {
    Duration bound = time == null ? null : time.plus(GRACE);
    return new FaultPlan(name, Letter.Load.CHINESE_200, at(hit, fault), bound);
  }

  private static List<Fault> at(int first, Fault... faults) {
    List<Fault> all = new ArrayList<>();
    IntStream.range(1, first).forEach(i -> all.add(Fault.none()));
    all.addAll(List.of(faults));
    return all;
  }

  private static List<Fault> everyFifth() {
    return IntStream.rangeClosed(1, 20)
        .mapToObj(i -> i % 5 == 0 ? Fault.refuse(500) : Fault.none())
        .toList();
  }

  /** A third of twenty go wrong, each in a way of its own. */
  private static List<Fault> mix(int seed) {
    Random dice = new Random(seed);
    List<Fault> kinds =
        List.of(
            Fault.refuse(38),
            Fault.refuse(500),
            Fault.error(),
            Fault.noPrompt(),
            Fault.silence(Duration.ofSeconds(5)),
            Fault.noise(),
            Fault.chatter(),
            Fault.split(),
            Fault.lostAnswer(),
            Fault.reset(Duration.ofSeconds(3)),
            Fault.unplug(Duration.ofSeconds(3)));
    return IntStream.range(0, 20)
        .mapToObj(i -> dice.nextInt(3) == 0 ? kinds.get(dice.nextInt(kinds.size())) : Fault.none())
        .toList();
  }

  /** Whether the centre takes the part that is hit. */
  static boolean taken(Fault fault) {
    return TAKEN.contains(fault.kind());
  }

  /**
   * Messages that may arrive twice at most: what went out without the sender being able to know.
   */
  long unknowable() {
    return faults.stream().filter(f -> UNKNOWABLE.contains(f.kind())).count();
  }
}
