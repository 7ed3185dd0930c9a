package org.lastmile.notices;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.lastmile.channel.Content;
import org.lastmile.channel.Speech;

/**
 * What a department wants said.
 *
 * @param department name of the token that handed it in; spoken before the text
 * @param targets as they were named; {@code devices}: the loudspeakers that these were then
 * @param until after this nothing of it sounds
 * @param volume 0 to 100
 * @param priority 6 to 9, always below every warning's
 */
public record Notice(
    String id,
    String department,
    String text,
    List<String> targets,
    List<String> devices,
    Instant accepted,
    Instant from,
    Instant until,
    int repeats,
    int volume,
    int priority) {

  /** About four Chinese syllables a second. */
  private static final double SECONDS_A_CHARACTER = 0.25;

  private static final Duration PAUSE = Duration.ofSeconds(2);

  public Notice {
    targets = List.copyOf(targets);
    devices = List.copyOf(devices);
  }

  /** What is heard: who speaks, so that nobody takes it for a warning. */
  public String words() {
    return department + "通知：" + text;
  }

  /** How long it takes on one loudspeaker, about. */
  public int seconds() {
    double once = words().codePointCount(0, words().length()) * SECONDS_A_CHARACTER;
    return (int) Math.ceil(repeats * once + (repeats - 1) * PAUSE.toSeconds());
  }

  Content content() {
    return new Content(
        id,
        Content.Kind.NOTICE,
        id,
        words(),
        Map.of(),
        new Speech(repeats, PAUSE, volume, "", null, ""),
        accepted,
        until,
        priority,
        false,
        List.of(),
        List.of());
  }

  /** Names what it stops, and nothing else. */
  Content stop(Instant now) {
    return new Content(
        id + "-stop",
        Content.Kind.STOP,
        id,
        "",
        Map.of(),
        Speech.PLAIN,
        now,
        until,
        priority,
        false,
        List.of(),
        List.of(id));
  }
}
