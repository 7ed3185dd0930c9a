package org.lastmile.dist.command;

import org.lastmile.dist.Parts;

/** Stops parts in order when the work is done, or when the process is told to end. */
public final class Stopping implements AutoCloseable {
  private final Parts parts = new Parts();
  private final Thread hook;

  /**
   * From now on.
   *
   * @param code exit code when the process is told to end (SIGTERM, Ctrl-C)
   */
  public Stopping(int code) {
    this.hook =
        new Thread(
            () -> {
              parts.close();
              // Else the code would be 128 and the signal's number, as if it had been killed.
              Runtime.getRuntime().halt(code);
            },
            "stopping");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What is to be stopped. */
  public Parts parts() {
    return parts;
  }

  @Override
  public void close() {
    parts.close();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already: the hook has run, or runs now.
      return;
    }
  }
}
