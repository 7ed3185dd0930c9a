package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The content of a message/send, read and checked as WeCom does: what is too long is cut, what is
 * missing is refused.
 */
record Draft(
    String type,
    String title,
    String description,
    String url,
    String taskId,
    List<WeComMessage.Button> buttons) {
  private static final int BAD_ARGUMENT = 40058;
  private static final int MAX_TEXT = 2048;
  private static final int MAX_CARD_TITLE = 128;
  private static final int MAX_CARD_DESCRIPTION = 512;
  private static final int MAX_BUTTONS = 6;
  private static final int MAX_KEY = 1024;
  private static final Pattern TASK_ID = Pattern.compile("[A-Za-z0-9_@-]{1,128}");

  Draft {
    buttons = List.copyOf(buttons);
  }

  static Draft of(JsonNode body) throws Refused {
    String type = body.path("msgtype").asText();
    JsonNode content = body.path(type);
    return switch (type) {
      case "text", "markdown" ->
          new Draft(type, "", cut(wanted(content, "content"), MAX_TEXT), "", "", List.of());
      case "textcard" ->
          new Draft(
              type,
              cut(wanted(content, "title"), MAX_CARD_TITLE),
              cut(wanted(content, "description"), MAX_CARD_DESCRIPTION),
              wanted(content, "url"),
              "",
              List.of());
      case "template_card" -> card(content);
      default -> throw new Refused(40008, "invalid message type: " + type);
    };
  }

  private static Draft card(JsonNode card) throws Refused {
    String type = card.path("card_type").asText();
    boolean hasButtons = type.equals("button_interaction");
    if (!hasButtons && !type.equals("text_notice")) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, card_type: " + type);
    }
    String taskId = card.path("task_id").asText();
    if (hasButtons ? !taskId(taskId) : !taskId.isEmpty() && !taskId(taskId)) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, task_id: " + taskId);
    }
    JsonNode title = card.path("main_title");
    String below =
        String.join("\n", title.path("desc").asText(), card.path("sub_title_text").asText());
    return new Draft(
        "template_card",
        wanted(title, "title"),
        below.strip(),
        card.path("card_action").path("url").asText(),
        taskId,
        hasButtons ? buttons(card.path("button_list")) : List.of());
  }

  private static boolean taskId(String id) {
    return TASK_ID.matcher(id).matches();
  }

  private static List<WeComMessage.Button> buttons(JsonNode list) throws Refused {
    if (list.isEmpty() || list.size() > MAX_BUTTONS) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, button_list: 1 to 6 buttons");
    }
    List<WeComMessage.Button> buttons = new ArrayList<>();
    for (JsonNode button : list) {
      String key = button.path("key").asText();
      if (octets(key) > MAX_KEY || (button.path("type").asInt() == 0 && key.isEmpty())) {
        throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, button_list.key");
      }
      buttons.add(
          new WeComMessage.Button(key, wanted(button, "text"), button.path("style").asInt(1)));
    }
    return buttons;
  }

  private static String wanted(JsonNode node, String field) throws Refused {
    String value = node.path(field).asText();
    if (value.isEmpty()) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, " + field + " is missing");
    }
    return value;
  }

  static int octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The beginning that fits, no character broken. */
  private static String cut(String text, int maxOctets) {
    int end = text.length();
    while (octets(text.substring(0, end)) > maxOctets) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end);
  }
}
