package org.lastmile.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;

/**
 * What the registry knows of one area code: mostly a village, or a town for what its ledger places
 * no nearer. Filled while the index is built, only read afterwards.
 */
final class Village {
  final String code;

  /** The codes around it, itself first; computed once, as every point of it asks. */
  final List<String> prefixes;

  final List<HazardPoint> points = new ArrayList<>();
  final List<Loudspeaker> loudspeakers = new ArrayList<>();

  /** All who live here, whether a point is named for them or not. */
  final List<Resident> residents = new ArrayList<>();

  /** Groups that anything in the registry names. */
  final Set<String> groups = new TreeSet<>();

  /** Known positions here, by group; the empty group for those without one. */
  final Map<String, List<Position>> places = new HashMap<>();

  /** Somebody leads it or answers for it. */
  boolean led;

  String town = "";
  String name = "";

  Village(String code) {
    this.code = code;
    this.prefixes = Registry.prefixes(code);
  }

  /** True when the code is a village's own, so that it can stand as an implicit point. */
  boolean isVillage() {
    return !code.isEmpty() && !code.endsWith("000");
  }

  /** True when it has anybody or anything of its own that can be told. */
  boolean hasAnybody() {
    return led || !residents.isEmpty() || !loudspeakers.isEmpty();
  }

  void names(String townName, String villageName) {
    town = town.isEmpty() ? townName : town;
    name = name.isEmpty() ? villageName : name;
  }

  void group(String group) {
    if (!group.isEmpty()) {
      groups.add(group);
    }
  }

  void place(String group, Position position) {
    if (position != null) {
      places.computeIfAbsent(group, g -> new ArrayList<>()).add(position);
    }
  }
}
