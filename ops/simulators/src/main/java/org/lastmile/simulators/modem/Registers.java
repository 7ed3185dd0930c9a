package org.lastmile.simulators.modem;

/** What AT commands set; a restart brings the values below back. */
final class Registers {
  boolean echo = true;
  int cmee;

  /** 1 = text mode, as many modems start; a client must ask for PDU mode itself. */
  int cmgf = 1;

  int csms;
  int cmms;
  int registrationUrc;
  String centre = "";

  /** Of phone numbers and texts in answers; nothing here differs from one to the other. */
  String alphabet = "IRA";

  /** mode, mt, bm, ds, bfr of AT+CNMI. */
  final int[] cnmi = new int[5];

  /** Storages for reading, for sending, for what comes in. */
  final String[] storages = {"SM", "SM", "SM"};

  int mt() {
    return cnmi[1];
  }

  int ds() {
    return cnmi[3];
  }

  /** TS 27.005, 3.4.4: who does not acknowledge gets nothing more. */
  void stopRouting() {
    cnmi[1] = 0;
    cnmi[3] = 0;
  }
}
