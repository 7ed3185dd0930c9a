package org.lastmile.routes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.apache.camel.Exchange;
import org.apache.camel.component.smpp.SmppConstants;
import org.apache.camel.component.smpp.SmppSplitter;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.lastmile.channel.Content;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;

/**
 * What Camel's {@code smpp:} endpoint must be told so that a warning arrives whole, and what its
 * answers mean. It would cut a long text wherever 67 units end, through an emoji too, give every
 * message to one default number, and send it for as long as the centre likes: so the parts, the
 * number and the validity period are ours.
 */
final class Smpp {
  private static final byte UCS2 = 0x08;
  private static final byte FLASH_UCS2 = 0x18;
  private static final byte INTERNATIONAL = 0x01;
  private static final int MOST_DAYS = 30;
  private static final String DRILL_MARK = "【演练】";

  private record Meaning(boolean permanent, boolean lane, String words) {}

  /** SMPP 3.4, 5.1.3; which is for good is our judgement. Any other code is worth another try. */
  private static final Map<Integer, Meaning> STATUS =
      Map.ofEntries(
          Map.entry(0x01, new Meaning(true, false, "message too long")),
          Map.entry(0x04, new Meaning(false, true, "not allowed in this state of the connection")),
          Map.entry(0x08, new Meaning(false, false, "the centre's system error")),
          Map.entry(0x0A, new Meaning(false, true, "sender's address refused: see sourceAddr")),
          Map.entry(0x0B, new Meaning(true, false, "recipient's number refused")),
          Map.entry(0x0D, new Meaning(false, true, "bind refused")),
          Map.entry(0x0E, new Meaning(false, true, "wrong password")),
          Map.entry(0x0F, new Meaning(false, true, "wrong system id")),
          Map.entry(0x14, new Meaning(false, false, "the centre's queue is full")),
          Map.entry(0x45, new Meaning(false, false, "submit failed")),
          Map.entry(0x58, new Meaning(false, false, "too fast: lower per-minute")),
          Map.entry(0x62, new Meaning(true, false, "validity period refused")),
          Map.entry(0x66, new Meaning(true, false, "receiver refuses")));

  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** A counter a recipient: parts of two messages must not be taken for one. */
  private final Map<String, Integer> references = new ConcurrentHashMap<>();

  private final BiFunction<String, String, List<String>> cut;

  /**
   * @param cut a text, and the mark for the front of every part, to the parts that one SMS in UCS2
   *     holds
   */
  Smpp(BiFunction<String, String, List<String>> cut) {
    this.cut = cut;
  }

  static boolean is(String uri) {
    return uri.matches("smpps?:.*");
  }

  /** Why this message can't be sent, if so. */
  static Optional<Outcome> refused(Message message) {
    if (message.content().kind() == Content.Kind.STOP || message.content().text().isBlank()) {
      return Optional.of(new Outcome.Permanent("it has no words for people, so no SMS is sent"));
    }
    return number(message.address()).matches("\\+?\\d{3,20}")
        ? Optional.empty()
        : Optional.of(new Outcome.Permanent("the address is no phone number: 3 to 20 digits"));
  }

  /**
   * @param text whole; it is cut here
   */
  void write(Message message, String text, Instant now, org.apache.camel.Message out) {
    String number = number(message.address());
    if (number.startsWith("+")) {
      out.setHeader(SmppConstants.DEST_ADDR_TON, INTERNATIONAL);
    }
    out.setHeader(SmppConstants.DEST_ADDR, number.replace("+", ""));
    boolean flash = message.marks().contains(Message.Mark.FLASH);
    out.setHeader(SmppConstants.ALPHABET, UCS2);
    out.setHeader(SmppConstants.DATA_CODING, flash ? FLASH_UCS2 : UCS2);
    out.setHeader(
        SmppConstants.VALIDITY_PERIOD, validity(Duration.between(now, message.content().playBy())));
    int reference = references.merge(number, message.attempt().hashCode(), (last, a) -> last + 1);
    // UCS2 for every text: what a centre takes for its default alphabet differs from one to
    // another.
    List<String> parts = cut.apply(text, message.content().drill() ? DRILL_MARK : "");
    out.setHeader(SmppConstants.DATA_SPLITTER, new Parts(parts, reference));
  }

  /** Rounded down to the minute, one minute at least: {@code YYMMDDhhmmsstnnR}. */
  private static String validity(Duration left) {
    long minutes = Math.max(1, Math.min(left.toMinutes(), Duration.ofDays(MOST_DAYS).toMinutes()));
    return "0000%02d%02d%02d00000R".formatted(minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
  }

  private static String number(String written) {
    String plain =
        Normalizer.normalize(written, Normalizer.Form.NFKC).replaceAll("[\\s()\\-.·]", "");
    return plain.startsWith("00") ? "+" + plain.substring(2) : plain;
  }

  /** The centre's own message ids, one a part. */
  static Outcome accepted(Exchange exchange) {
    List<?> ids = exchange.getMessage().getHeader(SmppConstants.ID, List.class);
    return new Outcome.Accepted(
        ids == null ? List.of() : ids.stream().map(String::valueOf).toList());
  }

  /**
   * A long message is whole only when its last part was taken: a refusal on the way makes it one to
   * send again, and the parts that went show nothing on the phone.
   */
  static Outcome failed(String name, Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      root = cause;
      if (cause instanceof NegativeResponseException refusal) {
        return refused(name, refusal.getCommandStatus());
      }
      if (cause instanceof ResponseTimeoutException || cause instanceof InvalidResponseException) {
        return new Outcome.Unknown(name + ": no answer to submit_sm: it may have been sent");
      }
    }
    return new Outcome.LaneDown(name + ": no connection: " + root.getClass().getSimpleName());
  }

  private static Outcome refused(String name, int status) {
    Meaning meaning = STATUS.getOrDefault(status, new Meaning(false, false, "not in our table"));
    String why = "%s: SMPP %02X: %s".formatted(name, status, meaning.words());
    if (meaning.permanent()) {
      return new Outcome.Permanent(why);
    }
    return meaning.lane() ? new Outcome.LaneDown(why) : new Outcome.Retry(PAUSE, why);
  }

  /** Parts that were cut already, with their headers: whatever Camel hands over to be cut. */
  private static final class Parts extends SmppSplitter {
    private final List<String> parts;
    private final int reference;

    Parts(List<String> parts, int reference) {
      super(0, 0, 0);
      this.parts = parts;
      this.reference = reference;
    }

    @Override
    public byte[][] split(byte[] message) {
      byte[][] cut = new byte[parts.size()][];
      for (int i = 0; i < cut.length; i++) {
        byte[] words = parts.get(i).getBytes(StandardCharsets.UTF_16BE);
        byte[] header =
            cut.length == 1
                ? new byte[0]
                : new byte[] {5, 0, 3, (byte) reference, (byte) cut.length, (byte) (i + 1)};
        cut[i] = ByteBuffer.allocate(header.length + words.length).put(header).put(words).array();
      }
      return cut;
    }
  }
}
