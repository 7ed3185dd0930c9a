package org.lastmile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;
import org.lastmile.channel.Speech;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Preloads;
import org.lastmile.channel.loudspeaker.speech.SpeakingChannel;
import org.lastmile.channel.loudspeaker.speech.Voices;
import org.lastmile.registry.Entries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Wording;

/** What is brought ahead is found by its hash when the warning comes. */
class ForeseenClipsTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final String READS = "{ printf 'RIFF0000WAVE'; printf '%300s' x; cat; } >$0";

  @TempDir Path folder;
  private final List<Message> sent = new ArrayList<>();

  /** Takes everything. */
  private final class Wire implements Channel {
    @Override
    public CompletionStage<Outcome> send(Message message) {
      sent.add(message);
      return CompletableFuture.completedFuture(new Outcome.Accepted(List.of()));
    }

    @Override
    public void listen(Sink sink) {}

    @Override
    public int room() {
      return 1;
    }

    @Override
    public Health check() {
      return Health.of(List.of());
    }

    @Override
    public void close() {}
  }

  private static Registry registry() {
    HazardPoint point =
        new HazardPoint(
            "P-1",
            "上坝滑坡",
            "测试镇",
            "上坝村",
            "三组",
            "510723104201",
            null,
            List.of(),
            List.of(),
            "",
            "",
            0,
            0,
            "",
            "",
            "村小学",
            "",
            false);
    return Registry.of(
        new Entries(
            List.of(point),
            List.of(),
            List.of(),
            List.of(speaker("mute", "音频"), speaker("speaks", "自动")),
            List.of(),
            Map.of()));
  }

  private static Loudspeaker speaker(String id, String mode) {
    return new Loudspeaker(
        id, id, "上坝村", null, List.of("P-1"), "YX-20", mode, "三组", "510723104201");
  }

  private static Wording own() {
    Wording shipped = Wording.defaults(ZONE);
    List<Wording.Template> texts = new ArrayList<>();
    String words = "{grade}预警。{place}附近的群众请{action}。{guide}";
    texts.add(new Wording.Template(Content.Kind.WARN, Set.of(), Set.of(), Set.of(), words, words));
    texts.addAll(shipped.templates());
    return new Wording(texts, shipped.actions(), ZONE);
  }

  @Test
  void the_clip_of_a_real_warning_is_among_those_that_were_brought() throws Exception {
    LoudspeakerConfig.Rendering usual =
        LoudspeakerConfig.Rendering.into(folder, "http://gateway/audio");
    LoudspeakerConfig.Rendering rendering =
        new LoudspeakerConfig.Rendering(
            List.of("sh", "-c", READS, "{out}"),
            usual.format(),
            usual.folder(),
            usual.url(),
            usual.limit(),
            Duration.ofSeconds(20),
            usual.workers(),
            usual.most(),
            usual.keep(),
            null);
    Registry registry = registry();
    Voices voices = Voices.open(rendering, InstantSource.system(), System::nanoTime);
    try (SpeakingChannel speaking =
        new SpeakingChannel(
            new Wire(),
            id ->
                registry
                    .loudspeaker(id)
                    .map(l -> new SpeakingChannel.Device(l.model(), l.playMode()))
                    .orElse(SpeakingChannel.Device.UNKNOWN),
            voices)) {
      ForeseenClips clips = new ForeseenClips(speaking, voices, () -> registry, () -> own());

      List<String> brought = new ArrayList<>();
      for (Preloads.Wish wish : clips.of("mute")) {
        Preloads.Piece piece = wish.clip().get().get(20, TimeUnit.SECONDS);
        assertThat(piece.audio()).hasToString("http://gateway/audio/" + piece.sha256() + ".wav");
        brought.add(piece.sha256());
      }
      // Its words name no hazard: two grades, in earnest and as a drill.
      assertThat(brought).hasSize(4).doesNotHaveDuplicates();
      assertThat(clips.of("speaks")).as("it needs no audio").isEmpty();
      assertThat(clips.of("nobody")).isEmpty();

      String said = "红色预警。上坝滑坡附近的群众请立即组织危险区全部人员转移。请到村小学避险。";
      speaking
          .send(new Message("w1-0.1", "mute", content(said), Map.of(), Set.of()))
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
      assertThat(sent.get(0).content().speech().sha256()).isIn(brought);
      ForeseenClips none =
          new ForeseenClips(speaking, voices, () -> registry, () -> Wording.defaults(ZONE));
      assertThat(none.of("mute")).as("headlines are not known before").isEmpty();
    }
  }

  private static Content content(String text) {
    Instant now = Instant.now();
    return new Content(
        "w1",
        Content.Kind.WARN,
        "w1",
        text,
        Map.of(),
        Speech.PLAIN,
        now,
        now.plusSeconds(600),
        1,
        false,
        List.of(),
        List.of());
  }
}
