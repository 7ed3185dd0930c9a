package org.lastmile.channel.wechat;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;

/**
 * Fits a message into the template's narrow fields. What must survive any cut: the drill mark, what
 * kind of message it is, grade, hazard, the first place and how many more, the first clause of the
 * action. The full text is behind the link.
 */
final class TemplateFields {
  private static final DateTimeFormatter ISSUED =
      DateTimeFormatter.ofPattern("yyyy年MM月dd日 HH:mm").withZone(ZoneId.of("Asia/Shanghai"));

  private static final Pattern UNSHOWN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}]+");
  private static final Pattern NOT_CHINESE = Pattern.compile("\\P{IsHan}");

  static final String DRILL = "【演练】";

  private final Map<String, List<String>> template;

  TemplateFields(Map<String, List<String>> template) {
    this.template = template;
  }

  /**
   * @param values by template field, each within its type's limit
   * @param problems what can't be shown in its field's type; empty = fit to be sent
   */
  record Filled(Map<String, String> values, List<String> problems) {}

  Filled fill(Message message) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    String mark = mark(message.content());
    for (Map.Entry<String, List<String>> entry : template.entrySet()) {
      FieldType type = FieldType.of(entry.getKey()).orElseThrow();
      String value;
      if (type == FieldType.THING) {
        value = thing(message, entry.getValue(), mark);
        mark = "";
      } else {
        value = strict(type, message, entry.getValue());
      }
      if (type.takes(value)) {
        values.put(entry.getKey(), value);
      } else {
        problems.add(
            entry.getKey() + " can't show " + String.join("+", entry.getValue()) + " as " + type);
      }
    }
    return new Filled(values, problems);
  }

  /** What the first thing field starts with, so that a lift or a drill never reads as a warning. */
  static String mark(Content content) {
    String drill = content.drill() ? DRILL : "";
    return switch (content.kind()) {
      case UPDATE -> drill + "【更新】";
      case LIFT -> drill + "【解除】";
      case TEST -> drill + "【测试】";
      default -> drill;
    };
  }

  private static String thing(Message message, List<String> fields, String mark) {
    List<String> names = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (String field : fields) {
      String part = plain(message.field(field));
      if (!mark.isEmpty() && part.startsWith(DRILL)) {
        part = part.substring(DRILL.length());
      }
      if (!part.isEmpty()) {
        names.add(field);
        parts.add(part);
      }
    }
    if (parts.isEmpty()) {
      names.add(Field.HEADLINE);
      parts.add(instead(message, fields));
    }
    int limit = FieldType.THING.limit() - mark.length();
    for (int over = length(parts) - limit; over > 0; over = length(parts) - limit) {
      int longest = longest(names, parts);
      String part = parts.get(longest);
      String shorter = shorten(names.get(longest), part, Math.max(1, part.length() - over));
      if (shorter.length() >= part.length()) {
        break;
      }
      parts.set(longest, shorter);
    }
    return cut(mark + String.join("", parts), FieldType.THING.limit());
  }

  /** For a field whose parts are all empty: the words themselves for a title, else a pointer. */
  private static String instead(Message message, List<String> fields) {
    boolean title =
        fields.contains(Field.HAZARD)
            || fields.contains(Field.GRADE)
            || fields.contains(Field.HEADLINE);
    String headline = plain(message.field(Field.HEADLINE));
    if (title && !headline.isEmpty()) {
      return headline;
    }
    String text = plain(message.content().text());
    if (title && !text.isEmpty()) {
      return text;
    }
    return message.field(Field.LINK).isEmpty() ? "无" : "请点开查看";
  }

  private static String strict(FieldType type, Message message, List<String> fields) {
    StringBuilder joined = new StringBuilder();
    fields.forEach(f -> joined.append(plain(message.field(f))));
    String value = joined.toString();
    return switch (type) {
      case PHRASE, NAME -> chinese(value, type.limit(), message.content().kind());
      case TIME, DATE -> type.takes(value) ? value : ISSUED.format(message.content().issued());
      case CHARACTER_STRING -> cut(value.replaceAll("[^\\x20-\\x7e]", ""), type.limit());
      default -> value;
    };
  }

  /** The first characters; where there are none, what kind of message it is. */
  private static String chinese(String value, int limit, Content.Kind kind) {
    String han = NOT_CHINESE.matcher(value).replaceAll("");
    if (!han.isEmpty()) {
      int[] first = han.codePoints().limit(limit).toArray();
      return new String(first, 0, first.length);
    }
    return switch (kind) {
      case WARN -> "预警";
      case UPDATE -> "更新";
      case LIFT, STOP -> "解除";
      case TEST -> "测试";
      case NOTICE -> "通知";
    };
  }

  private static int length(List<String> parts) {
    return parts.stream().mapToInt(String::length).sum();
  }

  /** The longest part; the grade only when nothing else is longer than one character. */
  private static int longest(List<String> names, List<String> parts) {
    Comparator<Integer> cuttable =
        Comparator.comparing(
            i -> Field.GRADE.equals(names.get(i)) ? -1 : parts.get(i).length() > 1 ? 1 : -2);
    return IntStream.range(0, parts.size())
        .boxed()
        .max(cuttable.thenComparing(i -> parts.get(i).length()))
        .orElseThrow();
  }

  static String shorten(String field, String text, int limit) {
    return switch (field) {
      case Field.PLACE -> places(text, limit);
      case Field.ACTION -> clause(text, limit);
      default -> cut(text, limit);
    };
  }

  /** As many whole names as fit, then how many there are in all: {@code 上坝、下坝等5处}. */
  private static String places(String text, int limit) {
    List<String> names = List.of(text.split("[、，,;；]+"));
    if (names.size() < 2) {
      return cut(text, limit);
    }
    String rest = "等" + names.size() + "处";
    int fitting = names.size() - 1;
    while (fitting > 1
        && String.join("、", names.subList(0, fitting)).length() + rest.length() > limit) {
      fitting--;
    }
    String shown = String.join("、", names.subList(0, fitting));
    return cut(shown, Math.max(1, limit - rest.length())) + rest;
  }

  /** Whole clauses if that keeps at least a third of the room, else a cut with an ellipsis. */
  private static String clause(String text, int limit) {
    int end = -1;
    for (int i = 0; i <= limit && i < text.length(); i++) {
      if ("，。；！,;!".indexOf(text.charAt(i)) >= 0) {
        end = i;
      }
    }
    return end * 3 >= limit ? text.substring(0, end) : cut(text, limit);
  }

  /**
   * At most that many UTF-16 units (never fewer than any way the platform may count), an ellipsis
   * last, never half a character.
   */
  static String cut(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = limit - 1;
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  /** On one line, without characters that no screen shows. */
  static String plain(String text) {
    return UNSHOWN.matcher(text).replaceAll(" ").strip();
  }
}
