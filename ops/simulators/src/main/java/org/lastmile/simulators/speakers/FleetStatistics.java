package org.lastmile.simulators.speakers;

/**
 * What a fleet has seen.
 *
 * @param online devices now
 * @param connects connections made, all devices together
 * @param commands that reached devices
 * @param receipts made, without repeats on the wire
 * @param repeated publishes sent again for want of an acknowledgement
 * @param plays finished
 * @param audiblePlays of them, those that somebody could hear
 */
public record FleetStatistics(
    int devices,
    int online,
    long connects,
    long commands,
    long receipts,
    long repeated,
    long plays,
    long audiblePlays) {}
