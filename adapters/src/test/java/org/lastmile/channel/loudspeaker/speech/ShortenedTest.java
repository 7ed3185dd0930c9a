package org.lastmile.channel.loudspeaker.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortenedTest {
  private static final String TEXT =
      "演练，这是演练。绵阳市气象台发布暴雨红色预警，过去三小时降雨量已达一百毫米以上。上坝滑坡附近的群众请注意，请立即组织危险区全部人员转移。"
          + "请沿村道撤到村小学。听到广播请相互转告。这是演练。";
  private static final String PLACE = "上坝滑坡";
  private static final String ACTION = "立即组织危险区全部人员转移";

  private static SpeakerProfile taking(int longest, boolean bytes) {
    return new SpeakerProfile(
        "test",
        null,
        null,
        false,
        new Spoken(true, true, false),
        Charset.forName("GBK"),
        longest,
        bytes,
        List.of());
  }

  private static String cut(int longest, boolean bytes) {
    return new Shortened(taking(longest, bytes)).cut(TEXT, PLACE, ACTION, true);
  }

  @Test
  void what_fits_is_left_alone() {
    assertThat(cut(TEXT.length(), false)).isEqualTo(TEXT);
  }

  @Test
  void what_is_too_long_loses_whole_sentences_but_never_place_action_and_mark() {
    for (int longest = 45; longest < TEXT.length(); longest++) {
      String text = cut(longest, false);
      assertThat(text).as("%d", longest).hasSizeLessThanOrEqualTo(longest);
      assertThat(text).startsWith("演练").contains(PLACE, ACTION).endsWith("。");
    }
  }

  @Test
  void the_rest_is_kept_in_its_order_while_there_is_room() {
    assertThat(cut(70, false))
        .isEqualTo("演练，这是演练。上坝滑坡附近的群众请注意，请立即组织危险区全部人员转移。请沿村道撤到村小学。听到广播请相互转告。这是演练。");
  }

  @Test
  void bytes_of_the_devices_own_charset_count() {
    String text = cut(140, true);
    assertThat(text.getBytes(Charset.forName("GBK"))).hasSizeLessThanOrEqualTo(140);
    assertThat(text).startsWith("演练").contains(PLACE, ACTION);
  }

  @Test
  void with_room_for_next_to_nothing_the_action_stays_and_the_place_is_cut() {
    assertThat(cut(25, false)).isEqualTo("这是演练。上坝滑坡，请立即组织危险区全部人员转移。");
    assertThat(cut(22, false)).isEqualTo("这是演练。上坝请立即组织危险区全部人员转移。");
    assertThat(cut(6, false)).hasSize(6).startsWith("这是演练。");
  }

  @Test
  void a_text_without_place_and_action_begins_at_its_beginning() {
    assertThat(new Shortened(taking(12, false)).cut("今天下午三点停水。请各家备水。明天恢复供水。", "", "", false))
        .isEqualTo("今天下午三点停水。");
  }
}
