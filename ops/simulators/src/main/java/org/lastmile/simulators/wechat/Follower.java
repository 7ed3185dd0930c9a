package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One person's WeChat, known to the account by an openid. At first it follows and is silent. Safe
 * to use from any thread.
 */
public final class Follower {
  private final OfficialAccount account;
  private final String openid;
  private final List<WeChatMessage> inbox = new ArrayList<>();
  private final List<WeChatMessage> unexpected = new ArrayList<>();
  private boolean follows = true;
  private String failure = "";
  private String answer;
  private Duration answerAfter = Duration.ZERO;

  Follower(OfficialAccount account, String openid) {
    this.account = account;
    this.openid = openid;
  }

  public String openid() {
    return openid;
  }

  /** All it ever got, in order. */
  public synchronized List<WeChatMessage> inbox() {
    return List.copyOf(inbox);
  }

  /**
   * Waits for a message that no earlier call returned.
   *
   * @throws AssertionError when none came in time; it lists what did come
   */
  public synchronized WeChatMessage expect(Predicate<WeChatMessage> wanted, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      Optional<WeChatMessage> found = unexpected.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        unexpected.remove(found.get());
        return found.get();
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        List<String> texts = inbox.stream().map(WeChatMessage::text).toList();
        throw new AssertionError(openid + " got no such message within " + within + ": " + texts);
      }
      wait(left);
    }
  }

  /** Waits for a message that contains these words. */
  public WeChatMessage expect(String words, Duration within) throws InterruptedException {
    return expect(message -> message.text().contains(words), within);
  }

  /** Writes to the account. */
  public void sends(String text) {
    account.text(this, text);
  }

  /** From now on answers every template message with this text after the delay. */
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
    account.event(this, "unsubscribe");
    return this;
  }

  /** Follows again. */
  public Follower follows() {
    synchronized (this) {
      follows = true;
    }
    account.event(this, "subscribe");
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

  synchronized void take(WeChatMessage message) {
    inbox.add(message);
    unexpected.add(message);
    notifyAll();
    if (answer != null && !message.templateId().isEmpty()) {
      String words = answer;
      account.later(answerAfter, () -> sends(words));
    }
  }
}
