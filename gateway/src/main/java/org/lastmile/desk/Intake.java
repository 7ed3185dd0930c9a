package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;
import org.lastmile.warning.Wording;

/**
 * What becomes of a warning that comes in: its first status, its plan, and what the issuer is told.
 */
final class Intake {

  private final Map<String, Case> cases;
  private final Function<Warning, Threat> threat;
  private final Supplier<Policy> policy;
  private final Supplier<Wording> wording;
  private final Map<String, Planner.Address> channels;
  private final Predicate<String> optedOut;
  private final Planner.Accounts accounts;

  Intake(
      Map<String, Case> cases,
      Function<Warning, Threat> threat,
      Supplier<Policy> policy,
      Supplier<Wording> wording,
      Map<String, Planner.Address> channels,
      Predicate<String> optedOut,
      Planner.Accounts accounts) {
    this.cases = cases;
    this.threat = threat;
    this.policy = policy;
    this.wording = wording;
    this.channels = channels;
    this.optedOut = optedOut;
    this.accounts = accounts;
  }

  /**
   * What was decided.
   *
   * @param repeated the same warning as it stands already; null = it is new, and the rest is set
   */
  record Verdict(Warning warning, Plan plan, List<Event> events, Progress repeated) {}

  Verdict judge(Warning warning, Issuer issuer, Instant now, Ledger ledger) {
    Optional<Progress> same = known(warning.id(), ledger);
    if (same.isPresent()) {
      if (same.get().warning().digest().equals(warning.digest())) {
        return new Verdict(null, null, List.of(), same.get());
      }
      // The same identity with other content: somebody must look which one is meant.
      String id = "w" + warning.digest().substring(0, 14);
      Optional<Progress> sameOther = known(id, ledger);
      if (sameOther.isPresent()) {
        return new Verdict(null, null, List.of(), sameOther.get());
      }
      Plan plan = as(id, plan(warning, now));
      return verdict(
          warning,
          plan,
          Event.Type.HELD,
          "same identity as " + warning.id() + " with other content",
          issuer,
          now);
    }
    Plan empty = Plan.empty(warning.id());
    switch (warning.nature()) {
      case ACTUAL, EXERCISE -> {}
      default -> {
        return verdict(
            warning, empty, Event.Type.ARCHIVED, "status " + warning.nature(), issuer, now);
      }
    }
    if (warning.expires() != null && !warning.expires().isAfter(now)) {
      return verdict(
          warning,
          empty,
          Event.Type.EXPIRED_ON_ARRIVAL,
          "expired at " + warning.expires(),
          issuer,
          now);
    }
    for (Case of : cases.values()) {
      // What changes or lifts this one has come first: it counts as soon as this one comes.
      Warning later = of.progress.warning();
      boolean counts =
          of.progress.released() != null || of.progress.status() == WarningStatus.NOT_APPLICABLE;
      if (counts
          && later.references().stream().anyMatch(r -> r.means(warning.identity()))
          && later.identity().sender().equals(warning.identity().sender())) {
        Event.Type over =
            later.type() == Warning.Type.CANCEL ? Event.Type.LIFTED : Event.Type.SUPERSEDED;
        return verdict(warning, empty, over, of.id(), issuer, now);
      }
    }
    List<String> doubts = new ArrayList<>(warning.doubts());
    List<Case> earlier = earlier(warning);
    for (Case of : earlier) {
      if (!of.progress.warning().identity().sender().equals(warning.identity().sender())) {
        doubts.add("speaks of " + of.id() + " of another authority");
      }
    }
    if (warning.type() == Warning.Type.CANCEL) {
      if (earlier.isEmpty()) {
        return verdict(
            warning,
            empty,
            Event.Type.NOT_APPLICABLE,
            "lifts a warning that is not known here; should it come, it is lifted at once",
            issuer,
            now);
      }
      Plan lift = Planner.lift(warning, policy.get(), wording.get(), terms(earlier, now));
      return decide(warning, lift, doubts, issuer, now);
    }
    Plan plan = plan(warning, now);
    // Where a warning does not say where it holds, somebody has to look: that is no "not here".
    boolean elsewhere = plan.points().isEmpty() && plan.deliveries().isEmpty();
    if (elsewhere && warning.grade() != null && !warning.area().isEmpty()) {
      return verdict(
          warning,
          empty,
          Event.Type.NOT_APPLICABLE,
          "touches no hazard point of this registry",
          issuer,
          now);
    }
    return decide(warning, plan, doubts, issuer, now);
  }

