package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.lastmile.channel.Content;

/** One JSON object from a device, read with suspicion: size, version and every type are checked. */
final class Frame {
  /** The contract says 1,024; a little more is a sloppy device, far more is an attack. */
  static final int LIMIT = 4096;

  private static final ObjectMapper JSON = new ObjectMapper();
  private final JsonNode node;

  private Frame(JsonNode node) {
    this.node = node;
  }

  static Frame read(byte[] payload) throws Unreadable {
    if (payload.length > LIMIT) {
      throw new Unreadable(payload.length + " bytes, more than " + LIMIT);
    }
    JsonNode node;
    try {
      node = JSON.readTree(payload);
    } catch (IOException e) {
      // The parser's words quote the payload, which a stranger chose: not for our log.
      throw new Unreadable("not JSON");
    }
    if (node == null || !node.isObject()) {
      throw new Unreadable("not a JSON object");
    }
    if (!node.path("v").isInt() || node.path("v").intValue() != 1) {
      throw new Unreadable("\"v\" is not 1");
    }
    return new Frame(node);
  }

  /**
   * What a text may be; an empty one always may.
   *
   * @param words for who reads why it was refused
   * @param least characters of one that is not empty
   * @param most characters
   */
  record Shape(String words, int least, int most, IntPredicate takes) {
    static final Shape ID = new Shape("an id", 1, 96, Content::mayStandInId);
    static final Shape CODE =
        new Shape("a code", 1, 32, c -> (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_');

    Shape upTo(int characters) {
      return new Shape(words, least, characters, takes);
    }

    /** Anything without control characters. */
    static Shape line(int most) {
      return new Shape("a line", 1, most, c -> !Character.isISOControl(c));
    }

    static boolean isDigit(int c) {
      return c >= '0' && c <= '9';
    }

    /** For every word of every receipt: a plain loop. */
    private boolean fits(String text) {
      int characters = 0;
      for (int i = 0; i < text.length(); characters++) {
        int c = text.codePointAt(i);
        if (!takes.test(c)) {
          return false;
        }
        i += Character.charCount(c);
      }
      return characters == 0 || (characters >= least && characters <= most);
    }
  }

  /** Empty string when it is absent. */
  String text(String name, Shape shape) throws Unreadable {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return "";
    }
    if (!value.isTextual() || !shape.fits(value.textValue())) {
      throw new Unreadable(
          "\"%s\" is not %s of %d to %d characters"
              .formatted(name, shape.words(), shape.least(), shape.most()));
    }
    return value.textValue();
  }

  Optional<Boolean> flag(String name) throws Unreadable {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw new Unreadable("\"" + name + "\" is not true or false");
    }
    return Optional.of(value.booleanValue());
  }

  Optional<Double> number(String name, double min, double max) throws Unreadable {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isNumber() || value.doubleValue() < min || value.doubleValue() > max) {
      throw new Unreadable("\"" + name + "\" is not a number from " + min + " to " + max);
    }
    return Optional.of(value.doubleValue());
  }

  Optional<Long> whole(String name, long min, long max) throws Unreadable {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.canConvertToLong()
        || !value.isIntegralNumber()
        || value.longValue() < min
        || value.longValue() > max) {
      throw new Unreadable("\"" + name + "\" is not a whole number from " + min + " to " + max);
    }
    return Optional.of(value.longValue());
  }

  /** Empty when absent; the object inside is read with the same suspicion. */
  Optional<Frame> inside(String name) throws Unreadable {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      throw new Unreadable("\"" + name + "\" is not an object");
    }
    return Optional.of(new Frame(value));
  }
}
