package org.lastmile.channel.loudspeaker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.channel.Content;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Speech;

/** What we write is the golden frames byte for byte, and what devices may write is understood. */
class GoldenFramesTest {
  private static final Instant ISSUED = Instant.ofEpochSecond(1_795_318_200);
  private static final long EPOCH = 1_795_276_800;
  private static final String CLIP =
      "e899537b4c9149cd5edb2000ea1e14f1d8eb76be0ceec7868ad01c7e389eb5b9";
  private static final Speech ALERT = new Speech(3, Duration.ofSeconds(2), 100, "alert", null, "");

  @Test
  void a_warning_for_an_area_is_written_byte_for_byte() throws IOException {
    Content content =
        content(
            "w1-red",
            Content.Kind.WARN,
            1,
            "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。",
            ALERT,
            List.of("510723104000"),
            List.of());
    assertThat(Signer.body(content, "LS-0001", new Sequence.Place(EPOCH, 101)))
        .isEqualTo(golden("command-warn.body.json"));
  }

  @Test
  void a_content_without_targets_is_signed_for_its_one_device() throws IOException {
    Content content =
        content(
            "w1-red-ls1",
            Content.Kind.WARN,
            1,
            "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。",
            ALERT,
            List.of(),
            List.of());
    assertThat(Signer.body(content, "LS-0001", new Sequence.Place(EPOCH, 102)))
        .isEqualTo(golden("command-warn-one-device.body.json"));
  }

  @Test
  void an_update_supersedes_in_one_command() throws IOException {
    Content content =
        content(
            "w1-red-2",
            Content.Kind.UPDATE,
            1,
            "【测试镇】暴雨红色预警更新：上坝滑坡点、下坝河段请立即转移到村小学。",
            ALERT,
            List.of("510723104000"),
            List.of("w1-red"));
    assertThat(Signer.body(content, "LS-0001", new Sequence.Place(EPOCH, 103)))
        .isEqualTo(golden("command-update.body.json"));
  }

  @Test
  void a_lift_ends_both_and_speaks() throws IOException {
    Content content =
        content(
            "w1-lift",
            Content.Kind.LIFT,
            0,
            "【测试镇】暴雨红色预警解除。未经通知不得返回。",
            new Speech(1, Duration.ZERO, 100, "all-clear", null, ""),
            List.of("510723104000"),
            List.of("w1-red", "w1-red-2"));
    assertThat(Signer.body(content, "LS-0001", new Sequence.Place(EPOCH, 104)))
        .isEqualTo(golden("command-lift.body.json"));
  }

  @Test
  void a_stop_has_no_words_even_if_its_content_has() throws IOException {
    Content content =
        content(
            "w1-stop",
            Content.Kind.STOP,
            0,
            "these words are for people",
            new Speech(1, Duration.ZERO, 0, "", null, ""),
            List.of("510723104000"),
            List.of("w1-red-2"));
    assertThat(Signer.body(content, "LS-0001", new Sequence.Place(EPOCH, 105)))
        .isEqualTo(golden("command-stop.body.json"));
  }

  @Test
  void a_drill_with_recorded_audio_is_marked_and_carries_its_hash() throws IOException {
    String hash = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b";
    Content content =
        new Content(
            "d1-red",
            Content.Kind.WARN,
            "d1",
            "【演练】这是演练。暴雨红色预警：请立即转移到村小学。这是演练。",
            Map.of(),
            new Speech(
                2,
                Duration.ofSeconds(3),
                90,
                "evacuate",
                URI.create("http://gateway:8080/audio/" + hash + ".wav"),
                hash),
            ISSUED,
            ISSUED.plusSeconds(3600),
            1,
            true,
            List.of("school", "510723104201"),
            List.of());
    assertThat(Signer.body(content, "LS-0001", new Sequence.Place(EPOCH, 107)))
        .isEqualTo(golden("command-drill-audio.body.json"));
  }

