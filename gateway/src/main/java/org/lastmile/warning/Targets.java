package org.lastmile.warning;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Whom a loudspeaker's words are signed for. A device is named by its village, as it was
 * provisioned, so that a signature serves all who are told the same there and nobody elsewhere can
 * be made to play it; by its id where the registry knows no village of it.
 */
final class Targets {
  /** The contract's limit. */
  private static final int MOST = 64;

  /** Bytes of them, so that the longest text still fits beside them. */
  private static final int LONGEST = 600;

  private Targets() {}

  /** What a device is named by. A town's or county's code would mean every device below it. */
  static String of(String device, String areaCode) {
    boolean village = areaCode.matches("\\d{12}") && !areaCode.endsWith("000");
    return village ? areaCode : "device:" + device;
  }

  /** The same names, each once, in as few lists as devices take. Always in the same order. */
  static List<List<String>> lists(Collection<String> names) {
    List<List<String>> lists = new ArrayList<>();
    List<String> list = new ArrayList<>();
    int length = 0;
    for (String name : new TreeSet<>(names)) {
      if (list.size() == MOST || (!list.isEmpty() && length + name.length() > LONGEST)) {
        lists.add(List.copyOf(list));
        list.clear();
        length = 0;
      }
      list.add(name);
      length += name.length();
    }
    lists.add(List.copyOf(list));
    return lists;
  }
}
