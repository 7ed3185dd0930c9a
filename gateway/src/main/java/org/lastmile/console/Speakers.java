package org.lastmile.console;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Loudspeakers as they are supervised, and what they can be told apart from warnings. */
public interface Speakers {

  /** What one can expect of it if a warning came now; worst first. */
  enum State {
    FAULTY,
    SILENT,
    NEVER_SEEN,
    DEGRADED,
    ONLINE;

    /** Whether it can be relied on to be heard. */
    boolean works() {
      return this == ONLINE || this == DEGRADED;
    }
  }

  /**
   * One loudspeaker.
   *
   * @param since null = not known
   * @param seen last sign of life; null = never
   * @param facts what it said last; only {@link #find} has them
   * @param test its last self-test; null = none
   * @param told the last instruction; null = none since the gateway's start
   */
  record Speaker(
      String id,
      boolean registered,
      State state,
      String why,
      String whyZh,
      Instant since,
      Instant seen,
      Map<String, String> facts,
      Test test,
      Told told) {}

  /**
   * How a self-test ended.
   *
   * @param bad somebody has to look
   */
  record Test(Instant at, String content, String result, boolean bad, String why) {}

  /**
   * An instruction.
   *
   * @param answer the device's: done, played, refused…; empty = none yet
   */
  record Told(String content, String kind, Instant at, String answer, String why) {}

  /**
   * Whether an instruction got there.
   *
   * @param why it did not; empty = it did
   */
  record Handed(String content, String why) {}

  /**
   * What a device is to keep; null = as it is.
   *
   * @param quietFrom hours and minutes, UTC
   */
  record Settings(
      Integer volume, Integer heartbeat, String quietFrom, String quietTo, List<String> groups) {}

  /**
   * A day's self-test of all.
   *
   * @param ended null = it is under way
   */
  record Report(
      LocalDate day, Instant began, Instant ended, Map<String, Integer> counts, List<Line> lines) {}

  /** One device's result. */
  record Line(String id, Instant at, String result, boolean bad, String why) {}

  List<Speaker> all();

  Optional<Speaker> find(String id);

  CompletionStage<Handed> test(String id, int volume);

  CompletionStage<Handed> report(String id);

  /**
   * Tells one what to keep.
   *
   * @throws IllegalArgumentException saying which setting can't be
   */
  CompletionStage<Handed> configure(String id, Settings settings);

  /** The last one that has begun; empty = none yet, or they are off. Blocks for the store. */
  Optional<Report> selfTest();
}
