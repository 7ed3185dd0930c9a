package org.lastmile.simulators.modem;

/** What a client gave to the modem is no correct SMS-SUBMIT; the message says why. */
public final class BadPdu extends Exception {
  private static final long serialVersionUID = 1;

  BadPdu(String message) {
    super(message);
  }
}
