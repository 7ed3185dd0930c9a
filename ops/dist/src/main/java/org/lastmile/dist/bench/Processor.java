package org.lastmile.dist.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Linux' own count of processor time, in clock ticks of 10 ms. */
final class Processor {
  private static final long TICK = 10_000_000;

  private Processor() {}

  /** Nanoseconds that a process, its running children and those that have ended have used. */
  static long used(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .mapToLong(ProcessHandle::pid)
        .map(pid -> used(Path.of("/proc/" + pid + "/stat"), 4))
        .sum();
  }

  /** Nanoseconds that one process has used, without its children. */
  static long of(long pid) {
    return used(Path.of("/proc/" + pid + "/stat"), 2);
  }

  /** Nanoseconds that this process has used, without its children. */
  static long own() {
    return used(Path.of("/proc/self/stat"), 2);
  }

  /** Sums user and kernel time, and with four fields those of children that have ended. */
  private static long used(Path stat, int fields) {
    try {
      // The name in brackets may itself hold blanks and brackets.
      String[] field = Files.readString(stat).replaceAll("(?s).*\\)", "").split(" ", -1);
      long ticks = 0;
      for (int i = 0; i < fields; i++) {
        ticks += Long.parseLong(field[12 + i]);
      }
      return ticks * TICK;
    } catch (IOException e) {
      return 0; // it has ended: its file is gone, or is there and can't be read any more
    }
  }

  /** Nanoseconds in which no core had anything to do, summed over the cores. */
  static long idle() throws IOException {
    String[] field = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1);
    return Long.parseLong(field[4]) * TICK;
  }
}