  @Test
  void the_test_key_signs_and_wraps_as_the_golden_frame_says() throws IOException {
    JsonNode key = new ObjectMapper().readTree(golden("test-key.json"));
    byte[] seed = Base64.getDecoder().decode(key.get("private").textValue());
    byte[] body = golden("command-warn.body.json");
    SigningKey signing = new SigningKey("test-1", seed);
    Signed signed = Signed.by(signing, body);
    assertThat(signed.wrap("w1-0.1")).isEqualTo(golden("command-warn.json"));
    assertThat(signing.publicKey().base64()).isEqualTo(key.get("public").textValue());
  }

  @Test
  void five_bodies_under_one_signature_are_written_byte_for_byte() throws IOException {
    List<byte[]> bodies = new java.util.ArrayList<>();
    bodies.add(golden("tree-first.body.json"));
    for (int i = 1; i < 4; i++) {
      bodies.add(("{\"v\":1,\"type\":\"command\",\"leaf\":" + i + "}").getBytes(UTF_8));
    }
    bodies.add(golden("tree-last.body.json"));
    List<Signed> all = Signed.all(key("test-key.json"), bodies);
    assertThat(all.get(0).wrap("tree-1.1")).isEqualTo(golden("tree-first.json"));
    assertThat(all.get(4).wrap("tree-2.1")).isEqualTo(golden("tree-last.json"));
  }

  @Test
  void a_floor_is_written_and_signed_byte_for_byte() throws IOException {
    byte[] body =
        Documents.floor(
            "floor-1",
            "LS-0001",
            "5f3a9c01d2e4b687",
            ISSUED.getEpochSecond(),
            new Sequence.Place(EPOCH, 100),
            List.of("w0-red"));
    assertThat(body).isEqualTo(golden("floor.body.json"));
    assertThat(Signed.by(key("test-key.json"), body).wrap("floor-1.1"))
        .isEqualTo(golden("floor.json"));
  }

  @Test
  void configurations_and_requests_for_a_report_are_written_byte_for_byte() throws IOException {
    Documents.Span hour =
        new Documents.Span(ISSUED.getEpochSecond(), ISSUED.getEpochSecond() + 3600);
    DeviceSettings settings =
        new DeviceSettings(
            80,
            Duration.ofSeconds(20),
            java.time.LocalTime.of(18, 0),
            java.time.LocalTime.of(21, 0),
            List.of("school", "river"));
    assertThat(
            Documents.instruction(
                "config-1", "LS-0001", settings, new Sequence.Place(EPOCH, 120), hour))
        .isEqualTo(golden("config.body.json"));
    assertThat(
            Documents.instruction(
                "report-1", "LS-0001", null, new Sequence.Place(EPOCH, 121), hour))
        .isEqualTo(golden("report.body.json"));
  }

  @Test
  void a_clip_to_keep_is_written_byte_for_byte() throws Exception {
    byte[] body =
        Documents.preload(
            "preload-1",
            "LS-0001",
            java.net.URI.create("http://gateway.example:8080/audio/" + CLIP + ".wav"),
            CLIP,
            new Sequence.Place(EPOCH, 122),
            new Documents.Span(ISSUED.getEpochSecond(), ISSUED.getEpochSecond() + 3600));
    assertThat(body).isEqualTo(golden("preload.body.json"));
    assertThat(Signed.by(key("test-key.json"), body).wrap("preload-1.1"))
        .isEqualTo(golden("preload.json"));
  }

  @Test
  void a_configured_state_says_by_what_and_how_its_test_went() throws Exception {
    DeviceState state = DeviceState.read(golden("state-heartbeat-configured.json"), ISSUED, false);
    assertThat(state.facts())
        .containsEntry("config", "config-1")
        .containsEntry("last", "report-1")
        .containsEntry("test", "played, heard");
    assertThat(
            Receipt.read(golden("receipt-played-measured.json"))
                .confirms("a", "LS-0001", ISSUED, 10)
                .facts())
        .containsEntry("sensor", "microphone")
        .containsEntry("level", "71.5");
  }

