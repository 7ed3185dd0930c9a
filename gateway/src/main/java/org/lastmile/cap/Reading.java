package org.lastmile.cap;

import java.util.List;
import org.lastmile.warning.Warning;

/** What came of reading an input: a warning, or every reason why there is none. */
public sealed interface Reading {

  /** A warning; its oddities are its notices, its contradictions its doubts. */
  record Read(Warning warning) implements Reading {}

  /** Unsafe or unidentifiable; at least one problem. */
  record Refused(List<Problem> problems) implements Reading {
    public Refused {
      problems = List.copyOf(problems);
    }
  }

  /**
   * One reason for a refusal.
   *
   * @param path where, e.g. {@code alert/info[2]/sent}; empty when the input as a whole is meant
   * @param line from 1; 0 when no line can be named
   * @param what what was wrong and what to do
   */
  record Problem(String path, int line, String what) {}
}
