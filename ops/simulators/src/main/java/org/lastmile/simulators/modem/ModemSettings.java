package org.lastmile.simulators.modem;

import java.time.Duration;

/**
 * What one virtual modem is.
 *
 * @param number of its SIM, digits with or without +86
 * @param imei 15 digits
 * @param maker answer to AT+CGMI
 * @param model answer to AT+CGMM
 * @param pin of the SIM; empty when it asks for none
 * @param networkDelay from Ctrl-Z to the answer, for every part
 * @param acknowledgeWithin how long it waits for AT+CNMA (TS 27.005 names 15 s)
 * @param slots of the SIM's storage
 * @param seed of noise and references
 */
public record ModemSettings(
    String number,
    String imei,
    String maker,
    String model,
    String pin,
    Duration networkDelay,
    Duration acknowledgeWithin,
    int slots,
    long seed) {

  /** A modem that answers at once; its IMEI follows from the number. */
  public static ModemSettings ofNumber(String number) {
    return new ModemSettings(
        number,
        imeiOf(number),
        "LASTMILE",
        "VIRTUAL MODEM",
        "",
        Duration.ZERO,
        Duration.ofSeconds(15),
        50,
        1);
  }

  public ModemSettings withImei(String value) {
    return new ModemSettings(
        number, value, maker, model, pin, networkDelay, acknowledgeWithin, slots, seed);
  }

  public ModemSettings withModel(String newMaker, String newModel) {
    return new ModemSettings(
        number, imei, newMaker, newModel, pin, networkDelay, acknowledgeWithin, slots, seed);
  }

  public ModemSettings withPin(String value) {
    return new ModemSettings(
        number, imei, maker, model, value, networkDelay, acknowledgeWithin, slots, seed);
  }

  public ModemSettings withNetworkDelay(Duration value) {
    return new ModemSettings(
        number, imei, maker, model, pin, value, acknowledgeWithin, slots, seed);
  }

  public ModemSettings withAcknowledgeWithin(Duration value) {
    return new ModemSettings(number, imei, maker, model, pin, networkDelay, value, slots, seed);
  }

  public ModemSettings withSlots(int value) {
    return new ModemSettings(
        number, imei, maker, model, pin, networkDelay, acknowledgeWithin, value, seed);
  }

  public ModemSettings withSeed(long value) {
    return new ModemSettings(
        number, imei, maker, model, pin, networkDelay, acknowledgeWithin, slots, value);
  }

  /** Fourteen digits that end like the number, and their check digit (Luhn). */
  private static String imeiOf(String number) {
    String digits = number.replaceAll("\\D", "");
    String body = ("86000000000000" + digits).substring(("86000000000000" + digits).length() - 12);
    body = "86" + body;
    int sum = 0;
    for (int i = 0; i < body.length(); i++) {
      int digit = body.charAt(i) - '0';
      int weighed = i % 2 == 1 ? digit * 2 : digit;
      sum += weighed / 10 + weighed % 10;
    }
    return body + (10 - sum % 10) % 10;
  }
}
