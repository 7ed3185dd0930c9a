package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.util.Set;

/**
 * How a self-test of one device ended.
 *
 * @param at when the gateway heard of it
 * @param content id of the command that asked for it; empty = by the device's own timetable
 * @param why the device's own words, its code first; empty when there is nothing to say
 */
public record Tested(Instant at, String content, Result result, String why) {

  private static final Set<String> REFUSES_ALL =
      Set.of("UNKNOWN_KEY", "BAD_SIGNATURE", "NOT_FOR_ME", "MALFORMED");

  /** How it ended. */
  public enum Result {
    /** Played, and its own sensor heard it. */
    HEARD(false),
    /** Played; it has no sensor to hear itself. */
    PLAYED(false),
    /** No sound was asked for: it has reported itself. */
    REPORTED(false),
    /** Played, and its own sensor heard nothing, or it is muted. */
    NOT_HEARD(true),
    FAILED(true),
    /** It did not obey. */
    REFUSED(true),
    /** It is there and has not answered, twice. */
    NO_ANSWER(true),
    /** It was not there, twice. */
    OFFLINE(true),
    NEVER_SEEN(true),
    /** A warning was live for it: it was left alone. */
    SPARED(false),
    /** Something more important came, or somebody stopped it. */
    INTERRUPTED(false);

    private final boolean bad;

    Result(boolean bad) {
      this.bad = bad;
    }

    /** Somebody has to look. */
    public boolean isBad() {
      return bad;
    }
  }

  /** From then on it is faulty: it would not be heard, or not obey, if a warning came. */
  boolean isFault() {
    return switch (result) {
      case FAILED, NOT_HEARD, NO_ANSWER -> true;
      // It would refuse a warning too; for other reasons it would not, or that is mended by itself.
      case REFUSED -> REFUSES_ALL.contains(why);
      default -> false;
    };
  }

  /** What is the matter; empty when nothing is. */
  Remark fault() {
    String reason = why.isEmpty() ? "" : ": " + why;
    String because = why.isEmpty() ? "" : "：" + why;
    return !isFault()
        ? Remark.NONE
        : switch (result) {
          case NOT_HEARD -> new Remark("its last self-test was not heard", "上次自检没有听到声音");
          case NO_ANSWER -> new Remark("it did not answer its last self-test", "上次自检没有应答");
          case REFUSED -> new Remark("it refused its last self-test" + reason, "拒绝了上次自检" + because);
          default -> new Remark("its last self-test failed" + reason, "上次自检失败" + because);
        };
  }

  /** Worth another try. */
  boolean isMissed() {
    return switch (result) {
      case NO_ANSWER, OFFLINE, NEVER_SEEN, SPARED, INTERRUPTED -> true;
      case REFUSED -> !isFault() && !why.equals("UNSUPPORTED");
      default -> false;
    };
  }

  /** By what a device answered; null when that says nothing of the end. */
  static Tested by(Receipt receipt, Instant at) {
    Result result =
        switch (receipt.outcome()) {
          case PLAYED ->
              receipt.muted().orElse(false) || !receipt.heard().orElse(true)
                  ? Result.NOT_HEARD
                  : receipt.heard().isPresent() ? Result.HEARD : Result.PLAYED;
          case DONE -> Result.REPORTED;
          case FAILED -> Result.FAILED;
          case STOPPED, EXPIRED -> Result.INTERRUPTED;
          case REFUSED -> Result.REFUSED;
          case RECEIVED, PLAYING -> null;
        };
    return result == null ? null : new Tested(at, receipt.content(), result, receipt.reason());
  }
}
