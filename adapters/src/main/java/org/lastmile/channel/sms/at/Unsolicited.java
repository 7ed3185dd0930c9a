package org.lastmile.channel.sms.at;

/** What a modem says without being asked. */
public sealed interface Unsolicited {

  /** {@code +CMT} or {@code +CDS}: a PDU that wants {@code +CNMA}. */
  record Pdu(String hex) implements Unsolicited {}

  /** {@code +CMTI} or {@code +CDSI}: something lies in that storage at that index. */
  record Stored(String storage, int index) implements Unsolicited {}

  /** Anything else worth knowing: registration, boot notices, maker's own. */
  record Notice(String line) implements Unsolicited {}

  /** The modem has restarted: its settings are gone. */
  record Restarted(String line) implements Unsolicited {}
}
