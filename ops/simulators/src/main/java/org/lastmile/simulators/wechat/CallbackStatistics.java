package org.lastmile.simulators.wechat;

/**
 * What became of callbacks.
 *
 * @param posted posts, repeats included
 * @param taken callbacks that were answered well
 * @param givenUp callbacks that nobody took, after all retries
 * @param badAnswers passive answers that could not be read: badly signed, or no XML
 */
public record CallbackStatistics(long posted, long taken, long givenUp, long badAnswers) {}
