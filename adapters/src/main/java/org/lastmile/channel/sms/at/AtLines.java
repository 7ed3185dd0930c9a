package org.lastmile.channel.sms.at;

import java.util.Optional;

/**
 * Bytes to lines, however they are cut up: any mix of CR and LF ends a line, empty lines and
 * control characters vanish, and noise without an end never fills the memory.
 */
final class AtLines {
  /** What {@link #next} says for the prompt that asks for a PDU; no line can equal it. */
  static final String PROMPT = "\n>";

  private static final int LONGEST = 4096;

  private final StringBuilder pending = new StringBuilder();

  /** True when there is something in it that no modem says: not ASCII. */
  boolean feed(byte[] bytes, int length) {
    boolean foreign = false;
    for (int i = 0; i < length; i++) {
      char c = (char) (bytes[i] & 0xFF);
      foreign |= c > 0x7F;
      if (c == '\r' || c == '\n') {
        pending.append('\n');
      } else if (c >= ' ' && c != 0x7F) {
        pending.append(c);
      }
    }
    if (pending.length() > 2 * LONGEST && pending.indexOf("\n") < 0) {
      pending.delete(0, pending.length() - LONGEST);
    }
    return foreign;
  }

  /**
   * The next line that is whole.
   *
   * @param promptExpected whether an unfinished line that ends in {@code >} is the prompt, which
   *     ends in no line break
   */
  Optional<String> next(boolean promptExpected) {
    for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
      String line = pending.substring(0, end).strip();
      pending.delete(0, end + 1);
      if (!line.isEmpty()) {
        return Optional.of(line);
      }
    }
    if (promptExpected && pending.toString().stripTrailing().endsWith(">")) {
      pending.setLength(0);
      return Optional.of(PROMPT);
    }
    return Optional.empty();
  }
}
