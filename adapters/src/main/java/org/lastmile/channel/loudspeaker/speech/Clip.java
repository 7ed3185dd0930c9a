package org.lastmile.channel.loudspeaker.speech;

import java.nio.file.Path;

/**
 * A piece of sound that devices may fetch.
 *
 * @param sha256 of its bytes, lower-case hex
 * @param format {@code wav} or {@code mp3}, also the file name's end
 */
public record Clip(String sha256, String format, Path file, long size) {

  /** What it is called in URLs and in the folder. */
  public String name() {
    return sha256 + "." + format;
  }
}
