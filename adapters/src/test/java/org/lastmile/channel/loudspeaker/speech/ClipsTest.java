package org.lastmile.channel.loudspeaker.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipsTest {
  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-26T00:00:00Z");

  private Clips open(long most) throws IOException {
    return new Clips(folder, most, Duration.ofDays(30), () -> now);
  }

  private static Clip keep(Clips clips, String what, int size) throws IOException {
    Path file = clips.fresh();
    Files.writeString(file, what.repeat(size));
    return clips.keep(Clips.hash(List.of(what)), file, "wav");
  }

  @Test
  void a_clip_is_named_by_the_hash_of_its_bytes_and_found_again_after_a_restart()
      throws IOException {
    Clip clip = keep(open(1_000), "a", 100);

    assertThat(clip.sha256()).isEqualTo(Clips.hashOf(clip.file()));
    Clips again = open(1_000);
    assertThat(again.named(clip.name())).contains(clip);
    assertThat(again.saying(Clips.hash(List.of("a")))).contains(clip);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "../secret",
        "..%2fsecret",
        "said",
        "0000000000000000000000000000000000000000000000000000000000000000.wav",
        "0000000000000000000000000000000000000000000000000000000000000000"
      })
  void nothing_else_is_found(String name) throws IOException {
    Clips clips = open(1_000);
    keep(clips, "a", 100);
    assertThat(clips.named(name)).isEmpty();
  }

  @Test
  void a_clip_is_found_under_its_own_format_alone() throws IOException {
    Clips clips = open(1_000);
    Clip clip = keep(clips, "a", 100);
    assertThat(clips.named(clip.sha256() + ".mp3")).isEmpty();
  }

  @Test
  void what_was_half_written_is_gone_after_a_restart() throws IOException {
    Path half = open(1_000).fresh();
    Files.writeString(half, "RIFF");

    Clips clips = open(1_000);

    assertThat(half).doesNotExist();
    assertThat(clips.count()).isZero();
  }

  @Test
  void what_is_too_much_goes_the_longest_unused_first() throws IOException {
    Clips clips = open(250);
    Clip first = keep(clips, "a", 100);
    Clip second = keep(clips, "b", 100);
    Clip third = keep(clips, "c", 100);
    now = now.plus(Duration.ofHours(3));
    assertThat(clips.named(first.name())).isPresent(); // used now

    clips.sweep();

    assertThat(clips.named(first.name())).isPresent();
    assertThat(clips.bytes()).isEqualTo(200);
    assertThat(second.file().toFile().exists() && third.file().toFile().exists()).isFalse();
  }

  @Test
  void what_was_used_lately_stays_whatever_the_bounds() throws IOException {
    Clips clips = open(50);
    keep(clips, "a", 100);

    clips.sweep();

    assertThat(clips.count()).isOne();
  }

  @Test
  void what_nobody_uses_goes_with_time() throws IOException {
    Clips clips = open(1_000);
    Clip clip = keep(clips, "a", 100);
    now = now.plus(Duration.ofDays(31));

    clips.sweep();

    assertThat(clips.named(clip.name())).isEmpty();
    assertThat(clips.saying(Clips.hash(List.of("a")))).isEmpty();
    assertThat(clip.file()).doesNotExist();
  }

  @Test
  void when_it_was_used_last_is_known_after_a_restart() throws IOException {
    Clips clips = open(1_000);
    Clip clip = keep(clips, "a", 100);
    now = now.plus(Duration.ofDays(20));
    assertThat(clips.named(clip.name())).isPresent();
    clips.sweep();
    now = now.plus(Duration.ofDays(20));

    Clips again = open(1_000);
    again.sweep();

    assertThat(again.named(clip.name())).isPresent();
  }
}