  private Verdict decide(
      Warning warning, Plan plan, List<String> doubts, Issuer issuer, Instant now) {
    if (!doubts.isEmpty()) {
      return verdict(warning, plan, Event.Type.HELD, String.join("; ", doubts), issuer, now);
    }
    String lacks = lacks(warning, issuer);
    if (!lacks.isEmpty()) {
      return verdict(warning, plan, Event.Type.AWAITING_APPROVAL, lacks, issuer, now);
    }
    return verdict(warning, plan, Event.Type.RELEASED, issuer.name(), issuer, now);
  }

  /** Why the issuer's word alone does not release it; empty = it does. */
  private static String lacks(Warning warning, Issuer issuer) {
    if (!issuer.mayRelease()) {
      return issuer.name() + " needs a second person";
    }
    if (issuer.upTo() != null
        && warning.grade() != null
        && warning.grade().worseThan(issuer.upTo())) {
      return issuer.name() + " may release up to " + issuer.upTo();
    }
    boolean within =
        issuer.areas().isEmpty()
            || (!warning.area().codes().isEmpty()
                && warning.area().codes().stream()
                    .allMatch(
                        c -> issuer.areas().stream().anyMatch(a -> AdminArea.contains(a, c))));
    return within ? "" : issuer.name() + " may not release for this area";
  }

  /** Lifts by a person's word: a cancel of our own, as if the issuing office had sent one. */
  Verdict lift(Case of, String who, String why, Instant now) {
    Progress progress = of.progress;
    if (progress.status() != WarningStatus.RELEASED) {
      throw new Desk.Refused(
          of.id() + " is " + progress.status() + ": only a released one is lifted");
    }
    Warning old = progress.warning();
    Warning lift =
        new Warning(
            new Warning.Identity(
                old.identity().sender(), old.identity().identifier() + "-lift", now),
            Warning.Type.CANCEL,
            old.nature(),
            old.grade(),
            old.hazard(),
            old.senderName(),
            old.headline(),
            why,
            "",
            Map.of(),
            now,
            now.plus(Duration.ofHours(6)),
            old.area(),
            List.of(
                new Warning.Reference(
                    old.identity().sender(), old.identity().identifier(), old.identity().sent())),
            List.of(),
            List.of());
    Plan plan = Planner.lift(lift, policy.get(), wording.get(), terms(List.of(of), now));
    return new Verdict(
        lift,
        plan,
        List.of(
            accepted(plan, WarningStatus.RELEASED, who, List.of(), now),
            Event.of(now, Event.Type.RELEASED, who + ": " + why)),
        null);
  }

  private Verdict verdict(
      Warning warning, Plan plan, Event.Type type, String why, Issuer issuer, Instant now) {
    List<String> notices = new ArrayList<>(warning.notices());
    if (type != Event.Type.RELEASED) {
      notices.add(why);
    }
    upgradeOf(warning).ifPresent(notices::add);
    List<Event> events = new ArrayList<>();
    // The status follows from the event alone: no need to fold thousands of rows for it.
    Progress after =
        Progress.of(warning, Plan.empty(plan.warning()), List.of(Event.of(now, type, why)));
    events.add(accepted(plan, after.status(), issuer.name(), notices, now));
    events.add(Event.of(now, type, type == Event.Type.RELEASED ? issuer.name() : why));
    return new Verdict(warning, plan, events, null);
  }

  /** The receipt stands in the first event, so that the same warning gets the same one for ever. */
  private static Event accepted(
      Plan plan, WarningStatus status, String issuer, List<String> notices, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(status + " " + plan.points().size() + " " + plan.deliveries().size() + " " + issuer);
    notices.forEach(n -> lines.add(n.replace('\n', ' ')));
    return Event.of(now, Event.Type.ACCEPTED, String.join("\n", lines));
  }

  static Receipt receipt(Progress progress, boolean repeated) {
    String[] lines = progress.events().get(0).detail().split("\n", -1);
    String[] first = lines[0].split(" ", 4);
    return new Receipt(
        progress.id(),
        repeated ? WarningStatus.valueOf(first[0]) : progress.status(),
        progress.warning().grade(),
        Integer.parseInt(first[1]),
        Integer.parseInt(first[2]),
        List.of(lines).subList(1, lines.length),
        repeated);
  }

  /** Who handed it in: the second person has to be another one. */
  static String issuer(Progress progress) {
    String first = progress.events().get(0).detail().split("\n", 2)[0];
    return first.split(" ", 4)[3];
  }

  private Optional<Progress> known(String id, Ledger ledger) {
    Case of = cases.get(id);
    if (of != null) {
      return Optional.of(of.progress);
    }
    return ledger.read(id).map(e -> Progress.of(e.warning(), e.plan(), e.events()));
  }

