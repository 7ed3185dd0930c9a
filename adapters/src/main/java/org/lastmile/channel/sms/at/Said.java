package org.lastmile.channel.sms.at;

/** The same in both languages that operators read. */
public record Said(String english, String chinese) {
  /** Nothing to say. */
  public static final Said NOTHING = new Said("", "");

  @Override
  public String toString() {
    return english;
  }
}
