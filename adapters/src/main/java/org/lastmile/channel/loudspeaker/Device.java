package org.lastmile.channel.loudspeaker;

import java.time.Duration;

/**
 * One loudspeaker as it is supervised: what was heard of it, and what follows from that. Everything
 * in it is guarded by itself; the caller holds its lock.
 */
final class Device {
  /** Plays that fail in a row make it faulty. */
  private static final int FAILURES = 3;

  /** One that comes and goes is silent when it has been away for that long, warning or not. */
  private static final long AWAY = Duration.ofSeconds(60).toNanos();

  /** And is there again when it has stayed for that long. */
  private static final long BACK = Duration.ofMinutes(2).toNanos();

  private static final Word FINE = new Word(Condition.ONLINE, Remark.NONE);
  private static final Word UNSEEN =
      new Word(Condition.NEVER_SEEN, new Remark("it has never connected", "从未上线"));
  private static final Word UNSTABLE =
      new Word(
          Condition.DEGRADED,
          new Remark("flapping: its state changes all the time", "时好时坏：状态反复变化"));

  private static final Word TWINS =
      new Word(Condition.DEGRADED, new Remark(Twins.WORDS, "两台设备用同一个编号"));

  final String id;
  boolean registered;
  boolean connected;
  boolean wanted;
  DeviceState state;
  Supervised.Instructed told;
  Tested test;

  /** What the gateway was told last, and what it is being told. */
  Word kept;

  Word offered;

  Word shown = UNSEEN;
  long since;

  /** Wall clock, Unix seconds; 0 = never. */
  long seen;

  long heard;
  private long beat;
  private boolean heardHere;

  /** How it left; null = it has not. */
  private Word gone;

  private Word complaints = FINE;
  private boolean doubled;
  private int failed;
  private String reason = "";
  private String counted = "";
  private Word raw;
  private long turned;
  private Flaps flaps;
  private boolean flapping;

  Device(String id) {
    this.id = id;
  }

  /** What is said of a device; two equal words are no change. */
  record Word(Condition condition, Remark why) {}

  /**
   * What is the same for all.
   *
   * @param silence nanoseconds without a sign of life, or a heartbeat
   * @param audible volume from which one is heard
   */
  record Terms(long silence, int audible, Word silent, Word mute) {
    static Terms of(Duration silence, int audible) {
      long s = silence.toSeconds();
      return new Terms(
          silence.toNanos(),
          audible,
          new Word(
              Condition.SILENT,
              new Remark("silent for more than " + s + " s", "超过 " + s + " 秒没有声息")),
          new Word(
              Condition.DEGRADED,
              new Remark("no heartbeat for more than " + s + " s", "超过 " + s + " 秒没有心跳")));
    }
  }

  /** A sign of life; {@code wall} = 0 for one that may be an old one. */
  void heard(long now, long wall) {
    heard = now;
    heardHere = true;
    if (wall > 0) {
      seen = wall;
    }
  }

  void joined() {
    connected = true;
    gone = null;
    beat = heard;
  }

  void left(Remark why) {
    connected = false;
    gone = new Word(Condition.SILENT, why);
  }

  void said(DeviceState said, boolean doubled, int audible, long wall) {
    if (said.type() == DeviceState.Type.OFFLINE) {
      // An offline of another session is an old connection's last will.
      if (state == null || state.session() == said.session()) {
        gone =
            new Word(
                Condition.SILENT,
                said.reason().equals("bye")
                    ? new Remark("said goodbye", "设备正常关机")
                    : new Remark("lost its connection", "连接中断"));
      }
      return;
    }
    ownTest(said, wall);
    state = said;
    this.doubled = doubled;
    Remark told = said.complaints(audible);
    complaints = doubled ? TWINS : told.isEmpty() ? FINE : new Word(Condition.DEGRADED, told);
    beat = heard;
    gone = null;
  }

  /** It may test itself by its own timetable. */
  private void ownTest(DeviceState said, long wall) {
    if (said.test().isEmpty()
        || (state != null && state.test().equals(said.test()))
        || (test != null
            && (state == null || !test.content().isEmpty())
            && said.test().get().at() <= test.at().getEpochSecond() + 60)) {
      // Told before, or the one that was asked for and answered.
      return;
    }
    DeviceState.OwnTest own = said.test().get();
    Tested.Result result =
        !own.isPlayed()
            ? Tested.Result.FAILED
            : own.heard().isEmpty()
                ? Tested.Result.PLAYED
                : own.heard().get() ? Tested.Result.HEARD : Tested.Result.NOT_HEARD;
    long at = own.at() == 0 ? wall : Math.min(own.at(), wall);
    test = new Tested(Kept.instant(at), "", result, "");
  }

