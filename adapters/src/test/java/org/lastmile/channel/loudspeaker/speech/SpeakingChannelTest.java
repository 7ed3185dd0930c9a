package org.lastmile.channel.loudspeaker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;
import org.lastmile.channel.Speech;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;

class SpeakingChannelTest {
  private static final String TEXT = "暴雨红色预警，3小时100mm。上坝2号滑坡附近的群众请立即转移。";
  private static final String READS = "{ printf 'RIFF0000WAVE'; printf '%300s' x; cat; } >$0";
  private static final Map<String, SpeakingChannel.Device> LEDGER =
      Map.of(
          "plain", new SpeakingChannel.Device("YX-20", "自动"),
          "plain2", new SpeakingChannel.Device("YX-21", ""),
          "syn", new SpeakingChannel.Device("SYN6288", ""),
          "mute", new SpeakingChannel.Device("YX-20", "音频"),
          "sichuan", new SpeakingChannel.Device("YX-20", "四川话"));

  @TempDir Path folder;
  private final Wire wire = new Wire();
  private SpeakingChannel channel;

  private static final class Wire implements Channel {
    private final Queue<Message> sent = new ConcurrentLinkedQueue<>();
    private Health health =
        Health.of(List.of(new Health.Part("link", Health.State.UP, "", Map.of())));

    @Override
    public CompletionStage<Outcome> send(Message message) {
      sent.add(message);
      return CompletableFuture.completedFuture(new Outcome.Accepted(List.of()));
    }

    @Override
    public void listen(Sink sink) {}

    @Override
    public int room() {
      return 7;
    }

    @Override
    public Health check() {
      return health;
    }

    @Override
    public void close() {}
  }

  private LoudspeakerConfig.Rendering rendering(String script, String url, Duration wait) {
    return new LoudspeakerConfig.Rendering(
        List.of("sh", "-c", script, "{out}"),
        "wav",
        folder.resolve("clips"),
        url,
        Duration.ofSeconds(20),
        wait,
        2,
        1 << 20,
        Duration.ofDays(30),
        Files.exists(folder.resolve("recordings")) ? folder.resolve("recordings") : null);
  }

  private void open(LoudspeakerConfig.Rendering rendering) throws Exception {
    Voices voices =
        rendering == null ? null : Voices.open(rendering, InstantSource.system(), System::nanoTime);
    channel =
        new SpeakingChannel(
            wire, id -> LEDGER.getOrDefault(id, SpeakingChannel.Device.UNKNOWN), voices);
  }

  @AfterEach
  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  private static Content content(
      String id, Content.Kind kind, String text, List<String> supersedes) {
    return new Content(
        id,
        kind,
        "w1",
        text,
        Map.of(Field.PLACE, "上坝2号滑坡", Field.ACTION, "立即转移", Field.GRADE, "红色", Field.HAZARD, "暴雨"),
        Speech.PLAIN,
        Instant.now(),
        Instant.now().plusSeconds(3600),
        1,
        false,
        List.of(),
        supersedes);
  }

  private Content sent(String device, Content content) throws Exception {
    wire.sent.clear();
    Message message = new Message("w1.1.1", device, content, Map.of(), Set.of());
    channel.send(message).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(wire.sent).hasSize(1);
    assertThat(wire.sent.peek().attempt()).isEqualTo("w1.1.1");
    return wire.sent.peek().content();
  }

  private Content sent(String device) throws Exception {
    return sent(device, content("c1", Content.Kind.WARN, TEXT, List.of("c0")));
  }

  @Test
  void any_loudspeaker_gets_the_words_and_all_alike_share_one_content() throws Exception {
    open(null);

    Content said = sent("plain");

    assertThat(said.text()).isEqualTo("暴雨红色预警，三小时一百毫米。上坝二号滑坡附近的群众请立即转移。");
    assertThat(said.id()).isEqualTo("c1");
    assertThat(said.supersedes()).containsExactly("c0");
    assertThat(sent("plain2")).isEqualTo(said);
    assertThat(sent("unknown")).isEqualTo(said);
  }

