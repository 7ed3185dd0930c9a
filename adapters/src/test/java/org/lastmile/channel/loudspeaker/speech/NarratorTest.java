package org.lastmile.channel.loudspeaker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;

/** With small shell programs for the one that reads aloud. */
class NarratorTest {
  /** Writes a WAV head and the text, and a line into a log for every time it runs. */
  private static final String READS =
      "echo run >>$LOG; { printf 'RIFF0000WAVE'; printf '%300s' x; cat; } >$OUT";

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private Narrator narrator;

  private Narrator narrator(String script, Duration limit, int workers) throws IOException {
    String shell =
        "OUT=$1; LOG=" + folder.resolve("log") + "; GATE=" + folder.resolve("gate") + "; " + script;
    LoudspeakerConfig.Rendering usual =
        LoudspeakerConfig.Rendering.into(folder.resolve("clips"), "http://gateway/audio");
    LoudspeakerConfig.Rendering config =
        new LoudspeakerConfig.Rendering(
            List.of("sh", "-c", shell, "sh", "{out}"),
            "wav",
            usual.folder(),
            usual.url(),
            limit,
            usual.patience(),
            workers,
            usual.most(),
            usual.keep(),
            null);
    Clips clips = new Clips(config.folder(), config.most(), config.keep(), () -> Instant.EPOCH);
    narrator = new Narrator(config, clips, nanos::get);
    return narrator;
  }

  @AfterEach
  void close() {
    narrator.close();
  }

  private static Clip get(CompletableFuture<Clip> clip) throws Exception {
    return clip.get(20, TimeUnit.SECONDS);
  }

  private long runs() throws IOException {
    Path log = folder.resolve("log");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  @Test
  void a_text_is_read_aloud_once_however_many_wait_for_it() throws Exception {
    narrator(READS, Duration.ofSeconds(20), 2);
    List<CompletableFuture<Clip>> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      all.add(narrator.say("一百毫米", true));
    }
    Clip clip = get(all.get(0));
    for (CompletableFuture<Clip> other : all) {
      assertThat(get(other)).isEqualTo(clip);
    }
    assertThat(get(narrator.say("一百毫米", true))).isEqualTo(clip);
    assertThat(runs()).isOne();
    assertThat(Files.readString(clip.file())).startsWith("RIFF").endsWith("一百毫米");
    assertThat(narrator.waiting()).isZero();
  }

  @Test
  void another_text_is_another_clip() throws Exception {
    narrator(READS, Duration.ofSeconds(20), 2);
    assertThat(get(narrator.say("甲", true))).isNotEqualTo(get(narrator.say("乙", true)));
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void a_program_that_hangs_is_ended_with_its_children() throws Exception {
    narrator("sleep 600 & echo $! >$GATE; wait", Duration.ofMillis(500), 1);

    assertThatThrownBy(() -> get(narrator.say("甲", true)))
        .hasRootCauseInstanceOf(Narrator.Unspoken.class)
        .hasMessageContaining("took longer");

    long child = Long.parseLong(Files.readString(folder.resolve("gate")).strip());
    await().until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void what_the_program_says_of_its_failure_is_told() throws Exception {
    narrator("echo no such voice >&2; exit 3", Duration.ofSeconds(20), 1);

    assertThatThrownBy(() -> get(narrator.say("甲", true)))
        .hasMessageContaining("sh ended with 3: no such voice");
    assertThat(narrator.trouble()).contains("no such voice");
  }

  @Test
  void silence_and_rubbish_are_no_sound() throws Exception {
    narrator(": >$OUT", Duration.ofSeconds(20), 1);
    assertThatThrownBy(() -> get(narrator.say("甲", true))).hasMessageContaining("made no sound");
    narrator.close();
    narrator("printf '%500s' hello >$OUT", Duration.ofSeconds(20), 1);
    assertThatThrownBy(() -> get(narrator.say("乙", true))).hasMessageContaining("not wav");
    await()
        .untilAsserted(
            () -> assertThat(folder.resolve("clips").toFile().list()).containsExactly("said"));
  }

  @Test
  void what_failed_is_tried_again_after_a_while_and_not_for_every_device() throws Exception {
    narrator("echo run >>$LOG; exit 1", Duration.ofSeconds(20), 1);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> get(narrator.say("甲", true))).hasMessageContaining("ended with 1");
    }
    assertThat(runs()).isOne();

    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThatThrownBy(() -> get(narrator.say("甲", true))).hasMessageContaining("ended with 1");
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void a_warning_is_read_before_what_is_only_got_ready() throws Exception {
    narrator(
        "while [ ! -e $GATE ]; do sleep 0.05; done; T=$(cat); echo $T >>$LOG;"
            + " { printf 'RIFF0000WAVE'; printf '%300s' x; echo $T; } >$OUT",
        Duration.ofSeconds(20), 1);
    List<CompletableFuture<Clip>> all = new ArrayList<>();
    all.add(narrator.say("first", false));
    for (int i = 0; i < 3; i++) {
      all.add(narrator.say("ready" + i, false));
    }
    all.add(narrator.say("ready2", true));
    all.add(narrator.say("warning", true));
    Files.createFile(folder.resolve("gate"));
    for (CompletableFuture<Clip> clip : all) {
      get(clip);
    }

    assertThat(Files.readAllLines(folder.resolve("log")))
        .containsExactly("first", "ready2", "warning", "ready0", "ready1");
  }

  @Test
  void whoever_gives_up_waiting_does_not_end_it_for_others() throws Exception {
    narrator("while [ ! -e $GATE ]; do sleep 0.05; done; " + READS, Duration.ofSeconds(20), 1);
    CompletableFuture<Clip> hasty = narrator.say("甲", true);
    CompletableFuture<Clip> patient = narrator.say("甲", true);
    hasty.cancel(true);
    Files.createFile(folder.resolve("gate"));

    assertThat(get(patient).size()).isPositive();
  }
}
