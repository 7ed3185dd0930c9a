package org.lastmile.channel.loudspeaker;

/** What a device sent does not say anything we can use; the message says why. */
final class Unreadable extends Exception {
  private static final long serialVersionUID = 1;

  Unreadable(String message) {
    super(message);
  }
}
