package org.lastmile.simulators.speakers;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * What all loudspeakers of a fleet share.
 *
 * @param server {@code mqtt://host:port}: the gateway's endpoint or a broker
 * @param version 4 for MQTT 3.1.1, 5 for MQTT 5
 * @param keys public keys for commands by key id: Ed25519 as 32 raw octets or the 44 of an X.509
 *     key, SM2 as the 65 of its point
 * @param recovery public keys for recovery documents, alike
 * @param playTime how long any play takes, all repeats together
 * @param heartbeat how often a state is published; the keep-alive is the same, at least 1 s
 * @param firstRetry wait before the first new connection; doubles with every failure
 * @param longestRetry where doubling ends
 * @param connectWithin the fleet's first connections are spread over that long
 * @param threads event loops
 * @param clock of all devices
 * @param seed of jitter and session numbers
 * @param source address that devices connect from, since one has some 28,000 ports; empty = any
 */
public record FleetSettings(
    URI server,
    int version,
    Map<String, byte[]> keys,
    Map<String, byte[]> recovery,
    Duration playTime,
    Duration heartbeat,
    Duration firstRetry,
    Duration longestRetry,
    Duration connectWithin,
    int threads,
    InstantSource clock,
    long seed,
    String source) {

  public FleetSettings {
    keys = Map.copyOf(keys);
    recovery = Map.copyOf(recovery);
    if (version != 4 && version != 5) {
      throw new IllegalArgumentException("MQTT version is 4 (3.1.1) or 5, not " + version);
    }
  }

  /** MQTT 3.1.1, plays of 500 ms, the contract's other times. */
  public static FleetSettings of(URI server, Map<String, byte[]> keys) {
    return new FleetSettings(
        server,
        4,
        keys,
        Map.of(),
        Duration.ofMillis(500),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        Duration.ZERO,
        2,
        InstantSource.system(),
        1,
        "");
  }

  public FleetSettings withRecoveryKey(String kid, byte[] key) {
    return new FleetSettings(
        server,
        version,
        keys,
        Map.of(kid, key),
        playTime,
        heartbeat,
        firstRetry,
        longestRetry,
        connectWithin,
        threads,
        clock,
        seed,
        source);
  }

  public FleetSettings withSource(String address) {
    return new FleetSettings(
        server,
        version,
        keys,
        recovery,
        playTime,
        heartbeat,
        firstRetry,
        longestRetry,
        connectWithin,
        threads,
        clock,
        seed,
        address);
  }

  public FleetSettings withVersion(int value) {
    return with(value, playTime, heartbeat, firstRetry, longestRetry, connectWithin, clock, seed);
  }

  public FleetSettings withPlayTime(Duration value) {
    return with(version, value, heartbeat, firstRetry, longestRetry, connectWithin, clock, seed);
  }

  public FleetSettings withHeartbeat(Duration value) {
    return with(version, playTime, value, firstRetry, longestRetry, connectWithin, clock, seed);
  }

  public FleetSettings withRetry(Duration first, Duration longest) {
    return with(version, playTime, heartbeat, first, longest, connectWithin, clock, seed);
  }

  public FleetSettings withConnectWithin(Duration value) {
    return with(version, playTime, heartbeat, firstRetry, longestRetry, value, clock, seed);
  }

  public FleetSettings withClock(InstantSource value) {
    return with(version, playTime, heartbeat, firstRetry, longestRetry, connectWithin, value, seed);
  }

  public FleetSettings withSeed(long value) {
    return with(
        version, playTime, heartbeat, firstRetry, longestRetry, connectWithin, clock, value);
  }

  private FleetSettings with(
      int newVersion,
      Duration newPlayTime,
      Duration newHeartbeat,
      Duration newFirstRetry,
      Duration newLongestRetry,
      Duration newConnectWithin,
      InstantSource newClock,
      long newSeed) {
    return new FleetSettings(
        server,
        newVersion,
        keys,
        recovery,
        newPlayTime,
        newHeartbeat,
        newFirstRetry,
        newLongestRetry,
        newConnectWithin,
        threads,
        newClock,
        newSeed,
        source);
  }
}
