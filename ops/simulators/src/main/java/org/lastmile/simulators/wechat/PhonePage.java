package org.lastmile.simulators.wechat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The page that shows everybody's phone and lets a person answer by hand. */
final class PhonePage {
  private static final int MOST_PHONES = 40;
  private static final int MOST_MESSAGES = 30;
  private static final String HEAD = resource("phones.html");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("M月d日 HH:mm").withZone(ZoneId.of("Asia/Shanghai"));

  /** The titles that {@link AccountSettings#WARNING_TEMPLATE} was registered with. */
  private static final Map<String, String> TITLES =
      Map.of("thing1", "预警", "phrase2", "等级", "thing3", "地点", "time4", "时间", "thing5", "措施");

  /** What the types of fields are for, where a template's own titles are not known. */
  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry("thing", "事项"),
          Map.entry("phrase", "状态"),
          Map.entry("const", "类别"),
          Map.entry("time", "时间"),
          Map.entry("date", "日期"),
          Map.entry("number", "数量"),
          Map.entry("character_string", "编号"),
          Map.entry("letter", "代号"),
          Map.entry("phone_number", "电话"),
          Map.entry("name", "姓名"));

  /** One bubble of a chat. */
  private record Bubble(Instant at, String html) {}

  private final WeChatSandbox sandbox;

  PhonePage(WeChatSandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** The whole page; {@code filter} = part of the openids and userids to show. */
  String page(String filter) {
    return HEAD.replace("{{filter}}", escape(filter)).replace("{{phones}}", phones(filter));
  }

  /** The phones alone. */
  String phones(String filter) {
    StringBuilder page = new StringBuilder();
    List<Follower> followers =
        sandbox.account().followers().stream().filter(f -> f.openid().contains(filter)).toList();
    page.append(heading("account", "公众号", "关注者", followers.size()));
    page.append(review(sandbox.account().held()));
    followers.stream().limit(MOST_PHONES).forEach(f -> page.append(phone(f)));
    List<Member> members =
        sandbox.wecom().members().stream().filter(m -> m.userid().contains(filter)).toList();
    page.append(heading("wecom", "企业微信", "成员", members.size()));
    members.stream().limit(MOST_PHONES).forEach(m -> page.append(phone(m)));
    List<RobotMessage> robot = sandbox.wecom().robotMessages();
    if (!robot.isEmpty()) {
      page.append("<h2 id=robots>群机器人</h2>").append(robot(robot));
    }
    return page.toString();
  }

  private static String heading(String id, String platform, String people, int count) {
    String some = count > MOST_PHONES ? "，显示前 " + MOST_PHONES + " 位，可按编号查找" : "";
    String words = platform + " <small>" + count + " 位" + people + some + "</small>";
    return "<h2 id=" + id + " data-v=" + count + ">" + words + "</h2>\n";
  }

  /** What the platform keeps back; on no phone, so it stands beside them. */
  private static String review(int held) {
    String action = "/sandbox/account/";
    String inside =
        held == 0
            ? ""
            : ("<p>" + held + " 条消息在审核中，手机上还看不到</p>")
                + button(action + "release", "", "", "放行", "")
                + button(action + "drop", "", "", "丢弃", "");
    return "<div id=review data-v=" + held + ">" + inside + "</div>\n";
  }

  private String phone(Follower follower) {
    List<Bubble> bubbles = new ArrayList<>();
    follower.inbox().forEach(m -> bubbles.add(new Bubble(m.at(), bubble(m))));
    String action = "/sandbox/account/followers/" + encode(follower.openid()) + "/";
    StringBuilder menu = new StringBuilder();
    if (follower.isFollowing()) {
      sandbox
          .account()
          .menu()
          .forEach((key, name) -> menu.append(button(action + "touches", "key", key, name, "")));
    }
    String status = follower.isFollowing() ? "" : "已取消关注";
    String failure = follower.failure().isEmpty() ? "" : "收不到（" + follower.failure() + "）";
    String change =
        follower.isFollowing()
            ? button(action + "unfollows", "", "", "取消关注", "quiet")
            : button(action + "follows", "", "", "关注", "quiet");
    return section(
        "f-" + follower.openid(),
        follower.openid(),
        (status + " " + failure).strip(),
        change,
        chat(bubbles, follower.said()),
        follower.isFollowing() ? reply(action + "sends") : "",
        menu.toString());
  }

  private static String bubble(WeChatMessage message) {
    if (message.templateId().isEmpty()) {
      return "<div class=in><p>" + linked(escape(message.text())) + "</p></div>";
    }
    StringBuilder card = new StringBuilder("<article><dl>");
    message
        .fields()
        .forEach(
            (field, value) ->
                card.append("<div><dt title=\"" + escape(field) + "\">")
                    .append(escape(label(message.templateId(), field)))
                    .append("</dt><dd>")
                    .append(escape(value))
                    .append("</dd></div>"));
    return card.append("</dl>").append(link(message.url())).append("</article>").toString();
  }

  private static String label(String template, String field) {
    if (template.equals(AccountSettings.WARNING_TEMPLATE) && TITLES.containsKey(field)) {
      return TITLES.get(field);
    }
    String type = field.replaceFirst("\\d+$", "");
    return LABELS.getOrDefault(type, type);
  }

  private static String link(String url) {
    boolean opens = url.startsWith("http://") || url.startsWith("https://");
    return opens
        ? "<a class=open target=_blank rel=noopener href=\"" + escape(url) + "\">查看详情 ›</a>"
        : "";
  }

  /** Addresses within words open when they are touched. */
  private static String linked(String escaped) {
    return escaped.replaceAll(
        "https?://[!-;=?-~]+", "<a target=_blank rel=noopener href=\"$0\">$0</a>");
  }

  private static String phone(Member member) {
    List<Bubble> bubbles = new ArrayList<>();
    String action = "/sandbox/wecom/members/" + encode(member.userid()) + "/";
    member.inbox().forEach(m -> bubbles.add(new Bubble(m.at(), bubble(m, action))));
    String hidden = member.isVisible() ? "" : "不可见";
    String licence = member.isLicensed() ? "" : "无许可";
    String name = member.userid() + (member.mobile().isEmpty() ? "" : " · " + member.mobile());
    return section(
        "m-" + member.userid(),
        name,
        (hidden + " " + licence).strip(),
        "",
        chat(bubbles, member.said()),
        reply(action + "sends"),
        "");
  }

  private static String bubble(WeComMessage message, String action) {
    if (message.recalled()) {
      return "<div class=note>消息已被撤回</div>";
    }
    if (message.title().isEmpty()) {
      return "<div class=in><p>" + escape(message.description()) + "</p></div>";
    }
    StringBuilder card = new StringBuilder("<article><h4>").append(escape(message.title()));
    card.append("</h4><p>").append(escape(message.description())).append("</p>");
    card.append(link(message.url()));
    if (!message.replacedBy().isEmpty()) {
      card.append("<div class=done>").append(escape(message.replacedBy())).append("</div>");
    } else if (!message.buttons().isEmpty()) {
      card.append("<div class=buttons>");
      for (WeComMessage.Button button : message.buttons()) {
        String clicks = action + "clicks?msgid=" + encode(message.msgId());
        String style = "s" + button.style();
        card.append(button(clicks, "key", button.key(), button.text(), style));
      }
      card.append("</div>");
    }
    return card.append("</article>").toString();
  }

  private static String robot(List<RobotMessage> messages) {
    List<Bubble> bubbles = new ArrayList<>();
    for (RobotMessage message : messages) {
      StringBuilder called = new StringBuilder();
      message.mentioned().forEach(one -> called.append(" @").append(one));
      String text = escape(message.text() + called);
      bubbles.add(new Bubble(message.at(), "<div class=in><p>" + text + "</p></div>"));
    }
    return section("robot", "工作群", "", "", chat(bubbles, List.of()), "", "");
  }

  private static String chat(List<Bubble> bubbles, List<Said> said) {
    said.forEach(
        s ->
            bubbles.add(
                new Bubble(s.at(), "<div class=out><p>" + escape(s.text()) + "</p></div>")));
    bubbles.sort(Comparator.comparing(Bubble::at));
    StringBuilder chat = new StringBuilder();
    String minute = "";
    int first = Math.max(0, bubbles.size() - MOST_MESSAGES);
    for (Bubble bubble : bubbles.subList(first, bubbles.size())) {
      if (!TIME.format(bubble.at()).equals(minute)) {
        minute = TIME.format(bubble.at());
        chat.append("<time>").append(minute).append("</time>");
      }
      chat.append(bubble.html());
    }
    return bubbles.isEmpty() ? "<div class=note>还没有消息</div>" : chat.toString();
  }

  private static String section(
      String id,
      String name,
      String status,
      String change,
      String chat,
      String reply,
      String menu) {
    String head =
        "<h3>"
            + escape(name)
            + "</h3>"
            + (status.isEmpty() ? "" : "<em>" + escape(status) + "</em>")
            + change;
    String foot = reply + menu;
    return part("section", "id=\"" + escape(id) + "\"", parts(head, chat, foot)) + "\n";
  }

  private static String parts(String head, String chat, String foot) {
    return part("header", "", head)
        + part("div", "class=chat", chat)
        + (foot.isEmpty() ? "" : part("footer", "", foot));
  }

  /** Its version tells the page what to put in anew, so that what somebody writes stays. */
  private static String part(String tag, String attributes, String inside) {
    String version = Integer.toHexString(inside.hashCode());
    String start = "<" + tag + " " + attributes + " data-v=" + version + ">";
    return start + inside + "</" + tag + ">";
  }

  private static String reply(String action) {
    return "<form class=reply method=post action=\""
        + action
        + "\"><input name=text autocomplete=off required aria-label=回复 placeholder=回复…>"
        + "<input type=hidden name=back value=\"/\"><button>发送</button></form>";
  }

  private static String button(
      String action, String name, String value, String words, String style) {
    return "<form method=post action=\""
        + escape(action)
        + "\"><input type=hidden name=back value=\"/\">"
        + (name.isEmpty()
            ? ""
            : "<input type=hidden name=" + name + " value=\"" + escape(value) + "\">")
        + ("<button class=\"" + style + "\">" + escape(words) + "</button></form>");
  }

  private static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String resource(String name) {
    try (InputStream in = PhonePage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the sandbox's page is not in the program: " + name, e);
    }
  }
}
