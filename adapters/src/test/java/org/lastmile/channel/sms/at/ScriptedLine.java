package org.lastmile.channel.sms.at;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/** A modem that says the next piece whenever it is read. */
final class ScriptedLine implements Line {
  private final Queue<byte[]> pieces = new ArrayDeque<>();
  private final StringBuilder written = new StringBuilder();
  private boolean gone;

  ScriptedLine says(String... texts) {
    for (String text : texts) {
      says(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return this;
  }

  ScriptedLine says(byte[] piece) {
    pieces.add(piece);
    return this;
  }

  String written() {
    return written.toString();
  }

  @Override
  public int read(byte[] into) throws LineLost {
    byte[] piece = pieces.poll();
    if (piece == null) {
      if (gone) {
        throw new LineLost(Finding.of(Trouble.GONE, "modem"));
      }
      return 0;
    }
    System.arraycopy(piece, 0, into, 0, piece.length);
    return piece.length;
  }

  @Override
  public boolean waiting() {
    return !pieces.isEmpty();
  }

  @Override
  public void write(byte[] bytes) {
    written.append(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() {
    gone = true;
  }
}
