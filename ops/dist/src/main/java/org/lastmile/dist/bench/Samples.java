package org.lastmile.dist.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Values of one case. Medians and quantiles only: a mean would tell the noise. */
final class Samples {
  private final List<Double> values = new ArrayList<>();

  synchronized void add(double value) {
    values.add(value);
  }

  synchronized int size() {
    return values.size();
  }

  double median() {
    return quantile(0.5);
  }

  /** The smallest value that at least that part of all values does not exceed. */
  synchronized double quantile(double part) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(Math.max(0, (int) Math.ceil(part * sorted.size()) - 1));
  }

  static double millis(long fromNanos) {
    return (System.nanoTime() - fromNanos) / 1e6;
  }
}
