package org.lastmile.story;

import java.time.Duration;
import org.lastmile.simulators.modem.Phone;
import org.lastmile.simulators.wechat.Follower;

/**
 * Somebody with a phone, a WeChat, or both.
 *
 * @param phone null = none; likewise wechat
 */
record Person(String name, Phone phone, Follower wechat) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Waits for an SMS with these words that was not looked at before. */
  Person readsSms(String words) throws InterruptedException {
    phone.expect(words, PATIENCE);
    return this;
  }

  Person readsWeChat(String words) throws InterruptedException {
    wechat.expect(words, PATIENCE);
    return this;
  }

  /** Answers the last SMS. */
  void textsBack(String words) {
    phone.replies(words);
  }

  void repliesOnWeChat(String words) {
    wechat.sends(words);
  }

  /** Waits for the message, on WeChat where there is one, and answers it there. */
  void repliesTo(String words, String answer) throws InterruptedException {
    if (wechat != null) {
      readsWeChat(words).repliesOnWeChat(answer);
    } else {
      readsSms(words).textsBack(answer);
    }
  }
}
