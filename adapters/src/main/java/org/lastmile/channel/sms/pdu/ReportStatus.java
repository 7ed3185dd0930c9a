package org.lastmile.channel.sms.pdu;

import java.util.Locale;

/** What a TP-ST value means (3GPP TS 23.040, 9.2.3.15). */
public enum ReportStatus {
  DELIVERED,
  /** Forwarded without confirmation, replaced, or still being tried: nobody was told yet. */
  UNDER_WAY,
  /** Its validity period ended first. */
  EXPIRED,
  /** For good. */
  FAILED;

  private static final int VALIDITY_EXPIRED = 0x46;

  public static ReportStatus of(int status) {
    if (status == 0x00) {
      return DELIVERED;
    }
    if (status == VALIDITY_EXPIRED) {
      return EXPIRED;
    }
    // 0x80 and above are reserved: they prove nothing either way.
    return status >= 0x40 && status < 0x80 ? FAILED : UNDER_WAY;
  }

  /** For people: the code first. */
  public static String words(int status) {
    return "ST %02X: %s"
        .formatted(
            status,
            switch (status) {
              case 0x00 -> "delivered";
              case 0x01 -> "forwarded, not confirmed";
              case 0x02 -> "replaced at the service centre";
              case 0x20, 0x60 -> "congestion";
              case 0x21, 0x61 -> "phone busy";
              case 0x22, 0x62 -> "no answer from the phone";
              case 0x23, 0x63 -> "service rejected";
              case 0x24, 0x44, 0x64 -> "quality of service not available";
              case 0x25, 0x65 -> "error in the phone";
              case 0x40 -> "remote procedure error";
              case 0x41 -> "incompatible destination";
              case 0x42 -> "connection rejected by the phone";
              case 0x43 -> "number not obtainable";
              case 0x45 -> "no interworking available";
              case 0x46 -> "validity period expired";
              case 0x47 -> "deleted by its sender";
              case 0x48 -> "deleted by the service centre";
              case 0x49 -> "message does not exist at the service centre";
              default -> of(status).name().toLowerCase(Locale.ROOT).replace('_', ' ');
            });
  }
}
