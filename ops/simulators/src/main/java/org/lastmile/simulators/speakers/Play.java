package org.lastmile.simulators.speakers;

import java.time.Instant;

/**
 * One command that a loudspeaker played to its end.
 *
 * @param device its id
 * @param kind WARN, UPDATE, LIFT, TEST or NOTICE
 * @param audible not muted and loud enough
 */
public record Play(
    String device,
    String content,
    String kind,
    String text,
    boolean drill,
    boolean audible,
    Instant at) {}
