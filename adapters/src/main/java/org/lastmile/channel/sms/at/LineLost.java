package org.lastmile.channel.sms.at;

import java.io.IOException;

/** The line can't be opened or is gone; the message says, for people, why and what to do. */
public final class LineLost extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Finding finding;

  public LineLost(Finding finding) {
    super(finding.words());
    this.finding = finding;
  }

  /** What is wrong with the port. */
  public Finding finding() {
    return finding;
  }
}
