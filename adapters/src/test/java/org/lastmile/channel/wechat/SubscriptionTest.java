package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.SUBSCRIBE_SEND;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.reset;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.wechat.WeChatConfig.OfficialAccount.Via;

/** Subscription messages instead of template messages, by configuration alone. */
class SubscriptionTest {
  private Desk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new Desk(Desk.QUICK, Via.SUBSCRIPTION);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void a_warning_goes_through_the_other_door_with_the_same_fields() throws Exception {
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.sent()).as("no template message").isEmpty();
    JsonNode body = desk.platform.calls(SUBSCRIBE_SEND).get(0);
    assertThat(body.path("touser").asText()).isEqualTo(Desk.OPENID);
    assertThat(body.path("template_id").asText()).isEqualTo("TPL");
    assertThat(body.path("page").asText()).isEqualTo("http://localhost/w/1");
    assertThat(body.path("data").path("phrase2").path("value").asText()).isEqualTo("红色");
    assertThat(body.has("client_msg_id")).isFalse();
  }

  @Test
  void code_43101_is_permanent_for_that_message_alone() throws Exception {
    desk.platform.next(SUBSCRIBE_SEND, errcode(43101));
    assertThat(((Outcome.Permanent) desk.send("w1-1.1")).why()).startsWith("43101: ");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void an_unknown_send_is_never_repeated_because_the_platform_knows_no_repeats() throws Exception {
    desk.platform.next(SUBSCRIBE_SEND, reset());
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    assertThat(((Outcome.Unknown) desk.send("w1-1.2")).why()).contains("not repeated");
    assertThat(desk.platform.calls(SUBSCRIBE_SEND)).hasSize(1);
  }

  @Test
  void who_refused_the_template_is_not_written_to_until_they_agree() throws Exception {
    desk.listening();
    says("reject", "ANOTHER");
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Accepted.class);
    says("reject", "TPL");
    assertThat(((Outcome.Permanent) desk.send("w1-2.1")).why()).contains("refused");
    assertThat(desk.platform.calls(SUBSCRIBE_SEND)).hasSize(1);
    says("accept", "TPL");
    assertThat(desk.send("w1-3.1")).isInstanceOf(Outcome.Accepted.class);
    says("reject", "TPL");
    desk.memory.away(true);
    assertThat(desk.send("w1-4.1"))
        .as("with the store away the platform itself refuses")
        .isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void a_template_message_needs_no_consent() throws Exception {
    try (Desk template = new Desk()) {
      template.listening();
      says(template, "reject", "TPL");
      assertThat(template.send("w1-1.1")).isInstanceOf(Outcome.Accepted.class);
    }
  }

  private void says(String status, String template) throws Exception {
    says(desk, status, template);
  }

  private static void says(Desk desk, String status, String template) throws Exception {
    String xml =
        """
        <xml><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType>
        <Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent><List>
        <TemplateId>%s</TemplateId><SubscribeStatusString>%s</SubscribeStatusString>
        </List></SubscribeMsgPopupEvent></xml>"""
            .formatted(Desk.OPENID, desk.clock.instant().getEpochSecond(), template, status);
    desk.clock.move(Duration.ofSeconds(1)); // two at one time would be one
    String time = Long.toString(desk.clock.instant().getEpochSecond());
    Map<String, String> query =
        Map.of(
            "timestamp",
            time,
            "nonce",
            "n",
            "signature",
            CallbackCrypto.signature("callback-token", time, "n"));
    assertThat(
            desk.channel
                .callback()
                .receive(query, xml.getBytes(UTF_8))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .status())
        .isEqualTo(200);
  }

  @Test
  void the_quota_is_that_of_the_door_in_use() {
    desk.listening();
    await()
        .untilAsserted(
            () ->
                assertThat(desk.platform.calls("/cgi-bin/openapi/quota/get"))
                    .extracting(body -> body.path("cgi_path").asText())
                    .containsExactly("/cgi-bin/message/subscribe/bizsend"));
  }
}
