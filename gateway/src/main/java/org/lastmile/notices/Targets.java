package org.lastmile.notices;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;

/** Finds the loudspeakers that a notice means: by area code, point, or device. */
public final class Targets {
  private final Map<String, HazardPoint> points;
  private final Collection<Loudspeaker> loudspeakers;

  public Targets(Collection<HazardPoint> points, Collection<Loudspeaker> loudspeakers) {
    this.points = points.stream().collect(Collectors.toMap(HazardPoint::id, p -> p, (a, b) -> a));
    this.loudspeakers = loudspeakers;
  }

  /**
   * Ids of the loudspeakers, in the order of the ledger.
   *
   * @param sees true for an area code that the department may speak in
   * @param wrong told of everything that is not so
   */
  public List<String> devices(
      List<String> targets, Predicate<String> sees, Consumer<String> wrong) {
    Set<String> wanted = new LinkedHashSet<>();
    for (String target : targets) {
      List<Loudspeaker> found = new ArrayList<>();
      if (target.matches("\\d{12}")) {
        loudspeakers.stream()
            .filter(l -> codes(l).stream().anyMatch(c -> AdminArea.contains(target, c)))
            .forEach(found::add);
        if (!sees.test(target)) {
          wrong.accept("area " + target + " is not within the areas of this account");
          continue;
        }
      } else {
        String device = target.replaceFirst("^device:", "");
        loudspeakers.stream()
            .filter(l -> l.id().equals(device) || l.points().contains(target))
            .forEach(found::add);
        if (found.stream().anyMatch(l -> codes(l).stream().noneMatch(sees))) {
          wrong.accept("'" + target + "' is not within the areas of this account");
          continue;
        }
      }
      if (found.isEmpty()) {
        wrong.accept("'" + target + "' has no loudspeaker: name an area code, a point or a device");
      }
      found.forEach(l -> wanted.add(l.id()));
    }
    return loudspeakers.stream().map(Loudspeaker::id).filter(wanted::contains).toList();
  }

  /** Ids of all loudspeakers that stand where {@code sees} holds. */
  public Set<String> within(Predicate<String> sees) {
    return loudspeakers.stream()
        .filter(l -> codes(l).stream().anyMatch(sees))
        .map(Loudspeaker::id)
        .collect(Collectors.toSet());
  }

  /** Where it stands; of one that does not say so, where its points are. */
  private List<String> codes(Loudspeaker loudspeaker) {
    return loudspeaker.areaCode().isEmpty()
        ? loudspeaker.points().stream()
            .filter(points::containsKey)
            .map(p -> points.get(p).areaCode())
            .filter(c -> !c.isEmpty())
            .toList()
        : List.of(loudspeaker.areaCode());
  }
}
