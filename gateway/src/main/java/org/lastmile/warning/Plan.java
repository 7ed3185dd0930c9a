package org.lastmile.warning;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lastmile.channel.Content;

/**
 * Every delivery that a warning needs, computed once and written at once. It carries all that later
 * decisions need (rules, ladder, words), so that a changed registry or policy never changes a
 * warning that is already on its way.
 *
 * @param warning id of the warning
 * @param registryVersion which registry, and {@code policy} which policy it was made from
 * @param playBy after this nothing more is sent for it
 * @param inForceUntil when the warning ends by itself; a derived time never ends a ladder: null
 *     then
 * @param supersedes ids of the warnings that it replaces or lifts
 */
public record Plan(
    String warning,
    int registryVersion,
    String policy,
    Instant playBy,
    Instant inForceUntil,
    List<Point> points,
    List<Words> words,
    List<Delivery> deliveries,
    List<Rung> ladder,
    Duration deadline,
    List<String> supersedes) {

  public Plan {
    points = List.copyOf(points);
    words = List.copyOf(words);
    deliveries = List.copyOf(deliveries);
    ladder = List.copyOf(ladder);
    supersedes = List.copyOf(supersedes);
  }

  /**
   * A threatened point as it was when the plan was made.
   *
   * @param responsible recipients whose answer counts; {@code helpers} those of its key groups
   * @param loudspeakers ids of its devices
   * @param clauses what covers it, all of them; each is met by any of its proofs
   */
  public record Point(
      String id,
      String name,
      String town,
      String village,
      String group,
      String areaCode,
      int households,
      int people,
      int keyPeople,
      boolean implicit,
      String route,
      String shelter,
      List<String> responsible,
      List<String> helpers,
      List<String> loudspeakers,
      List<Set<Proof>> clauses) {
    public Point {
      responsible = List.copyOf(responsible);
      helpers = List.copyOf(helpers);
      loudspeakers = List.copyOf(loudspeakers);
      clauses = clauses.stream().map(Set::copyOf).toList();
    }
  }

  /**
   * Words that one or more deliveries say, with the named parts that template wires fill in.
   *
   * @param supersedes what these words replace or end: ids of contents for a loudspeaker, of
   *     warnings for people, who have each been told in other words
   * @param targets whom a loudspeaker's words are signed for, so that many devices share a
   *     signature; empty = each address by itself, as in plans of earlier programs
   */
  public record Words(
      Content.Kind kind,
      String text,
      Map<String, String> fields,
      List<String> supersedes,
      List<String> targets) {
    public Words {
      fields = Map.copyOf(fields);
      supersedes = List.copyOf(supersedes);
      targets = targets == null ? List.of() : List.copyOf(targets);
    }

    /** Words for each address by itself. */
    public Words(
        Content.Kind kind, String text, Map<String, String> fields, List<String> supersedes) {
      this(kind, text, fields, supersedes, List.of());
    }

    Words signedFor(List<String> devices) {
      return new Words(kind, text, fields, supersedes, devices);
    }
  }

  /**
   * Id of what a delivery says: the same for every delivery that says the same at the same stage,
   * so that a device asked again for its receipt does not play again, and one called again does.
   */
  public String contentId(Delivery delivery) {
    String details = delivery.details() ? "d" : "";
    return warning + "." + delivery.words() + "." + delivery.stage() + details;
  }

  /** A plan that tells nobody. */
  public static Plan empty(String warning) {
    return new Plan(
        warning,
        0,
        "",
        Instant.EPOCH,
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Duration.ZERO,
        List.of());
  }
}
