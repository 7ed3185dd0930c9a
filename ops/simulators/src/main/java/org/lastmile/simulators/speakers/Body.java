package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The signed part of a command: the same for every device that is told the same. */
record Body(
    String content,
    String kind,
    String about,
    Position position,
    int priority,
    long issued,
    long notAfter,
    boolean drill,
    List<String> targets,
    List<String> supersedes,
    String text,
    int repeats,
    int volume,
    JsonNode config,
    String sha256) {

  private static final Set<String> KINDS =
      Set.of("WARN", "UPDATE", "LIFT", "STOP", "TEST", "NOTICE", "CONFIG", "REPORT", "PRELOAD");

  /** Place in the gateway's sequence. */
  record Position(long epoch, long seq) implements Comparable<Position> {
    @Override
    public int compareTo(Position other) {
      int byEpoch = Long.compare(epoch, other.epoch);
      return byEpoch != 0 ? byEpoch : Long.compare(seq, other.seq);
    }
  }

  /** Whether the document is a command of a kind that a version 1 device knows. */
  static boolean supported(JsonNode json) {
    return json.path("type").asText().equals("command")
        && KINDS.contains(json.path("kind").asText());
  }

  static Body of(JsonNode json) {
    JsonNode speech = json.path("speech");
    return new Body(
        json.path("content").asText(),
        json.path("kind").asText(),
        json.path("about").asText(),
        new Position(json.path("epoch").asLong(), json.path("seq").asLong()),
        json.path("priority").asInt(),
        json.path("issued").asLong(),
        json.path("notAfter").asLong(),
        json.path("drill").asBoolean(),
        strings(json.path("targets")),
        strings(json.path("supersedes")),
        json.path("text").asText(),
        Math.max(1, speech.path("repeats").asInt()),
        speech.path("volume").asInt(),
        json.path("config"),
        speech.path("sha256").asText());
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return List.copyOf(strings);
  }

  /** Obeyed without a sound. */
  boolean isInstruction() {
    return kind.equals("CONFIG") || kind.equals("REPORT");
  }

  /** A clip to keep for later, without a sound. */
  boolean isPreload() {
    return kind.equals("PRELOAD");
  }

  /** Whether one of the targets means a device of that id and code in those groups. */
  boolean isFor(SpeakerSettings device, Set<String> groups) {
    return targets.stream().anyMatch(target -> matches(target, device, groups));
  }

  private static boolean matches(String target, SpeakerSettings device, Set<String> groups) {
    if (target.startsWith("device:")) {
      return target.equals("device:" + device.id());
    }
    if (!target.isEmpty() && target.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return device.area().startsWith(prefix(target));
    }
    return groups.contains(target);
  }

  /** Village, town, county and city levels that are all zero say nothing and fall away. */
  private static String prefix(String code) {
    String left = code;
    if (code.length() == 12) {
      for (String level : new String[] {"000", "000", "00", "00"}) {
        if (!left.endsWith(level)) {
          break;
        }
        left = left.substring(0, left.length() - level.length());
      }
    }
    return left;
  }
}
