package org.lastmile.channel.wechat;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What one platform's callbacks mean. */
interface CallbackReader {

  /** What tells one callback from every other, however often it is brought. */
  String identity(Map<String, String> fields);

  /** Completes when what was said is kept; may call the store. */
  CompletionStage<Void> keep(Map<String, String> fields);

  /** What the platform is answered when that is kept, now or when it was brought before. */
  WeChatCallback.Reply kept(Map<String, String> query, Map<String, String> fields);
}
