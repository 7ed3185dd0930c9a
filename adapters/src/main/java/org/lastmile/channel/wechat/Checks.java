package org.lastmile.channel.wechat;

import java.net.URI;
import java.util.Base64;
import java.util.List;

/** What both platforms' configurations are checked for. No message shows the value of a secret. */
final class Checks {
  private Checks() {}

  static void url(List<String> problems, String name, URI url, String usual) {
    if (url == null
        || url.getHost() == null
        || !List.of("http", "https").contains(url.getScheme())) {
      problems.add(name + ": is not an http or https address; use " + usual);
    }
  }

  static void needed(List<String> problems, String name, String value) {
    if (value == null || value.isBlank()) {
      problems.add(name + ": is missing");
    }
  }

  /** An EncodingAESKey, or nothing. */
  static void key(List<String> problems, String name, String value) {
    if (value.isEmpty()) {
      return;
    }
    try {
      if (value.length() == 43 && Base64.getDecoder().decode(value + "=").length == 32) {
        return;
      }
    } catch (IllegalArgumentException notBase64) {
      // said below, without the key itself
    }
    problems.add(name + ": is not the 43 letters and digits that the platform shows");
  }
}
