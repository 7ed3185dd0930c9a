package org.lastmile.channel;

import java.net.URI;
import java.time.Duration;

/**
 * How a loudspeaker says a content.
 *
 * @param repeats how often, 1 or more; the device stops earlier at the content's play-by time
 * @param pause silence between two repeats
 * @param volume 0 to 100
 * @param siren name of the siren pattern before the words ({@code alert}, {@code evacuate}, {@code
 *     all-clear}), empty for none
 * @param audio recorded or rendered audio to play instead of the text; null = the device speaks the
 *     text
 * @param sha256 of the audio, lower-case hex; empty when there is none
 */
public record Speech(
    int repeats, Duration pause, int volume, String siren, URI audio, String sha256) {

  /** Three times, two seconds apart, at full volume, no siren, spoken by the device itself. */
  public static final Speech PLAIN = new Speech(3, Duration.ofSeconds(2), 100, "", null, "");
}
