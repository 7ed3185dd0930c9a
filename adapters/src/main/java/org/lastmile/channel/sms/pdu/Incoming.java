package org.lastmile.channel.sms.pdu;

import java.time.Instant;
import java.util.Optional;

/** What a service centre sends to us. */
public sealed interface Incoming {

  /**
   * A person's message, or one part of it.
   *
   * @param from number ({@code +} when international) or letters
   * @param sent the centre's time stamp, when it is a date
   */
  record Deliver(String from, Optional<Instant> sent, Concat concat, String text)
      implements Incoming {}

  /**
   * What became of a part that we sent.
   *
   * @param reference TP-MR, 0 to 255
   * @param recipient as the centre writes it
   * @param sent when the centre took the part
   * @param status TP-ST, see {@link ReportStatus}
   */
  record Report(int reference, String recipient, Optional<Instant> sent, int status)
      implements Incoming {}

  /**
   * Reads a PDU as a modem hands it over: hex, service-centre address first (one octet 00 where the
   * modem names none).
   */
  static Incoming read(String hex) throws MalformedPdu {
    Octets in = Octets.ofHex(hex);
    in.octets(in.octet("service-centre length"), "service-centre address");
    int first = in.octet("first octet");
    // 3 is reserved, and TS 23.040 (9.2.3.1) has it read as a DELIVER.
    return switch (first & 0x03) {
      case 0, 3 -> deliver(first, in);
      case 2 -> report(in);
      default ->
          throw new MalformedPdu(
              "neither DELIVER nor STATUS-REPORT: first octet %02X".formatted(first));
    };
  }

  private static Deliver deliver(int first, Octets in) throws MalformedPdu {
    String from = Address.read(in);
    in.octet("protocol id");
    int coding = in.octet("data coding");
    Optional<Instant> sent = in.time("time stamp");
    UserData data = UserData.read(coding, in.octet("user-data length"), in.rest(), first);
    return new Deliver(from, sent, data.concat(), data.text());
  }

  private static Report report(Octets in) throws MalformedPdu {
    int reference = in.octet("reference");
    String recipient = Address.read(in);
    Optional<Instant> sent = in.time("time stamp");
    in.time("discharge time");
    return new Report(reference, recipient, sent, in.octet("status"));
  }
}
