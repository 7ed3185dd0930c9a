package org.lastmile.console;

import java.util.concurrent.CompletionStage;

/** The company's platform, asked who has which phone. */
public interface Staff {

  /**
   * Never blocks. The answer of a platform that can't be asked now is {@link Unavailable}, as a
   * failure.
   *
   * @return the userid; empty = nobody of the company has that phone
   */
  CompletionStage<String> userid(String mobile);

  /** It can't be asked now, and why. */
  final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Unavailable(String why) {
      super(why);
    }
  }
}
