package org.lastmile.console;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** A platform that calls us: what it asks and posts, handed on as it came. */
public interface Callback {

  /** The check by which a platform makes sure that the address is ours; never blocks. */
  Reply verify(Map<String, String> query);

  /** One post; never blocks. Answered when what it says is kept. */
  CompletionStage<Reply> receive(Map<String, String> query, byte[] body);

  /** What to answer. */
  record Reply(int status, String body, String contentType) {}
}
