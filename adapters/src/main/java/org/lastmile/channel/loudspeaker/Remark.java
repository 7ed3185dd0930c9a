package org.lastmile.channel.loudspeaker;

import java.util.List;
import java.util.stream.Collectors;

/** A few words for people, in English and in Chinese; both empty = nothing to say. */
public record Remark(String en, String zh) {
  static final Remark NONE = new Remark("", "");

  boolean isEmpty() {
    return en.isEmpty();
  }

  static Remark join(List<Remark> all) {
    return switch (all.size()) {
      case 0 -> NONE;
      case 1 -> all.get(0);
      default ->
          new Remark(
              all.stream().map(Remark::en).collect(Collectors.joining(", ")),
              all.stream().map(Remark::zh).collect(Collectors.joining("，")));
    };
  }
}
