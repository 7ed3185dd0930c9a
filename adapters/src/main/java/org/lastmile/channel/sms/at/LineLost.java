package org.lastmile.channel.sms.at;

import java.io.IOException;

/** The line can't be opened or is gone; the message says, for people, why and what to do. */
public final class LineLost extends IOException {
  private static final long serialVersionUID = 1;

  public LineLost(String why) {
    super(why);
  }
}
