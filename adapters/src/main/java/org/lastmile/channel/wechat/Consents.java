package org.lastmile.channel.wechat;

import org.lastmile.channel.Memory;

/**
 * Who has refused subscription messages of our template: they are not tried, so that whoever stands
 * in for this channel is asked at once, and nobody is written to against their will.
 */
final class Consents {
  private final Memory memory;
  private final String template;

  Consents(Memory memory, String template) {
    this.memory = memory;
    this.template = template;
  }

  /** What somebody has said of a template; kept when this returns. */
  void said(String openid, String of, boolean takes) {
    if (!of.equals(template)) {
      return;
    }
    if (takes) {
      memory.remove(key(openid));
    } else {
      memory.put(key(openid), "", Memory.FOR_EVER);
    }
  }

  /** Who does not follow any more leaves nothing behind. */
  void forget(String openid) {
    memory.remove(key(openid));
  }

  boolean refused(String openid) {
    return memory.get(key(openid)).isPresent();
  }

  private static String key(String openid) {
    return "refused/" + Attempts.hash(openid);
  }
}
