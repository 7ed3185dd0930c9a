package org.lastmile.dist.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.lastmile.registry.Entries;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Part;

/**
 * What goes a little wrong, as it does: each is something that the ladder or a person on duty can
 * close. Which point is hit follows from the seed.
 */
final class Faults {
  /** Away at first, and here again after that long. */
  static final Duration LATE = Duration.ofSeconds(14);

  /** Somebody notices the turned-down knob after that long. */
  static final Duration KNOB = Duration.ofSeconds(9);

  /** "Congestion" (3GPP TS 24.011): the network will take it a little later. */
  static final int CONGESTION = 42;

  private final List<HazardPoint> points;
  private final Entries entries;

  /** A answers nobody; B only when asked a second time. Empty where the township is too small. */
  final List<String> silentPhones = new ArrayList<>();

  final List<String> slowPhones = new ArrayList<>();
  final Optional<Loudspeaker> late;
  final Optional<Loudspeaker> muted;
  final Optional<Resident> deadNumber;
  final List<String> told = new ArrayList<>();

  Faults(Entries entries, long seed) {
    this.entries = entries;
    this.points = new ArrayList<>(entries.points());
    Random dice = new Random(seed * 31 + 7);
    java.util.Collections.shuffle(points, dice);

    take(p -> person(p, Part.A).isPresent() && person(p, Part.B).isPresent() && heard(p))
        .ifPresent(
            p -> {
              person(p, Part.A).ifPresent(a -> silentPhones.add(a.phone()));
              person(p, Part.B).ifPresent(b -> slowPhones.add(b.phone()));
              told.add(
                  "%s (A of %s) never answers, %s (B) only when asked again"
                      .formatted(name(p, Part.A), p.id(), name(p, Part.B)));
            });
    take(p -> person(p, Part.A).isPresent() && !slow(p) && heard(p))
        .ifPresent(
            p -> {
              entries.people().stream()
                  .filter(r -> r.points().contains(p.id()))
                  .forEach(r -> silentPhones.add(r.phone()));
              told.add("nobody who is responsible for %s answers".formatted(p.id()));
            });
    deadNumber =
        entries.residents().stream()
            .filter(r -> !r.helperPhone().isEmpty())
            .filter(r -> points.stream().anyMatch(p -> p.id().equals(r.point())))
            .findFirst();
    deadNumber.ifPresent(
        r ->
            told.add(
                "the number of %s, helper at %s, no longer exists"
                    .formatted(r.helperName(), r.point())));
    List<Loudspeaker> speakers = new ArrayList<>(entries.loudspeakers());
    java.util.Collections.shuffle(speakers, dice);
    late = speakers.stream().findFirst();
    muted = speakers.stream().skip(1).findFirst();
    late.ifPresent(
        s ->
            told.add(
                "loudspeaker %s is off, and comes on after %d s"
                    .formatted(s.id(), LATE.toSeconds())));
    muted.ifPresent(s -> told.add("loudspeaker %s is muted at first".formatted(s.id())));
    told.add("the first modem's network is congested once");
  }

  /** The first such point that nothing else has hit yet. */
  private Optional<HazardPoint> take(Predicate<HazardPoint> fits) {
    Optional<HazardPoint> found = points.stream().filter(fits).findFirst();
    found.ifPresent(points::remove);
    return found;
  }

  private Optional<ResponsiblePerson> person(HazardPoint point, Part part) {
    return entries.people().stream()
        .filter(r -> r.part() == part && r.points().contains(point.id()))
        .findFirst();
  }

  private String name(HazardPoint point, Part part) {
    return person(point, part).map(ResponsiblePerson::name).orElse("nobody");
  }

  private boolean slow(HazardPoint point) {
    return person(point, Part.B).map(b -> slowPhones.contains(b.phone())).orElse(false);
  }

  private boolean heard(HazardPoint point) {
    return entries.loudspeakers().stream().anyMatch(s -> s.points().contains(point.id()));
  }
}
