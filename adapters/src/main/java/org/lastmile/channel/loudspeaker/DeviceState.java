package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a device says of itself: schema {@code state}. One is kept for every device, so it holds
 * values and no table; {@link #facts} makes one when somebody asks.
 *
 * @param clockOffset its clock minus ours when it arrived, seconds; empty = it has no valid clock,
 *     or the message is an old one that a broker retained
 * @param seen highest place in the sequence that it has obeyed
 * @param boot random name of its boot; empty on devices that never need a floor
 * @param needsFloor it obeys nothing until it has a signed time and floor for that boot
 * @param trust edition of its trust list
 * @param last content id of the command it obeyed last, config: of the CONFIG; empty = none
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
    Optional<Double> temperature,
    Optional<Long> uptime,
    String firmware,
    String model,
    String last,
    String config,
    Optional<OwnTest> test) {

  private static final Frame.Shape WORD = Frame.Shape.line(64);
  private static final Frame.Shape CONTENT = Frame.Shape.ID.upTo(64);
  private static final Frame.Shape BOOT =
      new Frame.Shape("hex", 16, 64, c -> Frame.Shape.isDigit(c) || (c >= 'a' && c <= 'f'));
  private static final int LOW_BATTERY = 20;
  private static final int WEAK_SIGNAL = -105;
  private static final int CLOCK_IS_OFF = 60;
  private static final int TOO_HOT = 75;

  /** As the contract spells it, in capitals. */
  enum Type {
    BIRTH,
    HEARTBEAT,
    OFFLINE
  }

  /**
   * Its last self-test, as it tells it.
   *
   * @param at its clock, 0 = not valid
   */
  record OwnTest(long at, String outcome, Optional<Boolean> heard) {
    boolean isPlayed() {
      return outcome.equals("played");
    }
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
    Optional<OwnTest> test = Optional.empty();
    Optional<Frame> tested = frame.inside("test");
    if (tested.isPresent()) {
      test =
          Optional.of(
              new OwnTest(
                  tested.get().whole("at", 0, Long.MAX_VALUE).orElse(0L),
                  tested.get().text("outcome", WORD),
                  tested.get().flag("heard")));
    }
    return new DeviceState(
        type,
        session,
        frame.text("reason", WORD),
        offset,
        seen,
        frame.flag("muted").orElse(false),
        frame.whole("volume", 0, 100),
        frame.whole("battery", 0, 100),
        frame.flag("mains").orElse(true),
        frame.whole("signal", -150, 0),
        frame.text("fault", Frame.Shape.CODE),
        boot,
        needsFloor,
        trust,
        frame.number("temperature", -100, 200),
        frame.whole("uptime", 0, Long.MAX_VALUE),
        frame.text("firmware", WORD),
        frame.text("model", WORD),
        frame.text("last", CONTENT),
        frame.text("config", CONTENT),
        test);
  }

  /** All of it by name, for people. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("session", Long.toString(session));
    uptime.ifPresent(u -> facts.put("uptime", u.toString()));
    volume.ifPresent(v -> facts.put("volume", v.toString()));
    facts.put("muted", Boolean.toString(muted));
    battery.ifPresent(b -> facts.put("battery", b.toString()));
    facts.put("mains", Boolean.toString(mains));
    signal.ifPresent(s -> facts.put("signal", s.toString()));
    temperature.ifPresent(t -> facts.put("temperature", t.toString()));
    facts.put("firmware", firmware);
    facts.put("model", model);
    if (!last.isEmpty()) {
      facts.put("last", last);
    }
    if (!config.isEmpty()) {
      facts.put("config", config);
    }
    if (!fault.isEmpty()) {
      facts.put("fault", fault);
    }
    test.ifPresent(
        t -> {
          String heard = t.heard().map(h -> h ? ", heard" : ", not heard").orElse("");
          facts.put("test", t.outcome() + heard);
          facts.put("test-at", Long.toString(t.at()));
        });
    if (needsFloor) {
      facts.put("needs", "floor");
    }
    if (trust.issued() > 0) {
      facts.put("trust", trust.epoch() + "/" + trust.issued());
    }
    facts.put("clock-offset", clockOffset.map(Object::toString).orElse("no clock"));
    return facts;
  }

  /** What keeps it from being heard well; empty when nothing does. */
  Remark complaints(int audible) {
    return Remark.join(all(audible));
  }

  private List<Remark> all(int audible) {
    List<Remark> all = new ArrayList<>(0);
    if (muted) {
      all.add(new Remark("muted", "已静音"));
    }
    if (volume.isPresent() && volume.get() < audible) {
      all.add(new Remark("volume below " + audible, "音量低于 " + audible));
    }
    if (!mains) {
      all.add(new Remark("no mains power", "市电断开，正在用电池"));
    }
    if (battery.isPresent() && battery.get() < LOW_BATTERY) {
      all.add(new Remark("battery below " + LOW_BATTERY + " %", "电池电量低于 " + LOW_BATTERY + " %"));
    }
    if (signal.isPresent() && signal.get() < WEAK_SIGNAL) {
      all.add(new Remark("signal below " + WEAK_SIGNAL + " dBm", "信号弱于 " + WEAK_SIGNAL + " dBm"));
    }
    if (clockOffset.isPresent() && Math.abs(clockOffset.get()) > CLOCK_IS_OFF) {
      all.add(
          new Remark(
              "clock off by more than " + CLOCK_IS_OFF + " s", "时钟偏差超过 " + CLOCK_IS_OFF + " 秒"));
    }
    if (temperature.isPresent() && temperature.get() > TOO_HOT) {
      all.add(new Remark("hotter than " + TOO_HOT + " °C", "机箱温度高于 " + TOO_HOT + " ℃"));
    }
    return all;
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
