package org.lastmile.channel.sms;

import java.util.List;

/**
 * What a modem said about itself when it was set up.
 *
 * @param imei 15 digits, or the port's name where the modem won't say
 * @param profile that was applied
 * @param sim names the SIM without telling who it is: a hash of its IMSI; the IMEI where the modem
 *     does not say
 * @param ownNumber of the SIM, without +86; empty when the SIM doesn't know it
 * @param centre the service centre's number, to restore it when the SIM forgets
 * @param reporting the {@code +CNMI} setting it took; empty when it took none
 * @param storage where it keeps messages: {@code SM} or {@code ME}
 * @param storages all that it can read from, e.g. {@code SM}, {@code ME}, {@code SR}
 */
record Modem(
    String imei,
    String sim,
    String model,
    Profile profile,
    String ownNumber,
    String centre,
    String operator,
    String reporting,
    String storage,
    List<String> storages) {

  Modem {
    storages = List.copyOf(storages);
  }

  /** The address that people's answers come to. */
  String address() {
    return ownNumber.isEmpty() ? imei : ownNumber;
  }
}