  private static Plan as(String id, Plan plan) {
    return new Plan(
        id,
        plan.registryVersion(),
        plan.policy(),
        plan.playBy(),
        plan.inForceUntil(),
        plan.points(),
        plan.words(),
        plan.deliveries(),
        plan.ladder(),
        plan.deadline(),
        plan.supersedes());
  }

  private Plan plan(Warning warning, Instant now) {
    if (warning.grade() == null) {
      return Plan.empty(warning.id());
    }
    Threat threatened = threat.apply(warning);
    return Planner.plan(
        warning, threatened, policy.get(), wording.get(), terms(earlier(warning), now));
  }

  /** Warnings on the desk that this one speaks of. */
  private List<Case> earlier(Warning warning) {
    if (warning.references().isEmpty()) {
      return List.of();
    }
    String id = warning.id();
    return cases.values().stream()
        .filter(c -> !c.id().equals(id))
        .filter(
            c ->
                warning.references().stream()
                    .anyMatch(r -> r.means(c.progress.warning().identity())))
        .toList();
  }

  /**
   * The same sender already warns of the same hazard there: probably a change without a reference.
   */
  private Optional<String> upgradeOf(Warning warning) {
    if (warning.type() != Warning.Type.ALERT) {
      return Optional.empty();
    }
    String id = warning.id();
    return cases.values().stream()
        .map(c -> c.progress)
        .filter(p -> p.status() == WarningStatus.RELEASED)
        .filter(p -> p.warning().drill() == warning.drill())
        .filter(p -> p.warning().type() != Warning.Type.CANCEL)
        .filter(p -> p.warning().identity().sender().equals(warning.identity().sender()))
        .filter(p -> p.warning().hazard().equals(warning.hazard()))
        .filter(p -> !p.id().equals(id))
        .map(p -> "may replace " + p.id() + ", which it does not name: lift that one if so")
        .findFirst();
  }

  private Planner.Terms terms(Collection<Case> earlier, Instant now) {
    List<Planner.Former> former = new ArrayList<>();
    List<String> supersedes = new ArrayList<>();
    for (Case of : earlier) {
      supersedes.add(of.id());
      // Whoever was told by what that one had replaced was told by it too, or is in its record.
      for (Progress.Row row : of.progress.rows()) {
        boolean toldOrMaybe =
            row.state().told()
                || row.state() == DeliveryState.SENT
                || row.state() == DeliveryState.UNKNOWN
                || row.flying()
                || (row.state() == DeliveryState.FAILED
                    && row.delivery().audience() == Audience.LOUDSPEAKER
                    && row.handoff() != null);
        // A device that has not got this one may still say what this one was to replace.
        boolean device = row.delivery().audience() == Audience.LOUDSPEAKER;
        List<String> replaced =
            device
                ? of.progress.plan().words().get(row.delivery().words()).supersedes()
                : List.of();
        if (toldOrMaybe || !replaced.isEmpty()) {
          List<String> contents = new ArrayList<>();
          contents.add(of.progress.plan().contentId(row.delivery()));
          contents.addAll(replaced);
          if (device && row.attempts() > 1) {
            contents.add(Dispatch.repeatId(of.progress.plan(), row));
          }
          former.add(
              new Planner.Former(
                  row.delivery().channel(),
                  row.delivery().audience(),
                  row.delivery().recipient(),
                  row.delivery().name(),
                  row.delivery().address(),
                  contents,
                  of.progress.plan().words().get(row.delivery().words()).targets()));
        }
      }
    }
    return new Planner.Terms(now, channels, former, this::codes, optedOut, supersedes, accounts);
  }

  /** What was asked of that person in the warnings on the desk. */
  private Planner.Codes codes(String recipient) {
    boolean needed = false;
    Set<String> open = new HashSet<>();
    Set<String> lately = new HashSet<>();
    for (Case of : cases.values()) {
      List<Progress.Row> rows = of.progress.rowsOf(recipient);
      if (rows.isEmpty()) {
        continue; // nearly always: of a thousand warnings two or three speak to this person
      }
      boolean unanswered = of.progress.outstanding(recipient, true);
      needed |= unanswered;
      for (Progress.Row row : rows) {
        lately.addAll(row.delivery().codes());
        if (unanswered) {
          open.addAll(row.delivery().codes());
        }
      }
    }
    return lately.isEmpty() && !needed
        ? Planner.Codes.NONE
        : new Planner.Codes(needed, open, lately);
  }
}
