package org.lastmile.channel.sms;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.lastmile.channel.sms.at.Line;

/** A modem that says OK to everything but what a test says otherwise. */
final class Answering implements Line {
  /** Nothing comes back at all. */
  static final String SILENCE = "";

  final List<String> asked = new ArrayList<>();
  private final Map<String, String> answers = new HashMap<>();
  private final ByteArrayOutputStream input = new ByteArrayOutputStream();
  private final Queue<byte[]> output = new ArrayDeque<>();

  /**
   * @param answer lines, the last one an end
   */
  Answering on(String command, String... answer) {
    answers.put(command, String.join("\r\n", answer));
    return this;
  }

  @Override
  public void write(byte[] bytes) {
    input.writeBytes(bytes);
    String text = input.toString(StandardCharsets.ISO_8859_1);
    for (int end = text.indexOf('\r'); end >= 0; end = text.indexOf('\r')) {
      String command = text.substring(0, end);
      text = text.substring(end + 1);
      asked.add(command);
      String answer = answers.getOrDefault(command, "OK");
      if (!answer.equals(SILENCE)) {
        output.add(("\r\n" + answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    input.reset();
    input.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public int read(byte[] into) {
    byte[] next = output.poll();
    if (next == null) {
      return 0;
    }
    System.arraycopy(next, 0, into, 0, next.length);
    return next.length;
  }

  @Override
  public boolean waiting() {
    return !output.isEmpty();
  }

  @Override
  public void close() {
    output.clear();
  }
}
