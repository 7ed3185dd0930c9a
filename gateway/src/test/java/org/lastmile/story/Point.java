package org.lastmile.story;

import com.fasterxml.jackson.databind.JsonNode;
import org.assertj.core.api.AbstractAssert;

/** One hazard point under one warning. */
record Point(Issued warning, String id) {

  JsonNode now() {
    for (JsonNode point : warning.coverage().path("points")) {
      if (point.path("id").asText().equals(id)) {
        return point;
      }
    }
    throw new AssertionError("the warning does not touch " + id);
  }

  static PointAssert assertThat(Point point) {
    return new PointAssert(point);
  }

  /** What is promised of it, now or in a while. */
  static final class PointAssert extends AbstractAssert<PointAssert, Point> {
    PointAssert(Point point) {
      super(point, PointAssert.class);
    }

    /** In a while. */
    PointAssert isCovered() {
      Township.until(
          actual.id() + " is covered", () -> actual.now().path("state").asText().equals("COVERED"));
      return this;
    }

    /** Now. */
    PointAssert isNotCovered() {
      if (actual.now().path("state").asText().equals("COVERED")) {
        failWithMessage("%s is covered: %s", actual.id(), actual.now());
      }
      return this;
    }
  }
}
