package org.lastmile.dist.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/**
 * A process full of loudspeakers: the same devices on the gateway's side and on the reference's,
 * each with a connection of its own. A play takes a millisecond, for it is the wire that is
 * measured.
 */
final class HornFleet {
  private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.UTF_8);

  private final List<SpeakerFleet> sides = new ArrayList<>();
  private final Map<String, Long> firsts = new ConcurrentHashMap<>();
  private volatile int octets;

  /**
   * Makes the devices and serves until nobody asks any more.
   *
   * @param args first device, number of devices, source address, seconds to connect within; then
   *     for each side: server, key as kid=base64, file of passwords
   */
  public static void main(String[] args) throws Exception {
    HornFleet fleet = new HornFleet();
    for (int i = 4; i < args.length; i += 3) {
      fleet.sides.add(
          side(
              Integer.parseInt(args[0]),
              Integer.parseInt(args[1]),
              settings(args[i], args[i + 1], args[2], Integer.parseInt(args[3])),
              Files.readAllLines(Path.of(args[i + 2]))));
    }
    fleet.sides.get(0).onCommand(fleet::arrived);
    fleet.sides.forEach(SpeakerFleet::start);
    try {
      Station.serve(fleet::answer);
    } finally {
      // Thousands of farewells one by one would take longer than the benchmark.
      Runtime.getRuntime().halt(0);
    }
  }

  private static FleetSettings settings(String server, String key, String source, int within) {
    int equals = key.indexOf('=');
    Map<String, byte[]> keys = new HashMap<>();
    keys.put(key.substring(0, equals), Base64.getDecoder().decode(key.substring(equals + 1)));
    return FleetSettings.of(URI.create(server), keys)
        .withVersion(5)
        .withPlayTime(Duration.ofMillis(1))
        .withConnectWithin(Duration.ofSeconds(within))
        .withSource(source);
  }

  private static SpeakerFleet side(
      int first, int count, FleetSettings settings, List<String> passwords) {
    SpeakerFleet fleet = new SpeakerFleet(settings);
    for (int i = first; i < first + count; i++) {
      fleet.add(SpeakerSettings.of(Horns.id(i), Horns.area(i)).withPassword(passwords.get(i)));
    }
    return fleet;
  }

  /** On an event loop. The warning's id is what stands before the first dot of the delivery's. */
  private void arrived(byte[] command) {
    octets = command.length;
    int from = -1;
    for (int i = 0; i < 40 && from < 0; i++) {
      boolean here = true;
      for (int j = 0; here && j < ID.length; j++) {
        here = command[i + j] == ID[j];
      }
      from = here ? i + ID.length : -1;
    }
    int to = from;
    while (from >= 0 && command[to] != '.') {
      to++;
    }
    if (from >= 0) {
      firsts.putIfAbsent(
          new String(command, from, to - from, StandardCharsets.UTF_8), System.nanoTime());
    }
  }

  private String answer(String question, String rest) {
    return switch (question) {
      case "online" ->
          Integer.toString(sides.stream().mapToInt(s -> s.statistics().online()).sum());
      case "octets" -> Integer.toString(octets);
      case "commands" -> Long.toString(sides.get(0).statistics().commands());
      case "repeated" -> Long.toString(sides.get(0).statistics().repeated());
      case "firsts" ->
          firsts.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue())
              .collect(Collectors.joining(" "));
      default -> throw new IllegalArgumentException("asked for " + question + " " + rest);
    };
  }
}