  @Test
  void key_lists_and_recoveries_are_written_and_signed_byte_for_byte() throws IOException {
    SigningKey first = key("test-key.json");
    SigningKey next = key("test-key-next.json");
    SigningKey recovery = key("test-key-recovery.json");
    TrustDocument two =
        TrustDocument.keys(
            first,
            new Edition(0, ISSUED.getEpochSecond()),
            List.of(
                TrustedKey.command(first.publicKey()),
                TrustedKey.command(next.publicKey()),
                TrustedKey.recovery(recovery.publicKey())));
    assertThat(two.wrap("keys-1.1")).isEqualTo(golden("keys-two.json"));
    TrustDocument retired =
        TrustDocument.keys(
            next,
            new Edition(0, ISSUED.getEpochSecond() + 60),
            List.of(TrustedKey.command(next.publicKey())));
    assertThat(retired.wrap("keys-2.1")).isEqualTo(golden("keys-retired.json"));
    TrustDocument anew =
        TrustDocument.recovery(
            recovery,
            List.of(
                TrustedKey.command(next.publicKey()), TrustedKey.recovery(recovery.publicKey())),
            ISSUED.plusSeconds(100));
    assertThat(anew.wrap("recovery-1.1")).isEqualTo(golden("recovery.json"));
  }

  @Test
  void a_state_tells_boot_need_and_trust() throws Exception {
    DeviceState needy = DeviceState.read(golden("state-birth-needs-floor.json"), ISSUED, false);
    assertThat(needy.needsFloor()).isTrue();
    assertThat(needy.boot()).isEqualTo("5f3a9c01d2e4b687");
    assertThat(needy.facts()).containsEntry("needs", "floor");
    DeviceState fine = DeviceState.read(golden("state-heartbeat-floor-taken.json"), ISSUED, false);
    assertThat(fine.needsFloor()).isFalse();
    assertThat(fine.trust()).isEqualTo(new Edition(0, ISSUED.getEpochSecond()));
    DeviceState old = DeviceState.read(golden("state-birth.json"), ISSUED, false);
    assertThat(old.needsFloor()).isFalse();
    assertThat(old.trust()).isEqualTo(Edition.NONE);
  }

  @Test
  void only_a_refusal_for_want_of_a_floor_asks_for_one() throws Exception {
    assertThat(Receipt.read(golden("receipt-refused-no-floor.json")).wantsFloor()).isTrue();
    assertThat(Receipt.read(golden("receipt-refused-not-for-me.json")).wantsFloor()).isFalse();
  }

