package org.lastmile.channel.sms.pdu;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * One SMS-SUBMIT as {@code AT+CMGS} takes it: with an empty service-centre address in front, so
 * that the SIM's own centre is used.
 *
 * @param number where to, see {@link Address#encode}
 * @param text the words of this part; what does not fit the alphabet or the part is refused
 * @param concat which part of what; {@link Concat#NONE} for a message of one part
 * @param validity TP-VP; absent = the centre's own choice
 * @param report ask for a status report
 * @param rejectDuplicates TP-RD: the centre drops it when it still holds the same reference
 * @param flash class 0: shown at once
 */
public record Submit(
    String number,
    Alphabet alphabet,
    String text,
    Concat concat,
    OptionalInt validity,
    boolean report,
    boolean rejectDuplicates,
    boolean flash) {

  private static final int MTI_SUBMIT = 0x01;
  private static final int RD = 0x04;
  private static final int VPF_RELATIVE = 0x10;
  private static final int SRR = 0x20;
  private static final int UDHI = 0x40;

  public Submit {
    if (alphabet == Alphabet.GSM7 && !Gsm7.covers(text)) {
      throw new IllegalArgumentException("a text with characters that GSM-7 does not have");
    }
    int room = alphabet.room(concat.header().length);
    if (alphabet.units(text) > room) {
      throw new IllegalArgumentException(
          "%d units in a part for %d".formatted(alphabet.units(text), room));
    }
    if (validity.isPresent() && (validity.getAsInt() < 0 || validity.getAsInt() > 255)) {
      throw new IllegalArgumentException("a validity period of " + validity.getAsInt());
    }
  }

  /** The whole PDU in upper-case hex, service-centre address included. */
  public String hex() {
    return "00" + HexFormat.of().withUpperCase().formatHex(tpdu());
  }

  /** Octets of the TPDU without the service-centre address: what {@code AT+CMGS=} names. */
  public int length() {
    return tpdu().length;
  }

  private byte[] tpdu() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = concat.header();
    out.write(
        MTI_SUBMIT
            | (rejectDuplicates ? RD : 0)
            | (validity.isPresent() ? VPF_RELATIVE : 0)
            | (report ? SRR : 0)
            | (header.length > 0 ? UDHI : 0));
    out.write(0); // TP-MR: the modem sets its own
    out.writeBytes(Address.encode(number));
    out.write(0); // TP-PID: plain SMS
    out.write((alphabet == Alphabet.UCS2 ? 0x08 : 0x00) | (flash ? 0x10 : 0x00));
    validity.ifPresent(out::write);
    if (alphabet == Alphabet.UCS2) {
      byte[] body = text.getBytes(StandardCharsets.UTF_16BE);
      out.write(header.length + body.length);
      out.writeBytes(header);
      out.writeBytes(body);
    } else {
      byte[] septets = Gsm7.encode(text);
      int headerSeptets = (header.length * 8 + 6) / 7;
      out.write(headerSeptets + septets.length);
      out.writeBytes(header);
      out.writeBytes(Gsm7.pack(septets, headerSeptets * 7 - header.length * 8));
    }
    return out.toByteArray();
  }
}
