package org.lastmile.simulators.wechat;

/** What can be made to go wrong with either platform. All of it from any thread. */
public interface Counterpart {

  /** The next {@code count} calls of that endpoint go wrong in this way. */
  void next(Endpoint at, int count, WeChatFault fault);

  /** From now on all calls go right. */
  void noFaults();

  /** Makes all tokens worthless before their end, until a new one is fetched. */
  void revokeTokens();

  /** The next callbacks are posted twice. */
  void repeatCallbacks(int count);

  /** The next callbacks wait for each other and then go out in reverse order. */
  void reverseCallbacks(int count);

  /** The next callbacks carry wrong signatures and are not repeated. */
  void forgeCallbacks(int count);

  /** The next callbacks are rightly signed but sealed for another receiver; not repeated. */
  void foreignCallbacks(int count);

  /** The last callback once more, octet by octet. */
  void replayCallback();

  /** From now on callbacks are sealed with this key: the other side may still know the old one. */
  void changeAesKey(String encodingAesKey);

  /**
   * Calls the callback's GET as the platform does when its URL is entered; true when it answers
   * well and in time.
   */
  boolean verifyCallback();
}
