package org.lastmile.simulators.wechat;

/** The page that shows every follower's phone and lets a person answer by hand. */
final class PhonePage {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="zh-CN">
      <meta charset="utf-8">
      <meta http-equiv="refresh" content="3">
      <title>微信沙箱</title>
      <style>
        body { font: 15px/1.5 sans-serif; background: #ededed; margin: 1.5em }
        main { display: flex; flex-wrap: wrap; gap: 1em }
        section { background: #fff; border-radius: 8px; padding: .8em 1em; width: 20em }
        article { border-top: 1px solid #ddd; padding: .5em 0; white-space: pre-line }
        h1 { font-size: 1.2em } h2 { font-size: 1em; margin: 0 }
      </style>
      <h1>微信沙箱：每个关注者的手机</h1>
      <main>
      """;

  private PhonePage() {}

  static String of(OfficialAccount account) {
    StringBuilder page = new StringBuilder(HEAD);
    for (Follower follower : account.followers()) {
      page.append("<section><h2>").append(escape(follower.openid())).append("</h2>\n");
      for (WeChatMessage message : follower.inbox()) {
        page.append("<article>").append(escape(message.text()));
        if (!message.url().isEmpty()) {
          page.append("\n<a href=\"").append(escape(message.url())).append("\">详情</a>");
        }
        page.append("</article>\n");
      }
      page.append("<form method=post action=/sandbox/answer>")
          .append("<input type=hidden name=openid value=\"")
          .append(escape(follower.openid()))
          .append("\"><input name=text size=12> <button>回复</button></form></section>\n");
    }
    return page.append("</main>\n").toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
