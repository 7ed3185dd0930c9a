package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A topic says who speaks, so nothing in it may be taken for more than it is. */
class TopicsTest {
  @Test
  void a_device_has_a_topic_for_receipts_and_one_for_its_state() {
    assertThat(Topics.fromDevice("lm/v1/d/LS-1/rcpt"))
        .contains(new Topics.FromDevice("LS-1", true));
    assertThat(Topics.fromDevice("lm/v1/d/大喇叭1/state"))
        .contains(new Topics.FromDevice("大喇叭1", false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lm/v1/d/",
        "lm/v1/d/LS-1",
        "lm/v1/d//rcpt",
        "lm/v1/d/LS-1/",
        "lm/v1/d/LS-1/cmd",
        "lm/v1/d/LS-1/rcpt/",
        "lm/v1/d/LS-1/rcpt/more",
        "lm/v1/d/LS-1/LS-2/rcpt",
        "lm/v1/d/LS 1/rcpt",
        "lm/v1/d/+/rcpt",
        "lm/v1/d/#/rcpt",
        "lm/v1/a/LS-1/rcpt",
        "/lm/v1/d/LS-1/rcpt",
        "lm/v1/d/LS-1/RCPT",
        "lm/v1/d/LS-1\n/rcpt"
      })
  void nothing_else_comes_from_a_device(String topic) {
    assertThat(Topics.fromDevice(topic)).isEmpty();
  }

  @Test
  void an_id_has_1_to_64_characters_however_many_bytes_each_takes() {
    assertThat(Topics.isDevice(null)).isFalse();
    assertThat(Topics.isDevice("a".repeat(64))).isTrue();
    assertThat(Topics.isDevice("a".repeat(65))).isFalse();
    assertThat(Topics.isDevice("𠮷".repeat(64))).isTrue();
    assertThat(Topics.isDevice("𠮷".repeat(65))).isFalse();
    assertThat(Topics.isDevice("a\tb")).isFalse();
    assertThat(Topics.isDevice("a\u0085b")).isFalse();
  }
}
