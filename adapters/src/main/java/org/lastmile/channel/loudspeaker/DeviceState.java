package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a device says of itself: schema {@code state}.
 *
 * @param clockOffset its clock minus ours when it arrived, seconds; empty = it has no valid clock,
 *     or the message is an old one that a broker retained
 * @param seen highest place in the sequence that it has obeyed
 * @param boot random name of its boot; empty on devices that never need a floor
 * @param needsFloor it obeys nothing until it has a signed time and floor for that boot
 * @param trust edition of its trust list
 */
record DeviceState(
    Type type,
    long session,
    String reason,
    Optional<Long> clockOffset,
    Optional<Sequence.Place> seen,
    boolean muted,
    Optional<Long> volume,
    Optional<Long> battery,
    boolean mains,
    Optional<Long> signal,
    String fault,
    String boot,
    boolean needsFloor,
    Edition trust,
    Map<String, String> facts) {

  private static final Pattern WORD = Pattern.compile("[^\\p{Cc}]{0,64}");
  private static final Pattern CONTENT = Pattern.compile("[A-Za-z0-9._-]{0,64}");
  private static final Pattern BOOT = Pattern.compile("([0-9a-f]{16,64})?");
  private static final Pattern CODE = Pattern.compile("[A-Z0-9_]{0,32}");
  private static final int LOW_BATTERY = 20;
  private static final int WEAK_SIGNAL = -105;
  private static final int CLOCK_IS_OFF = 60;

  /** As the contract spells it, in capitals. */
  enum Type {
    BIRTH,
    HEARTBEAT,
    OFFLINE
  }

  static DeviceState read(byte[] payload, Instant arrived, boolean retained) throws Unreadable {
    Frame frame = Frame.read(payload);
    Type type = type(frame.text("type", WORD));
    long session =
        frame
            .whole("session", 0, Long.MAX_VALUE)
            .orElseThrow(() -> new Unreadable("\"session\" is missing"));
    long at = frame.whole("at", 0, Long.MAX_VALUE).orElse(0L);
    Optional<Long> offset =
        at == 0 || retained ? Optional.empty() : Optional.of(at - arrived.getEpochSecond());
    Optional<Sequence.Place> seen = Optional.empty();
    Optional<Frame> place = frame.inside("seen");
    if (place.isPresent()) {
      seen =
          Optional.of(
              new Sequence.Place(
                  place.get().whole("epoch", 0, Long.MAX_VALUE).orElse(0L),
                  place.get().whole("seq", 0, Long.MAX_VALUE).orElse(0L)));
    }
    String boot = frame.text("boot", BOOT);
    boolean needsFloor = frame.text("needs", WORD).equals("floor");
    if (needsFloor && boot.isEmpty()) {
      throw new Unreadable("it needs a floor and says no boot to sign one for");
    }
    Edition trust = Edition.NONE;
    Optional<Frame> trusted = frame.inside("trust");
    if (trusted.isPresent()) {
      trust =
          new Edition(
              trusted.get().whole("epoch", 0, Long.MAX_VALUE).orElse(0L),
              trusted.get().whole("issued", 0, Long.MAX_VALUE).orElse(0L));
    }
    boolean muted = frame.flag("muted").orElse(false);
    Optional<Long> volume = frame.whole("volume", 0, 100);
    Optional<Long> battery = frame.whole("battery", 0, 100);
    boolean mains = frame.flag("mains").orElse(true);
    Optional<Long> signal = frame.whole("signal", -150, 0);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("session", Long.toString(session));
    frame.whole("uptime", 0, Long.MAX_VALUE).ifPresent(u -> facts.put("uptime", u.toString()));
    volume.ifPresent(v -> facts.put("volume", v.toString()));
    facts.put("muted", Boolean.toString(muted));
    battery.ifPresent(b -> facts.put("battery", b.toString()));
    facts.put("mains", Boolean.toString(mains));
    signal.ifPresent(s -> facts.put("signal", s.toString()));
    frame.number("temperature", -100, 200).ifPresent(t -> facts.put("temperature", t.toString()));
    facts.put("firmware", frame.text("firmware", WORD));
    facts.put("model", frame.text("model", WORD));
    for (String name : new String[] {"last", "config"}) {
      String content = frame.text(name, CONTENT);
      if (!content.isEmpty()) {
        facts.put(name, content);
      }
    }
    Optional<Frame> test = frame.inside("test");
    if (test.isPresent()) {
      Optional<Boolean> heard = test.get().flag("heard");
      facts.put(
          "test",
          test.get().text("outcome", WORD)
              + heard.map(h -> h ? ", heard" : ", not heard").orElse(""));
      test.get().whole("at", 0, Long.MAX_VALUE).ifPresent(a -> facts.put("test-at", a.toString()));
    }
    if (needsFloor) {
      facts.put("needs", "floor");
    }
    if (trust.issued() > 0) {
      facts.put("trust", trust.epoch() + "/" + trust.issued());
    }
    facts.put("clock-offset", offset.map(Object::toString).orElse("no clock"));
    return new DeviceState(
        type,
        session,
        frame.text("reason", WORD),
        offset,
        seen,
        muted,
        volume,
        battery,
        mains,
        signal,
        frame.text("fault", CODE),
        boot,
        needsFloor,
        trust,
        facts);
  }

  /** What keeps it from being heard well, in words; empty when nothing does. */
  String complaints(int audible) {
    List<String> all = new ArrayList<>();
    if (!fault.isEmpty()) {
      all.add("fault " + fault);
    }
    if (muted) {
      all.add("muted");
    }
    if (volume.isPresent() && volume.get() < audible) {
      all.add("volume below " + audible);
    }
    if (!mains) {
      all.add("no mains power");
    }
    if (battery.isPresent() && battery.get() < LOW_BATTERY) {
      all.add("battery below " + LOW_BATTERY + " %");
    }
    if (signal.isPresent() && signal.get() < WEAK_SIGNAL) {
      all.add("signal below " + WEAK_SIGNAL + " dBm");
    }
    if (clockOffset.isPresent() && Math.abs(clockOffset.get()) > CLOCK_IS_OFF) {
      all.add("clock off by more than " + CLOCK_IS_OFF + " s");
    }
    return String.join(", ", all);
  }

  private static Type type(String word) throws Unreadable {
    return switch (word) {
      case "birth" -> Type.BIRTH;
      case "heartbeat" -> Type.HEARTBEAT;
      case "offline" -> Type.OFFLINE;
      default -> throw new Unreadable("\"type\" is not birth, heartbeat or offline");
    };
  }
}
