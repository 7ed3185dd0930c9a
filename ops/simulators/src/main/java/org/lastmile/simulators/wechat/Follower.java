package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * One person's WeChat, known to the account by an openid. At first it follows and is silent. Safe
 * to use from any thread.
 */
public final class Follower {
  static final int FOR_GOOD = -1;

  private final OfficialAccount account;
  private final String openid;
  private final InstantSource clock;
  private final Inbox<WeChatMessage> inbox;
  private final List<Said> said = new ArrayList<>();
  private final Map<String, Integer> subscriptions = new HashMap<>();
  private boolean follows = true;
  private String failure = "";
  private String answer;
  private Duration answerAfter = Duration.ZERO;

  Follower(OfficialAccount account, InstantSource clock, String openid) {
    this.account = account;
    this.clock = clock;
    this.openid = openid;
    inbox = new Inbox<>(openid, WeChatMessage::text);
  }

  public String openid() {
    return openid;
  }

  /** All it ever got, in order. */
  public List<WeChatMessage> inbox() {
    return inbox.all();
  }

  /**
   * Waits for a message that no earlier call returned.
   *
   * @throws AssertionError when none came in time; it lists what did come
   */
  public WeChatMessage expect(Predicate<WeChatMessage> wanted, Duration within)
      throws InterruptedException {
    return inbox.expect(wanted, within);
  }

  /** Waits for a message that contains these words. */
  public WeChatMessage expect(String words, Duration within) throws InterruptedException {
    return expect(message -> message.text().contains(words), within);
  }

  /** Writes to the account. */
  public void sends(String text) {
    say(text);
    account.text(this, text);
  }

  /** Touches the entry of the account's menu that has this key: a CLICK event. */
  public void touches(String menuKey) {
    say("[" + account.menu().getOrDefault(menuKey, menuKey) + "]");
    account.event(this, "CLICK", menuKey);
  }

  /** Agrees to this template's messages for good, as public services may ask for. */
  public Follower accepts(String templateId) {
    return accepts(templateId, FOR_GOOD);
  }

  /** Agrees to that many more messages of this template: subscribe_msg_popup_event. */
  public Follower accepts(String templateId, int messages) {
    synchronized (this) {
      boolean more = messages != FOR_GOOD && messagesLeft(templateId) != FOR_GOOD;
      subscriptions.put(templateId, more ? messagesLeft(templateId) + messages : FOR_GOOD);
    }
    account.subscription(this, OfficialAccount.POPUP, templateId, "accept");
    return this;
  }

  /** Refuses when the page asks: subscribe_msg_popup_event. */
  public Follower rejects(String templateId) {
    account.subscription(this, OfficialAccount.POPUP, templateId, "reject");
    return this;
  }

  /** Takes its agreement back in the settings: subscribe_msg_change_event. */
  public Follower withdraws(String templateId) {
    synchronized (this) {
      subscriptions.remove(templateId);
    }
    account.subscription(this, OfficialAccount.CHANGE, templateId, "reject");
    return this;
  }

  /** From now on answers every template and subscribe message with this text after the delay. */
  public synchronized Follower answers(String text, Duration after) {
    answer = text;
    answerAfter = after;
    return this;
  }

  /** Messages arrive, nobody answers. */
  public synchronized Follower silent() {
    answer = null;
    return this;
  }

  /** Stops following: the account hears of it, and sending answers 43004. */
  public Follower unfollows() {
    synchronized (this) {
      follows = false;
    }
    account.event(this, "unsubscribe", "");
    return this;
  }

  /** Follows again. */
  public Follower follows() {
    synchronized (this) {
      follows = true;
    }
    account.event(this, "subscribe", "");
    return this;
  }

  /** Sending succeeds and nothing arrives; the receipt says {@code failed:user block}. */
  public synchronized Follower blocks() {
    failure = "failed:user block";
    return this;
  }

  /** Sending succeeds and nothing arrives; the receipt says {@code failed: system failed}. */
  public synchronized Follower unreachable() {
    failure = "failed: system failed";
    return this;
  }

  /** Sending succeeds and nothing arrives; the receipt says {@code failed:freq limit}. */
  public synchronized Follower limited() {
    failure = "failed:freq limit";
    return this;
  }

  /** Messages arrive again. */
  public synchronized Follower reachable() {
    failure = "";
    return this;
  }

  synchronized boolean isFollowing() {
    return follows;
  }

  /** The receipt's status when nothing arrives; empty when messages arrive. */
  synchronized String failure() {
    return failure;
  }

  /** What it wrote and touched, in order. */
  synchronized List<Said> said() {
    return List.copyOf(said);
  }

  private synchronized void say(String text) {
    said.add(new Said(text, clock.instant()));
  }

  /** How many messages of the template it still takes; {@link #FOR_GOOD} = any number. */
  synchronized int messagesLeft(String templateId) {
    return subscriptions.getOrDefault(templateId, 0);
  }

  synchronized void useSubscription(String templateId) {
    subscriptions.computeIfPresent(templateId, (id, left) -> left == FOR_GOOD ? left : left - 1);
  }

  void take(WeChatMessage message) {
    inbox.add(message);
    synchronized (this) {
      if (answer != null && !message.templateId().isEmpty()) {
        String words = answer;
        account.later(answerAfter, () -> sends(words));
      }
    }
  }
}
