package org.lastmile.channel.loudspeaker;

import java.util.Collection;
import java.util.List;

/** A body that waits for its round's signature, and then has it. One thread at a time. */
final class Sheet {
  private final byte[] body;
  private Signed signed;

  Sheet(byte[] body) {
    this.body = body;
  }

  /** Signs them all, at the cost of one. */
  static void sign(SigningKey key, Collection<Sheet> sheets) {
    List<Sheet> order = List.copyOf(sheets);
    List<Signed> all = Signed.all(key, order.stream().map(s -> s.body).toList());
    for (int i = 0; i < order.size(); i++) {
      order.get(i).signed = all.get(i);
    }
  }

  boolean isSigned() {
    return signed != null;
  }

  Signed signed() {
    return signed;
  }
}
