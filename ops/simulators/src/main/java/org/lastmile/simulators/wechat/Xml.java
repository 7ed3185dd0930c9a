package org.lastmile.simulators.wechat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The flat XML of callbacks: one level, CDATA or plain text. */
final class Xml {
  private Xml() {}

  /** Text of the first element of that name. */
  static String text(String xml, String name) {
    Matcher found =
        Pattern.compile("(?s)<" + name + ">(?:<!\\[CDATA\\[(.*?)]]>|([^<]*))</" + name + ">")
            .matcher(xml);
    if (!found.find()) {
      throw new IllegalArgumentException("no <" + name + "> in " + xml);
    }
    return found.group(1) != null ? found.group(1) : found.group(2);
  }

  /** An element whose text is CDATA; an end mark in the text is cut in two sections. */
  static String element(String name, String text) {
    String safe = text.replace("]]>", "]]]]><![CDATA[>");
    return "<" + name + "><![CDATA[" + safe + "]]></" + name + ">";
  }

  static String number(String name, long number) {
    return "<" + name + ">" + number + "</" + name + ">";
  }
}
