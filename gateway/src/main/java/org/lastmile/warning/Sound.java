package org.lastmile.warning;

import java.time.Duration;

/**
 * How loudspeakers say the warnings of one grade.
 *
 * @param volume by day, and {@code night} by night, 1 to 100
 * @param siren pattern before the words: {@code alert}, {@code evacuate}, {@code all-clear}; empty
 *     = none
 * @param again where a point is not covered: so long after a play the words are played again, until
 *     it is, or the warning is over, or its play-by passes; zero = never
 */
public record Sound(
    int volume, int night, String siren, int repeats, Duration pause, Duration again) {}