  @Test
  void other_words_have_another_content_id_and_supersede_their_own_like() throws Exception {
    open(null);
    String text = "甲".repeat(90) + "。" + TEXT;

    Content said = sent("syn", content("c1", Content.Kind.WARN, text, List.of("c0")));

    assertThat(said.text()).isEqualTo("暴雨红色预警，三小时一百毫米。上坝二号滑坡附近的群众请立即转移。");
    assertThat(said.id()).isNotEqualTo("c1").startsWith("c1.t");
    Content next = sent("syn", content("c2", Content.Kind.UPDATE, TEXT, List.of("c1")));
    assertThat(next.supersedes()).contains("c1", said.id());
    Content stop = sent("syn", content("c3", Content.Kind.STOP, "", List.of("c2")));
    assertThat(stop.supersedes()).contains("c2", next.id());
  }

  @Test
  void one_that_can_not_speak_gets_audio_that_is_signed_with_its_hash() throws Exception {
    open(rendering(READS, "http://gateway:8080/audio", Duration.ofSeconds(20)));

    Content said = sent("mute");

    assertThat(said.speech().audio().toString())
        .isEqualTo("http://gateway:8080/audio/" + said.speech().sha256() + ".wav");
    Path file = folder.resolve("clips").resolve(said.speech().sha256() + ".wav");
    assertThat(Files.readString(file)).endsWith("暴雨红色预警，三小时一百毫米。上坝二号滑坡附近的群众请立即转移。");
    assertThat(said.id()).startsWith("c1.a");
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);
    Content lift = sent("mute", content("c2", Content.Kind.LIFT, "预警解除。", List.of("c1")));
    assertThat(lift.supersedes()).contains("c1", said.id());
  }

  @Test
  void audio_that_can_not_be_made_is_no_reason_for_silence() throws Exception {
    open(rendering("echo broken >&2; exit 1", "http://gateway/audio", Duration.ofSeconds(20)));

    Content said = sent("mute");

    assertThat(said.speech().audio()).isNull();
    assertThat(said.text()).contains("一百毫米");
    Health health = channel.check();
    assertThat(health.state()).isEqualTo(Health.State.DEGRADED);
    assertThat(health.why()).contains("broken");
  }

  @Test
  void audio_that_takes_too_long_is_not_waited_for_and_there_the_next_time() throws Exception {
    Path gate = folder.resolve("gate");
    open(
        rendering(
            "while [ ! -e " + gate + " ]; do sleep 0.05; done; " + READS,
            "http://gateway/audio",
            Duration.ofMillis(200)));

    assertThat(sent("mute").speech().audio()).isNull();
    assertThat(channel.check().why()).contains("not rendered in time");
    Files.createFile(gate);

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(sent("mute").speech().audio()).isNotNull());
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void without_an_address_that_devices_reach_they_get_words_and_it_is_said() throws Exception {
    open(rendering(READS, "", Duration.ofSeconds(20)));

    assertThat(sent("mute").speech().audio()).isNull();
    assertThat(channel.check().why()).contains("http.public-url");
  }

  @Test
  void without_rendering_it_is_said_as_soon_as_somebody_needs_it() throws Exception {
    open(null);
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);

    assertThat(sent("mute").text()).contains("一百毫米");

    assertThat(channel.check().why()).contains("channels.loudspeaker.speech");
  }

  @Test
  void a_link_that_is_down_is_down_whatever_speech_says() throws Exception {
    open(rendering(READS, "http://gateway/audio", Duration.ofSeconds(20)));
    wire.health = Health.of(List.of(new Health.Part("link", Health.State.DOWN, "gone", Map.of())));

    assertThat(channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(channel.room()).isEqualTo(7);
  }

  @Test
  void a_dialect_is_played_instead_of_the_mandarin_or_after_it() throws Exception {
    Path recordings = Files.createDirectory(folder.resolve("recordings"));
    new Wav(16_000, new short[16_000]).write(recordings.resolve("red.wav"));
    new Wav(8_000, new short[8_000]).write(recordings.resolve("lift.wav"));
    Files.writeString(
        recordings.resolve("recordings.csv"),
        """
        文件,方言,类型,等级,灾害,隐患点,方式,演练
        red.wav,四川话,预警,红色,暴雨,上坝2号滑坡,代替,
        lift.wav,四川话,解除,,,,之后,
        gone.wav,四川话,预警,,,,,
        """);
    Path mandarin = folder.resolve("mandarin.wav");
    new Wav(22_050, new short[22_050]).write(mandarin);
    open(rendering("cp " + mandarin + " $0", "http://gateway/audio", Duration.ofSeconds(20)));

    Content red = sent("sichuan");
    assertThat(clip(red)).hasSameBinaryContentAs(recordings.resolve("red.wav"));

    Wav lifted =
        Wav.read(clip(sent("sichuan", content("c2", Content.Kind.LIFT, "预警解除。", List.of()))));
    assertThat(lifted.rate()).isEqualTo(22_050);
    assertThat(lifted.length()).isEqualTo(22_050 + 22_050 * 8 / 10 + 22_050);

    // Nothing recorded for it: Mandarin alone.
    assertThat(clip(sent("sichuan", content("c3", Content.Kind.UPDATE, "预警更新。", List.of()))))
        .hasSameBinaryContentAs(mandarin);
    assertThat(sent("plain").speech().audio()).isNull();
    assertThat(channel.check().why()).contains("gone.wav");
  }

  @Test
  void a_clip_is_made_ahead_when_no_warning_can_change_it() throws Exception {
    Path recordings = Files.createDirectory(folder.resolve("recordings"));
    new Wav(16_000, new short[16_000]).write(recordings.resolve("red.wav"));
    new Wav(16_000, new short[8_000]).write(recordings.resolve("lift.wav"));
    Files.writeString(
        recordings.resolve("recordings.csv"),
        """
        文件,方言,类型,等级,灾害,隐患点,方式,演练
        red.wav,四川话,预警,红色,暴雨,,代替,
        lift.wav,四川话,解除,,,,之后,
        """);
    open(rendering(READS, "http://gateway/audio", Duration.ofSeconds(20)));
    Content one = content("c1", Content.Kind.WARN, "甲台预警。", List.of());
    Content other = content("c1", Content.Kind.WARN, "乙台预警。", List.of());

    assertThat(channel.givesAudio("mute")).isTrue();
    assertThat(channel.givesAudio("sichuan")).isTrue();
    assertThat(channel.givesAudio("plain")).isFalse();
    assertThat(channel.ahead("mute", one, other)).isEmpty();
    assertThat(sha(channel.ahead("mute", one, one).orElseThrow()))
        .isEqualTo(sent("mute", one).speech().sha256());
    // A recording that is played instead of the words stands for whatever words.
    assertThat(sha(channel.ahead("sichuan", one, other).orElseThrow()))
        .isEqualTo(sent("sichuan", one).speech().sha256())
        .isEqualTo(sent("sichuan", other).speech().sha256());
    Content lift = content("c1", Content.Kind.LIFT, "甲台解除。", List.of());
    Content lifted = content("c1", Content.Kind.LIFT, "乙台解除。", List.of());
    assertThat(channel.ahead("sichuan", lift, lifted)).isEmpty();
  }

  private static String sha(SpeakingChannel.Ahead ahead) throws Exception {
    return ahead.clip().get().get(20, TimeUnit.SECONDS).sha256();
  }

  @Test
  void nothing_is_made_ahead_where_no_device_could_fetch_it() throws Exception {
    open(rendering(READS, "", Duration.ofSeconds(20)));

    assertThat(channel.givesAudio("mute")).isFalse();
  }

  private Path clip(Content content) {
    return folder.resolve("clips").resolve(content.speech().sha256() + ".wav");
  }

  @Test
  void the_longest_content_ids_stay_ids_and_stay_apart() {
    SpeakerProfile syn = SpeakerProfile.of("SYN6288", "");
    String one = "w".repeat(63) + "1";
    String other = "w".repeat(63) + "2";

    assertThat(SpeakingChannel.id(one, syn, 't')).hasSize(64).matches("[A-Za-z0-9._-]{1,64}");
    assertThat(SpeakingChannel.id(one, syn, 't'))
        .isNotEqualTo(SpeakingChannel.id(other, syn, 't'))
        .isEqualTo(SpeakingChannel.id(one, syn, 't'));
  }
}
