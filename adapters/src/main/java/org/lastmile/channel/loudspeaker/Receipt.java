package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lastmile.channel.Signal.Confirmation;
import org.lastmile.channel.Signal.Evidence;

/**
 * A device's word about one command: schema {@code receipt}.
 *
 * @param delivery the command's {@code id}
 * @param at the device's clock, Unix seconds, 0 = no valid clock
 */
record Receipt(
    String delivery,
    String content,
    Outcome outcome,
    String reason,
    String note,
    long at,
    Optional<Double> seconds,
    Optional<Long> repeats,
    Optional<Long> volume,
    Optional<Boolean> muted,
    Optional<Boolean> heard,
    String sensor,
    Optional<Double> level) {

  private static final Frame.Shape WORD =
      new Frame.Shape("a word", 1, 16, c -> c >= 'a' && c <= 'z');
  private static final Frame.Shape NOTE = Frame.Shape.line(200);
  private static final long CLOCK_IS_OFF = 60;

  /**
   * Whoever can write to a device's topic can cause these under the name of a genuine delivery, and
   * a device that lacks a key, a floor or room takes the next try. None of them is the last word.
   */
  private static final Set<String> DOUBTED =
      Set.of("MALFORMED", "BAD_SIGNATURE", "UNKNOWN_KEY", "REPLAYED", "NO_FLOOR", "BUSY");

  /** As the contract spells it, in capitals. */
  enum Outcome {
    RECEIVED,
    REFUSED,
    PLAYING,
    PLAYED,
    STOPPED,
    FAILED,
    EXPIRED,
    DONE
  }

  static Receipt read(byte[] payload) throws Unreadable {
    Frame frame = Frame.read(payload);
    return new Receipt(
        frame.text("id", Frame.Shape.ID),
        frame.text("content", Frame.Shape.ID),
        outcome(frame.text("outcome", WORD)),
        frame.text("reason", Frame.Shape.CODE),
        frame.text("note", NOTE),
        frame.whole("at", 0, Long.MAX_VALUE).orElse(0L),
        frame.number("seconds", 0, 1e9),
        frame.whole("repeats", 0, 1_000_000),
        frame.whole("volume", 0, 100),
        frame.flag("muted"),
        frame.flag("heard"),
        frame.text("sensor", WORD),
        frame.number("level", -1e6, 1e6));
  }

  /** It can't judge what is old and what is new, and asks for a floor. */
  boolean wantsFloor() {
    return outcome == Outcome.REFUSED && reason.equals("NO_FLOOR");
  }

  /** It takes a command that we signed for one it has obeyed, or for one long gone. */
  boolean tookForReplay() {
    return outcome == Outcome.REFUSED && reason.equals("REPLAYED");
  }

  /** It does not stand where the command said, or is in other groups. */
  boolean isNotForIt() {
    return outcome == Outcome.REFUSED && reason.equals("NOT_FOR_ME");
  }

  /** What it proves. Played below {@code audible} per cent, or muted, is not heard. */
  Confirmation confirms(String attempt, String device, Instant arrived, int audible) {
    String unheard = outcome == Outcome.PLAYED ? unheard(audible) : "";
    Evidence evidence =
        switch (outcome) {
          // Only what no desk sent is ever done; as an answer to a message it tells nobody.
          case RECEIVED, DONE -> Evidence.RECEIVED;
          case PLAYING -> Evidence.PLAYING;
          case PLAYED -> unheard.isEmpty() ? Evidence.PLAYED : Evidence.PLAYED_UNHEARD;
          case STOPPED -> Evidence.STOPPED;
          case EXPIRED -> Evidence.EXPIRED;
          case FAILED -> Evidence.FAILED;
          case REFUSED -> DOUBTED.contains(reason) ? Evidence.REFUSED : Evidence.FAILED;
        };
    return new Confirmation(
        attempt, evidence, why(unheard, offset(arrived)), arrived, facts(device, arrived));
  }

  private String unheard(int audible) {
    if (muted.orElse(false)) {
      return "muted";
    }
    if (volume.isEmpty() || volume.get() < audible) {
      return volume.map(v -> "volume " + v).orElse("no volume told") + ", audible from " + audible;
    }
    if (!heard.orElse(true)) {
      return "its own sensor heard nothing";
    }
    return seconds.orElse(0.0) > 0 ? "" : "no second of sound";
  }

  private String why(String unheard, Optional<Long> offset) {
    StringBuilder why = new StringBuilder(reason);
    for (String part : new String[] {note, unheard, clockWord(offset)}) {
      if (!part.isEmpty()) {
        why.append(why.isEmpty() ? "" : ": ").append(part);
      }
    }
    return why.toString();
  }

  /** A device that refuses or drops for time is not believed when its clock is wrong. */
  private String clockWord(Optional<Long> offset) {
    boolean matters = outcome == Outcome.EXPIRED || outcome == Outcome.REFUSED;
    return matters && offset.isPresent() && Math.abs(offset.get()) > CLOCK_IS_OFF
        ? "device clock is off by " + offset.get() + " s"
        : "";
  }

  private Optional<Long> offset(Instant arrived) {
    return at == 0 ? Optional.empty() : Optional.of(at - arrived.getEpochSecond());
  }

  private Map<String, String> facts(String device, Instant arrived) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("device", device);
    facts.put("content", content);
    facts.put("outcome", outcome.name().toLowerCase(java.util.Locale.ROOT));
    seconds.ifPresent(s -> facts.put("seconds", s.toString()));
    repeats.ifPresent(r -> facts.put("repeats", r.toString()));
    volume.ifPresent(v -> facts.put("volume", v.toString()));
    muted.ifPresent(m -> facts.put("muted", m.toString()));
    heard.ifPresent(h -> facts.put("heard", h.toString()));
    if (!sensor.isEmpty()) {
      facts.put("sensor", sensor);
    }
    level.ifPresent(l -> facts.put("level", l.toString()));
    facts.put("clock-offset", offset(arrived).map(Object::toString).orElse("no clock"));
    return facts;
  }

  /** The outcome as the contract spells it. */
  String word() {
    return outcome.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static Outcome outcome(String word) throws Unreadable {
    for (Outcome outcome : Outcome.values()) {
      if (outcome.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
        return outcome;
      }
    }
    throw new Unreadable("\"outcome\" is not one of the contract's");
  }
}
