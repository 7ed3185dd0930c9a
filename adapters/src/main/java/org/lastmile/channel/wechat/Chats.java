package org.lastmile.channel.wechat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * People who have just said something to the account. While that is being kept the platform waits
 * for our answer, and shows them what it says: all its words, at no cost to the template and its
 * quota. Nobody is kept waiting for an answer: it is there when the words are kept, or never.
 */
final class Chats {
  /** Beyond that many at one time people are answered without words. */
  static final int MOST = 1000;

  /** What was said is brought again up to three times, 5 s apart; the answer is the same. */
  private static final int REMEMBERED = 2000;

  private final Map<String, Deque<Chat>> open = new HashMap<>();
  private final Map<String, String> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };
  private int count;

  /** One callback whose words are being kept. */
  private static final class Chat {
    private final String openid;
    private final String identity;
    private String answer = "";

    Chat(String openid, String identity) {
      this.openid = openid;
      this.identity = identity;
    }
  }

  /**
   * Somebody says something.
   *
   * @param identity the same for every repeat of the callback
   * @return call it once, when the words are kept or can't be
   */
  synchronized Runnable begin(String openid, String identity) {
    if (count >= MOST) {
      return () -> {};
    }
    count++;
    Chat chat = new Chat(openid, identity);
    open.computeIfAbsent(openid, o -> new ArrayDeque<>()).add(chat);
    return () -> end(chat);
  }

  /** False when nobody of that openid waits for words. */
  synchronized boolean answer(String openid, String words) {
    for (Chat chat : open.getOrDefault(openid, new ArrayDeque<>())) {
      if (chat.answer.isEmpty()) {
        chat.answer = words;
        return true;
      }
    }
    return false;
  }

  /** What that callback is answered, each time that it comes; empty = no words. */
  synchronized String said(String identity) {
    return said.getOrDefault(identity, "");
  }

  private synchronized void end(Chat chat) {
    Deque<Chat> theirs = open.get(chat.openid);
    theirs.remove(chat);
    if (theirs.isEmpty()) {
      open.remove(chat.openid);
    }
    count--;
    if (!chat.answer.isEmpty()) {
      said.put(chat.identity, chat.answer);
    }
  }
}
