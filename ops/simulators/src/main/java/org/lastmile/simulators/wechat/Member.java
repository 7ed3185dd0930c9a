package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * One employee's WeCom. At first the application may see it, it has a licence, and it is silent.
 * Safe to use from any thread.
 */
public final class Member {
  private static final int A_MINUTE = 30;
  private static final int AN_HOUR = 1000;

  /** Whether the company and the application know the person. */
  private enum Standing {
    VISIBLE,
    HIDDEN,
    GONE
  }

  private final WeCom wecom;
  private final InstantSource clock;
  private final String userid;
  private final Inbox<WeComMessage> inbox;
  private final List<Said> said = new ArrayList<>();
  private final Window minute;
  private final Window hour;
  private String mobile = "";
  private Standing standing = Standing.VISIBLE;
  private boolean licensed = true;
  private String answer;
  private Duration answerAfter = Duration.ZERO;
  private String clickKey;
  private Duration clickAfter = Duration.ZERO;

  Member(WeCom wecom, InstantSource clock, String userid) {
    this.wecom = wecom;
    this.clock = clock;
    this.userid = userid;
    inbox = new Inbox<>(userid, WeComMessage::text);
    minute = new Window(clock, Duration.ofMinutes(1));
    hour = new Window(clock, Duration.ofHours(1));
  }

  public String userid() {
    return userid;
  }

  /** The number by which {@code getuserid} finds the person. */
  public synchronized Member mobile(String number) {
    mobile = number;
    return this;
  }

  public synchronized String mobile() {
    return mobile;
  }

  /** All it ever got, in order, as it looks now. */
  public List<WeComMessage> inbox() {
    return inbox.all();
  }

  /**
   * Waits for a message that no earlier call returned, or for a change of one: recalled, updated.
   *
   * @throws AssertionError when none came in time; it lists what did come
   */
  public WeComMessage expect(Predicate<WeComMessage> wanted, Duration within)
      throws InterruptedException {
    return inbox.expect(wanted, within);
  }

  /** Waits for a message that contains these words. */
  public WeComMessage expect(String words, Duration within) throws InterruptedException {
    return expect(message -> message.text().contains(words), within);
  }

  /** Writes to the application. */
  public void sends(String text) {
    say(text);
    wecom.text(this, text);
  }

  /**
   * Touches the button of the latest card that has it.
   *
   * @throws IllegalStateException when no card has such a button that still works
   */
  public Member clicks(String key) {
    List<WeComMessage> cards = inbox().stream().filter(card -> card.canClick(key)).toList();
    if (cards.isEmpty()) {
      throw new IllegalStateException(
          userid + " has no card whose button " + key + " works; it has " + inbox());
    }
    return clicks(cards.get(cards.size() - 1), key);
  }

  /** Touches the button of that card; as on a phone, nothing happens when it is gone. */
  public Member clicks(WeComMessage card, String key) {
    card.buttons().stream()
        .filter(button -> button.key().equals(key))
        .forEach(button -> say("[" + button.text() + "]"));
    wecom.click(this, card, key);
    return this;
  }

  /** From now on touches that button of every card that has it, after the delay. */
  public synchronized Member clicks(String key, Duration after) {
    clickKey = key;
    clickAfter = after;
    return this;
  }

  /** From now on answers every message of the application with this text after the delay. */
  public synchronized Member answers(String text, Duration after) {
    answer = text;
    answerAfter = after;
    return this;
  }

  /** Messages arrive, nobody answers or clicks. */
  public synchronized Member silent() {
    answer = null;
    clickKey = null;
    return this;
  }

  /** The application may not see the person: sending names it in invaliduser. */
  public synchronized Member hidden() {
    standing = Standing.HIDDEN;
    return this;
  }

  /** The application may see the person (again). */
  public synchronized Member visible() {
    standing = Standing.VISIBLE;
    return this;
  }

  /** Is not in the company any more: sending names it in invaliduser. */
  public synchronized Member leaves() {
    standing = Standing.GONE;
    return this;
  }

  /** Has no interface licence: sending names it in unlicenseduser. */
  public synchronized Member unlicensed() {
    licensed = false;
    return this;
  }

  public synchronized Member licensed() {
    licensed = true;
    return this;
  }

  synchronized boolean isVisible() {
    return standing == Standing.VISIBLE;
  }

  synchronized boolean isLicensed() {
    return licensed;
  }

  /** What it wrote and touched, in order. */
  synchronized List<Said> said() {
    return List.copyOf(said);
  }

  private synchronized void say(String text) {
    said.add(new Said(text, clock.instant()));
  }

  /** False when the person had its share for this minute or hour, and the message is lost. */
  boolean hasRoom() {
    if (minute.used() >= A_MINUTE || hour.used() >= AN_HOUR) {
      return false;
    }
    minute.add(1);
    hour.add(1);
    return true;
  }

  void take(WeComMessage message) {
    inbox.add(message);
    if (message.msgId().isEmpty()) {
      return;
    }
    synchronized (this) {
      String words = answer;
      if (words != null) {
        wecom.later(answerAfter, () -> sends(words));
      }
      String key = clickKey;
      if (key != null && message.canClick(key)) {
        wecom.later(clickAfter, () -> clicks(message, key));
      }
    }
  }

  /** What became of a message it has: its buttons replaced by words, or withdrawn. */
  void replaceButtons(String msgId, String words) {
    inbox.change(had -> had.msgId().equals(msgId) ? had.replacedBy(words) : had);
  }

  void withdraw(String msgId) {
    inbox.change(had -> had.msgId().equals(msgId) ? had.withdrawn() : had);
  }
}
