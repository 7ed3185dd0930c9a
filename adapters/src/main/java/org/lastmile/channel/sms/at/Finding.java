package org.lastmile.channel.sms.at;

import java.util.Arrays;
import java.util.List;

/**
 * One {@link Trouble} of one port, with what there is to name.
 *
 * @param details behind the port, in the order of the trouble's words; each a text, or a finding
 *     that is said in the same language
 */
public record Finding(Trouble trouble, String port, List<Object> details) {
  /** Nothing is wrong. */
  public static final Finding NONE = new Finding(Trouble.NONE, "", List.of());

  public Finding {
    details = List.copyOf(details);
  }

  public static Finding of(Trouble trouble, String port, Object... details) {
    return new Finding(trouble, port, Arrays.asList(details));
  }

  public boolean none() {
    return trouble == Trouble.NONE;
  }

  /** For people, in English; empty when nothing is wrong. */
  public String words() {
    return trouble.english().formatted(arguments(false));
  }

  /** For people, in Chinese; empty when nothing is wrong. */
  public String wordsInChinese() {
    return trouble.chinese().formatted(arguments(true));
  }

  /** Both. */
  public Said said() {
    return new Said(words(), wordsInChinese());
  }

  private Object[] arguments(boolean chinese) {
    Object[] all = new Object[details.size() + 1];
    all[0] = port;
    for (int i = 0; i < details.size(); i++) {
      Object detail = details.get(i);
      if (detail instanceof Finding why) {
        all[i + 1] = chinese ? why.wordsInChinese() : why.words();
      } else if (detail instanceof Said said) {
        all[i + 1] = chinese ? said.chinese() : said.english();
      } else {
        all[i + 1] = detail;
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return words();
  }
}