  /**
   * The end of a play that was asked for.
   *
   * @return true when there is something to keep: ten thousand that play as ever leave nothing
   */
  boolean played(Receipt receipt, boolean audibly) {
    if (counted.equals(receipt.delivery())) {
      return false;
    }
    if (receipt.outcome() == Receipt.Outcome.FAILED) {
      failed++;
      reason = receipt.reason();
      counted = receipt.delivery();
      return true;
    } else if (receipt.outcome() == Receipt.Outcome.PLAYED && audibly) {
      // Better evidence than any test.
      boolean news = failed > 0 || (test != null && test.isFault());
      failed = 0;
      reason = "";
      counted = receipt.delivery();
      test = test != null && test.isFault() ? null : test;
      return news;
    }
    return false;
  }

  boolean isGone() {
    return gone != null && !connected;
  }

  boolean isThere(long now, long silence) {
    return heardHere && !isGone() && now - heard <= silence;
  }

  /** The link to everybody was down: silence is counted from here. */
  void listenAnew(long now) {
    heard = now;
    beat = now;
  }

  void recall(Kept was, long now) {
    seen = was.seen();
    since = was.since();
    failed = was.failed();
    reason = was.reason();
    test = was.test();
    heard = now;
    beat = now;
    shown =
        new Word(was.condition(), was.condition() == Condition.NEVER_SEEN ? UNSEEN.why() : UNHEARD);
    raw = shown;
  }

  private static final Remark UNHEARD =
      new Remark("not heard of since the gateway's start", "网关启动后还没有听到它");

  Kept toKeep() {
    return new Kept(seen, shown.condition(), since, failed, reason, test);
  }

  /** True when nobody in the house knows yet what there is to know. */
  boolean isToTell(long now, long listening, long silence) {
    if (offered != null) {
      return false;
    }
    if (!heardHere && now - listening <= silence) {
      return false;
    }
    return !shown.equals(kept) || (wanted && !isGone() && shown.condition().isThere());
  }

  /**
   * Finds its condition.
   *
   * @return true when that changed
   */
  boolean look(long now, Terms terms, long wall) {
    Word next = word(now, terms);
    if (!next.equals(raw)) {
      if (raw == null || raw.condition().isThere() != next.condition().isThere()) {
        turned = now;
      }
      if (raw != null) {
        flaps = flaps == null ? new Flaps() : flaps;
        flaps.add(now);
      }
      raw = next;
    }
    boolean was = flapping;
    flapping = flaps != null && (was ? !flaps.isCalm(now) : flaps.tooMany(now));
    if (flaps != null && !flapping && (was || flaps.isOver(now))) {
      flaps = null;
    }
    Word say = flapping ? damped(was, now, terms.silence()) : next;
    boolean changed = say.condition() != shown.condition();
    if (changed || since == 0) {
      since = wall;
    }
    shown = say;
    return changed;
  }

  private Word word(long now, Terms terms) {
    long silence = terms.silence();
    if (!heardHere) {
      if (seen == 0) {
        return UNSEEN;
      }
      boolean decided = shown.condition() == Condition.SILENT || now - heard <= silence;
      return decided ? shown : terms.silent();
    }
    if (isGone()) {
      return gone;
    }
    if (now - heard > silence) {
      return terms.silent();
    }
    Remark fault = fault();
    if (!fault.isEmpty()) {
      return new Word(Condition.FAULTY, fault);
    }
    return now - beat > terms.silence() ? terms.mute() : complaints;
  }

  private Remark fault() {
    if (state != null && !state.fault().isEmpty()) {
      return new Remark("fault " + state.fault(), "设备报故障 " + state.fault());
    }
    if (failed >= FAILURES) {
      return new Remark("its last plays failed: " + reason, "最近几次播放都失败：" + reason);
    }
    return test == null ? Remark.NONE : test.fault();
  }

  /** One that changes all the time changes once: to flapping. But nobody waits for a silent one. */
  private Word damped(boolean was, long now, long silence) {
    if (!raw.condition().isThere()) {
      boolean silent =
          shown.condition() == Condition.SILENT || now - turned >= AWAY || now - heard > silence;
      return silent ? (shown.condition() == Condition.SILENT ? shown : raw) : unstable(was);
    }
    if (shown.condition() == Condition.SILENT && !wanted && now - turned < BACK) {
      return shown;
    }
    return raw.condition() == Condition.FAULTY && !(was && shown.condition() == Condition.FAULTY)
        ? raw
        : unstable(was);
  }

  private Word unstable(boolean was) {
    return was && shown.condition() == Condition.FAULTY ? shown : doubled ? TWINS : UNSTABLE;
  }
}
