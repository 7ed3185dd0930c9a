package org.lastmile.registry;

import java.util.List;
import java.util.Map;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;

/**
 * What the ledgers say, and nothing computed: the part of a registry that is stored and exported.
 *
 * @param people one person may stand here more than once, with one id, for different parts
 * @param extras cells of columns that this house does not know, by header, under {@code table:id}
 *     (e.g. {@code 隐患点台账:P-01}); kept so that an export loses nothing
 */
public record Entries(
    List<HazardPoint> points,
    List<ResponsiblePerson> people,
    List<Resident> residents,
    List<Loudspeaker> loudspeakers,
    List<AdminArea> areas,
    Map<String, Map<String, String>> extras) {

  /** A registry that knows nothing. */
  public static final Entries NONE =
      new Entries(List.of(), List.of(), List.of(), List.of(), List.of(), Map.of());

  public Entries {
    points = List.copyOf(points);
    people = List.copyOf(people);
    residents = List.copyOf(residents);
    loudspeakers = List.copyOf(loudspeakers);
    areas = List.copyOf(areas);
    extras = Map.copyOf(extras);
  }
}
