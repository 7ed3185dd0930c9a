package org.lastmile.simulators.modem;

/**
 * What one modem has seen since it was made.
 *
 * @param submits AT+CMGS commands
 * @param accepted parts that the centre took
 * @param refused parts answered with an error
 * @param badPdus refused because they could not be read
 * @param delivers inbound parts handed to the client or its storage
 * @param reports status reports handed to the client or its storage
 * @param lostReports status reports that came while the client had not asked for any
 * @param unacknowledged indications that the client did not acknowledge in time
 * @param plugged how often it was plugged
 * @param lostOctets octets written while nobody read
 */
public record ModemStatistics(
    long submits,
    long accepted,
    long refused,
    long badPdus,
    long delivers,
    long reports,
    long lostReports,
    long unacknowledged,
    long plugged,
    long lostOctets) {}
