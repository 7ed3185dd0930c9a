package org.lastmile.channel.sms;

import java.util.List;
import org.lastmile.channel.sms.at.Trouble;

/**
 * The speed at which a port is opened next. The configured one is always the next but one; between
 * them a port on which nothing was ever understood is tried at the usual speeds, since makers and
 * earlier owners set modems to any of them. For the session's thread; {@link #now} from any.
 */
final class Speeds {
  /** Most common first. */
  static final List<Integer> USUAL =
      List.of(115_200, 9_600, 57_600, 38_400, 19_200, 230_400, 460_800, 921_600);

  /** A modem that was understood before is more likely to be off than to have changed its speed. */
  private static final int PATIENCE = 6;

  private final int configured;
  private int good;
  private int missed;
  private int turn;
  private volatile int now;

  Speeds(int configured) {
    this.configured = configured;
    now = configured;
  }

  int next() {
    int usual = good > 0 ? good : configured;
    boolean search = missed >= (good > 0 ? PATIENCE : 1) && missed % 2 == 1;
    now = search ? elsewhere() : usual;
    return now;
  }

  private int elsewhere() {
    List<Integer> others = USUAL.stream().filter(speed -> speed != configured).toList();
    return others.get(turn++ % others.size());
  }

  /** That of the line that is open. */
  int now() {
    return now;
  }

  /** Whether a modem is expected to be found at that speed. */
  boolean usual() {
    return now == configured || now == good;
  }

  /** It was understood. */
  void right() {
    good = now;
    missed = 0;
  }

  /** A set-up failed; unless the modem heard it, another speed may be right. */
  void failed(Trouble trouble) {
    missed = heard(trouble) ? 0 : missed + 1;
  }

  /** Whether it takes a modem that hears us to have such a trouble. */
  static boolean heard(Trouble trouble) {
    return trouble != Trouble.NO_ANSWER
        && trouble != Trouble.ONLY_NOISE
        && trouble != Trouble.ONLY_ECHO;
  }
}
