package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;

/**
 * What a message looks like in WeCom: a card with two buttons for what asks for an answer, a card
 * that opens the full text for a lift, plain words for the rest. Two messages that look the same
 * can be sent in one request.
 */
final class WeComFace {
  /** Key of the button 已收到. */
  static final String ACKNOWLEDGE = "ACK";

  /** Key of the button 去不了. */
  static final String DECLINE = "NO";

  private static final int TITLE = 36;
  private static final int UNDER_TITLE = 44;
  private static final int WORDS = 160;
  private static final int VALUE = 26;
  private static final int TEXT_CARD_TITLE_BYTES = 128;
  private static final int TEXT_CARD_BYTES = 512;
  private static final int TEXT_BYTES = 2048;

  private WeComFace() {}

  /** The request but for whom it goes to; {@link #withTask} adds the task. */
  static ObjectNode of(Message message) {
    ObjectNode body = Wire.JSON.createObjectNode();
    String link = message.field(Field.LINK);
    Content.Kind kind = message.content().kind();
    if (kind == Content.Kind.WARN || kind == Content.Kind.UPDATE) {
      body.put("msgtype", "template_card").set("template_card", buttons(message, link));
    } else if (kind == Content.Kind.LIFT && !link.isEmpty()) {
      body.put("msgtype", "textcard")
          .putObject("textcard")
          .put("title", bytes(title(message), TEXT_CARD_TITLE_BYTES))
          .put("description", bytes(words(message), TEXT_CARD_BYTES))
          .put("url", link)
          .put("btntxt", "查看");
    } else {
      body.put("msgtype", "text").putObject("text").put("content", text(message, TEXT_BYTES));
    }
    return body;
  }

  /** Whether each of several points wants an answer of its own; one button can't give that. */
  static boolean asksForEachPoint(Message message) {
    return !message.field(Field.EACH).isEmpty();
  }

  /** Cards are known by their task; the other kinds have none. */
  static void withTask(ObjectNode body, String task) {
    if (body.get("template_card") instanceof ObjectNode card) {
      card.put("task_id", task);
    }
  }

  /** All the words and the link, for those who get no card. */
  static String text(Message message, int most) {
    String link = message.field(Field.LINK);
    String words = words(message);
    if (link.isEmpty() || words.contains(link)) {
      return bytes(words, most);
    }
    int room = most - link.getBytes(StandardCharsets.UTF_8).length - 1;
    return bytes(words, Math.max(0, room)) + "\n" + link;
  }

  private static ObjectNode buttons(Message message, String link) {
    ObjectNode card = Wire.JSON.createObjectNode().put("card_type", "button_interaction");
    ObjectNode title = card.putObject("main_title").put("title", title(message));
    String place = TemplateFields.plain(message.field(Field.PLACE));
    if (!place.isEmpty()) {
      title.put("desc", fitted(Field.PLACE, place, UNDER_TITLE));
    }
    card.put("sub_title_text", TemplateFields.cut(words(message), WORDS));
    ArrayNode lines = card.putArray("horizontal_content_list");
    line(lines, "行动", Field.ACTION, message);
    line(lines, "时间", Field.TIME, message);
    line(lines, "发布", Field.SENDER, message);
    if (!link.isEmpty()) {
      card.putObject("card_action").put("type", 1).put("url", link);
    }
    ArrayNode buttons = card.putArray("button_list");
    button(buttons, "已收到", 1, ACKNOWLEDGE);
    button(buttons, "去不了", 2, DECLINE);
    return card;
  }

  private static void line(ArrayNode lines, String name, String field, Message message) {
    String value = TemplateFields.plain(message.field(field));
    if (!value.isEmpty()) {
      lines.addObject().put("keyname", name).put("value", fitted(field, value, VALUE));
    }
  }

  private static void button(ArrayNode buttons, String text, int style, String key) {
    buttons.addObject().put("type", 0).put("text", text).put("style", style).put("key", key);
  }

  /** Grade and hazard first, so that no cut loses them; the headline where they are not given. */
  private static String title(Message message) {
    String hazard = TemplateFields.plain(message.field(Field.HAZARD));
    String grade = TemplateFields.plain(message.field(Field.GRADE));
    String headline = TemplateFields.plain(message.field(Field.HEADLINE));
    String title =
        !hazard.isEmpty() && !grade.isEmpty()
            ? hazard + grade + "预警"
            : headline.isEmpty() ? words(message) : headline;
    String mark = TemplateFields.mark(message.content());
    if (!mark.isEmpty() && title.startsWith(TemplateFields.DRILL)) {
      title = title.substring(TemplateFields.DRILL.length());
    }
    return TemplateFields.cut(mark + title, TITLE);
  }

  private static String words(Message message) {
    String text = TemplateFields.plain(message.content().text());
    boolean unmarked = message.content().drill() && !text.startsWith(TemplateFields.DRILL);
    return unmarked ? TemplateFields.DRILL + text : text;
  }

  private static String fitted(String field, String text, int limit) {
    return text.length() <= limit ? text : TemplateFields.shorten(field, text, limit);
  }

  /** The most characters that fit into so many bytes of UTF-8, an ellipsis last. */
  static String bytes(String text, int most) {
    if (text.getBytes(StandardCharsets.UTF_8).length <= most) {
      return text;
    }
    int room = most - "…".getBytes(StandardCharsets.UTF_8).length;
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      String next = Character.toString(text.codePointAt(i));
      room -= next.getBytes(StandardCharsets.UTF_8).length;
      if (room < 0) {
        break;
      }
      kept.append(next);
    }
    return kept + "…";
  }
}
