package org.lastmile.simulators.wechat;

import java.time.Instant;
import java.util.List;

/**
 * What a member sees: a message of the application, or words that it answered with.
 *
 * @param msgId as the API gave it; empty for an answer
 * @param type text, markdown, textcard, template_card
 * @param title of a card, else empty
 * @param description what stands below, or the whole text
 * @param url that opens when the message is touched; may be empty
 * @param taskId of a button card, else empty
 * @param replacedBy what stands in place of the buttons once they were updated; else empty
 */
public record WeComMessage(
    String msgId,
    String userid,
    String type,
    String title,
    String description,
    String url,
    String taskId,
    List<Button> buttons,
    String replacedBy,
    boolean recalled,
    Instant at) {

  /**
   * One button of a card.
   *
   * @param key that the callback brings back
   * @param style 1 blue, 2 blue letters, 3 red letters, 4 black letters
   */
  public record Button(String key, String text, int style) {}

  public WeComMessage {
    buttons = List.copyOf(buttons);
  }

  /** Title and what stands below. */
  public String text() {
    return title.isEmpty() ? description : title + "\n" + description;
  }

  /** Whether it has that button and it still works. */
  public boolean canClick(String key) {
    return !recalled
        && replacedBy.isEmpty()
        && buttons.stream().anyMatch(button -> button.key().equals(key));
  }

  WeComMessage replacedBy(String words) {
    return with(words, recalled);
  }

  WeComMessage withdrawn() {
    return with(replacedBy, true);
  }

  private WeComMessage with(String newWords, boolean nowRecalled) {
    return new WeComMessage(
        msgId, userid, type, title, description, url, taskId, buttons, newWords, nowRecalled, at);
  }
}
