package org.lastmile.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.jsmpp.bean.SubmitSm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.sms.pdu.Words;

/** A carrier by SMPP, by a config entry only: what its centre gets, and what its answers mean. */
class SmppCarrierTest {
  private static final Message SAMPLE = ChannelContract.message("w1-0.1", "13800000001");
  private static final Instant NOW = SAMPLE.content().issued();

  private final DefaultCamelContext camel = new DefaultCamelContext();
  private SmppCentre centre;
  private CarrierChannel channel;

  @BeforeEach
  void start() throws IOException {
    centre = new SmppCentre();
    camel.start();
    channel =
        new CarrierChannel(
            "carrier",
            "smpp://warn@localhost:%d?password=secret&systemType=&sourceAddr=106900001&registeredDelivery=0&transactionTimer=1000&reconnectDelay=100&initialReconnectDelay=100"
                .formatted(centre.port()),
            camel,
            Clock.fixed(NOW, ZoneOffset.UTC),
            (text, mark) -> Words.inUcs2(text, mark).parts());
  }

  @AfterEach
  void stop() throws IOException {
    channel.close();
    camel.stop();
    centre.close();
  }

  private Outcome send(Message message) {
    return channel.send(message).toCompletableFuture().join();
  }

  /** The sample with these words. */
  private static Message saying(String text, boolean drill, Set<Message.Mark> marks) {
    Content like = SAMPLE.content();
    Content content =
        new Content(
            like.id(),
            like.kind(),
            like.about(),
            text,
            like.fields(),
            like.speech(),
            like.issued(),
            NOW.plus(Duration.ofMinutes(90)),
            like.priority(),
            drill,
            like.targets(),
            like.supersedes());
    return new Message(SAMPLE.attempt(), "+86 138-0000-0001", content, Map.of("code", "37"), marks);
  }

  @Test
  void a_warning_arrives_with_its_number_its_words_and_its_end() {
    Outcome outcome = send(saying("立即转移，回复{code}", false, Set.of()));
    assertThat(outcome).isEqualTo(new Outcome.Accepted(List.of("id-1")));
    SubmitSm got = centre.taken.get(0);
    assertThat(got.getDestAddress()).isEqualTo("8613800000001");
    assertThat(got.getDestAddrTon()).isEqualTo((byte) 1);
    assertThat(got.getSourceAddr()).isEqualTo("106900001");
    assertThat(got.getDataCoding()).isEqualTo((byte) 0x08);
    assertThat(got.getValidityPeriod()).isEqualTo("000000013000000R");
    assertThat(got.isUdhi()).isFalse();
    assertThat(centre.text()).isEqualTo("立即转移，回复37");
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_long_text_arrives_whole_although_a_cut_would_fall_into_an_emoji() {
    String text = "字".repeat(66) + "👨‍👩‍👧" + "转移".repeat(60) + "😀";
    Outcome outcome = send(saying(text, false, Set.of()));
    assertThat(outcome).isEqualTo(new Outcome.Accepted(List.of("id-1", "id-2", "id-3")));
    assertThat(centre.text()).isEqualTo(text);
    assertThat(SmppCentre.words(centre.taken.get(0))).isEqualTo("字".repeat(66));
    assertThat(centre.taken)
        .allMatch(SubmitSm::isUdhi)
        .allMatch(part -> part.getShortMessage().length <= 140)
        .extracting(part -> part.getShortMessage()[3])
        .containsOnly(centre.taken.get(0).getShortMessage()[3]);
  }

  @Test
  void two_messages_to_one_person_have_two_references() {
    Message longOne = saying("转移".repeat(50), false, Set.of());
    send(longOne);
    send(longOne);
    assertThat(centre.taken).hasSize(4);
    assertThat(centre.taken.get(0).getShortMessage()[3])
        .isNotEqualTo(centre.taken.get(2).getShortMessage()[3]);
  }

  @Test
  void every_part_of_a_drill_says_so_and_a_flash_is_class_0() {
    send(saying("转移".repeat(80), true, Set.of(Message.Mark.FLASH)));
    assertThat(centre.taken)
        .hasSize(3)
        .allMatch(part -> SmppCentre.words(part).startsWith("【演练】"))
        .allMatch(part -> part.getDataCoding() == 0x18);
  }

  @ParameterizedTest
  @CsvSource({
    "11, Permanent, carrier: SMPP 0B: recipient's number refused",
    "20, Retry, carrier: SMPP 14: the centre's queue is full",
    "88, Retry, carrier: SMPP 58: too fast: lower per-minute",
    "10, LaneDown, carrier: SMPP 0A: sender's address refused: see sourceAddr",
    "1025, Retry, carrier: SMPP 401: not in our table"
  })
  void a_refusal_says_whether_to_try_again(int status, String outcome, String why) {
    centre.answers(status);
    Outcome said = send(SAMPLE);
    assertThat(said.getClass().getSimpleName()).isEqualTo(outcome);
    assertThat(said.toString()).contains(why);
  }

  @Test
  void a_long_message_whose_second_part_is_refused_is_tried_again_as_a_whole() {
    centre.answers(0, 0x14);
    Message longOne = saying("转移".repeat(50), false, Set.of());
    assertThat(send(longOne)).isInstanceOf(Outcome.Retry.class);
    assertThat(send(longOne)).isInstanceOf(Outcome.Accepted.class);
    assertThat(centre.taken).hasSize(3);
  }

  @Test
  void a_centre_that_takes_it_and_never_says_so_leaves_the_outcome_unknown() {
    centre.goesMute();
    assertThat(send(SAMPLE)).isInstanceOf(Outcome.Unknown.class);
    assertThat(channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }

  @Test
  void a_centre_that_is_away_is_a_lane_that_is_down() throws IOException {
    assertThat(send(SAMPLE)).isInstanceOf(Outcome.Accepted.class);
    centre.close();
    Awaitility.await()
        .untilAsserted(() -> assertThat(send(SAMPLE)).isInstanceOf(Outcome.LaneDown.class));
    assertThat(channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }

  @Test
  void a_centre_that_was_never_there_is_a_lane_that_is_down() throws IOException {
    centre.close();
    assertThat(send(SAMPLE)).isInstanceOf(Outcome.LaneDown.class);
  }

  @Test
  void what_is_no_number_and_what_has_no_words_is_refused_before_it_leaves() {
    assertThat(send(ChannelContract.message("w1-0.2", "oOpenid")))
        .isInstanceOf(Outcome.Permanent.class);
    assertThat(send(saying(" ", false, Set.of()))).isInstanceOf(Outcome.Permanent.class);
    assertThat(centre.taken).isEmpty();
  }
}