  private static SigningKey key(String name) throws IOException {
    return SigningKey.parse(new String(golden(name), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void one_content_for_many_devices_is_signed_once() {
    MemoryInHeap memory = new MemoryInHeap();
    Signer signer = new Signer(new Sequence(memory, InstantSource.fixed(ISSUED)));
    Content shared =
        content("c1", Content.Kind.WARN, 1, "text", ALERT, List.of("510723104000"), List.of());
    Content alone = content("c2", Content.Kind.WARN, 1, "text", ALERT, List.of(), List.of());
    assertThat(signer.write(shared, "a")).isSameAs(signer.write(shared, "b"));
    assertThat(signer.write(alone, "a")).isNotSameAs(signer.write(alone, "b"));
  }

  @ParameterizedTest
  @CsvSource({
    "receipt-received, RECEIVED, ''",
    "receipt-playing, PLAYING, ''",
    "receipt-played, PLAYED, ''",
    "receipt-played-heard, PLAYED, ''",
    "receipt-played-no-clock, PLAYED, ''",
    "receipt-played-muted, PLAYED_UNHEARD, 'muted'",
    "receipt-played-quiet, PLAYED_UNHEARD, 'volume 5, audible from 30'",
    "receipt-played-not-heard, PLAYED_UNHEARD, 'its own sensor heard nothing'",
    "receipt-played-measured, PLAYED_UNHEARD, 'volume 20, audible from 30'",
    "receipt-done, RECEIVED, ''",
    "receipt-preload-done, RECEIVED, ''",
    "receipt-preload-failed, FAILED, 'AUDIO_HASH'",
    "receipt-stopped, STOPPED, 'STOPPED'",
    "receipt-stop-done, STOPPED, 'DONE'",
    "receipt-failed, FAILED, 'NO_SOUND: amplifier draws no current'",
    "receipt-expired, EXPIRED, 'device clock is off by 3600 s'",
    "receipt-refused-bad-signature, REFUSED, 'BAD_SIGNATURE'",
    "receipt-refused-not-for-me, FAILED, 'NOT_FOR_ME'",
    "receipt-refused-no-floor, REFUSED, 'NO_FLOOR'",
    "receipt-refused-malformed, REFUSED, 'MALFORMED: not JSON'"
  })
  void every_receipt_proves_what_it_says(String name, Evidence evidence, String why)
      throws Exception {
    Receipt receipt = Receipt.read(golden(name + ".json"));
    var confirmation = receipt.confirms("a1", "LS-0001", ISSUED, 30);
    assertThat(confirmation.evidence()).isEqualTo(evidence);
    assertThat(confirmation.why()).isEqualTo(why);
    assertThat(confirmation.facts()).containsEntry("device", "LS-0001");
  }

  @ParameterizedTest
  @CsvSource({
    "state-birth, BIRTH, ''",
    "state-heartbeat, HEARTBEAT, ''",
    "state-offline-will, OFFLINE, ''",
    "state-offline-bye, OFFLINE, ''",
    "state-heartbeat-weak, HEARTBEAT,"
        + " 'muted, no mains power, battery below 20 %, signal below -105 dBm'"
  })
  void every_state_tells_what_is_wrong(String name, DeviceState.Type type, String complaints)
      throws Exception {
    DeviceState state = DeviceState.read(golden(name + ".json"), ISSUED, false);
    assertThat(state.type()).isEqualTo(type);
    assertThat(state.session()).isEqualTo(17);
    assertThat(state.complaints(30).en()).isEqualTo(complaints);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''",
        "null",
        "[]",
        "{\"v\":1",
        "{\"v\":2,\"id\":\"a\",\"outcome\":\"played\"}",
        "{\"v\":1,\"id\":7,\"content\":\"c\",\"outcome\":\"played\"}",
        "{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"sung\"}",
        "{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"played\",\"volume\":\"loud\"}",
        "{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"played\",\"volume\":101}",
        "{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"played\",\"muted\":\"no\"}",
        "{\"v\":1,\"id\":\"a\",\"content\":\"c\",\"outcome\":\"played\",\"at\":-1}",
        "{\"v\":1,\"id\":\"a b\",\"content\":\"c\",\"outcome\":\"played\"}"
      })
  void nonsense_is_unreadable_and_not_an_accident(String payload) {
    assertThatThrownBy(
            () -> Receipt.read(payload.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isInstanceOf(Unreadable.class);
  }

  private static Content content(
      String id,
      Content.Kind kind,
      int priority,
      String text,
      Speech speech,
      List<String> targets,
      List<String> supersedes) {
    return new Content(
        id,
        kind,
        "w1",
        text,
        Map.of(),
        speech,
        ISSUED,
        ISSUED.plusSeconds(3600),
        priority,
        false,
        targets,
        supersedes);
  }

  static byte[] golden(String name) throws IOException {
    try (InputStream in =
        GoldenFramesTest.class.getResourceAsStream("/lastmile/device/v1/golden/" + name)) {
      return in.readAllBytes();
    }
  }
}
