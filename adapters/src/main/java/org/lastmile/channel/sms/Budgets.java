package org.lastmile.channel.sms;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The budgets of all SIMs, kept by SIM and not by modem, so that one that moved to another modem,
 * or a gateway that starts again, goes on counting where it was.
 */
final class Budgets {
  private static final Logger log = LoggerFactory.getLogger(Budgets.class);
  private static final Duration KEEP = Duration.ofHours(25);

  private final SmsConfig.Budget budget;
  private final Memory memory;
  private final Clock clock;
  private final Duration patience;
  private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();

  private final Set<String> recalled = ConcurrentHashMap.newKeySet();

  /** SIMs whose latest count is not kept yet. */
  private final Set<String> unkept = ConcurrentHashMap.newKeySet();

  /**
   * @param patience how long what may exceed a budget waits for a SIM with room, whose modem may
   *     hang
   */
  Budgets(SmsConfig.Budget budget, Memory memory, Clock clock, Duration patience) {
    this.budget = budget;
    this.memory = memory;
    this.clock = clock;
    this.patience = patience;
  }

  /** A modem with this SIM is about to send. May wait for the store. */
  void begin(String sim) {
    try {
      take(sim);
    } catch (Memory.Away e) {
      log.warn("the store is away: what a SIM has sent today is counted from now on");
      unkept.add(sim);
    }
  }

  /** The first time what was counted without it comes on top; later it holds our own count. */
  private synchronized void take(String sim) {
    String kept = memory.get(key(sim)).orElse("");
    if (recalled.add(sim)) {
      of(sim).add(kept);
    } else {
      of(sim).merge(kept);
    }
  }

  Allowance of(String sim) {
    return allowances.computeIfAbsent(sim, s -> new Allowance(budget));
  }

  /**
   * Whether a letter may go out by this SIM now. A budget is exceeded only when no SIM at work has
   * room within its own, or none of those has taken the letter for a while.
   *
   * @param working the SIMs of all modems that can send
   */
  boolean permits(String sim, Collection<String> working, Letter letter) {
    return switch (grant(sim, letter)) {
      case WITHIN -> true;
      case EXCEEDS ->
          letter.waits().compareTo(patience) >= 0
              || working.stream()
                  .noneMatch(other -> grant(other, letter) == Allowance.Grant.WITHIN);
      case REFUSED -> false;
    };
  }

  private Allowance.Grant grant(String sim, Letter letter) {
    return of(sim).grant(letter.message.marks(), letter.total(), clock.instant());
  }

  /** Whether no SIM may carry the letter now. */
  boolean refused(Collection<String> working, Letter letter) {
    return working.stream().allMatch(sim -> grant(sim, letter) == Allowance.Grant.REFUSED);
  }

  /** How long until one of these SIMs may carry the letter; zero when one may now. */
  Duration until(Collection<String> working, Letter letter) {
    return working.stream()
        .map(sim -> of(sim).until(letter.message.marks(), letter.total(), clock.instant()))
        .min(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  Standing standing(String sim) {
    return Standing.of(of(sim), budget, clock.instant());
  }

  /** A part left by this SIM, or may have. */
  void spent(String sim) {
    of(sim).spend(clock.instant());
    unkept.add(sim);
  }

  /**
   * Keeps what was counted since the last time. Called every second rather than for every part: a
   * crash forgets the parts of a second, and no modem pays for a write that can wait.
   */
  void keep() {
    for (String sim : Set.copyOf(unkept)) {
      unkept.remove(sim);
      try {
        if (!recalled.contains(sim)) {
          take(sim);
        }
        memory.put(key(sim), of(sim).line(), KEEP);
      } catch (Memory.Away e) {
        unkept.add(sim);
        log.debug("the store is away: the count of a SIM is kept later");
      }
    }
  }

  private static String key(String sim) {
    return "budget/" + sim;
  }
}
