package org.lastmile.dist.command;

/** A command can't do what it was asked for: the message says what, where and what to do. */
public class Trouble extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Trouble(String message) {
    super(message);
  }

  public Trouble(String message, Throwable cause) {
    super(message, cause);
  }
}
