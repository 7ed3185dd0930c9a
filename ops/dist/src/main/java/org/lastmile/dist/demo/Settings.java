package org.lastmile.dist.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a demo is made of.
 *
 * @param port of console and API, 0 = any free one
 * @param exitWhenCovered ends when every point is covered, or at the limit
 * @param limit after release; beyond it a demo that was to end has failed
 * @param report file for the JSON summary; null = none
 */
public record Settings(
    int points,
    int speakers,
    int modems,
    long seed,
    int port,
    boolean exitWhenCovered,
    Duration limit,
    Path report) {}
