package org.lastmile.channel.wechat;

import java.util.Map;

/** Who may speak to us: a callback is opened only if the platform signed it, just now, for us. */
interface Envelope {

  /** What to answer to the platform's check of our address (a {@code GET}). */
  String echo(Map<String, String> query) throws Refused;

  /** Turns away what can be seen to be a stranger's from the query alone; quick. */
  void checkSigned(Map<String, String> query) throws Refused;

  /** The fields of the message inside; see {@link CallbackXml#read}. */
  Map<String, String> open(Map<String, String> query, byte[] body) throws Refused;

  /** Refused: the status to answer, and why, for the log. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String why) {
      super(why);
      this.status = status;
    }

    int status() {
      return status;
    }
  }
}
