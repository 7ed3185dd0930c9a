package org.lastmile.desk;

import java.util.List;
import org.lastmile.warning.Grade;

/**
 * Who hands in a warning, and how far this house trusts them.
 *
 * @param mayRelease its warnings go out without a second person (by default a machine's token may,
 *     a person may not)
 * @param upTo worst grade it may release by itself; null = none
 * @param areas area codes it may warn; empty = all of this jurisdiction
 */
public record Issuer(String name, boolean mayRelease, Grade upTo, List<String> areas) {
  public Issuer {
    areas = List.copyOf(areas);
  }
}
