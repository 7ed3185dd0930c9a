package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.MemoryInHeap;

/** What was ended must not sound on a device that never heard of either; nothing else is ended. */
class SignerTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private final Sequence sequence = new Sequence(new MemoryInHeap(), InstantSource.fixed(NOW));
  private final Signer signer = new Signer(sequence);

  private void write(String id, Content.Kind kind, String about, String... supersedes) {
    Content content =
        new Content(
            id,
            kind,
            about,
            "text of " + id,
            Map.of(),
            null,
            NOW,
            NOW.plusSeconds(3_600),
            1,
            false,
            List.of(),
            List.of(supersedes));
    signer.write(content, "device-" + id);
  }

  @Test
  void a_lift_ends_what_was_said_about_the_same_and_what_it_names_and_no_other_lift() {
    write("red-1", Content.Kind.WARN, "red");
    write("red-2", Content.Kind.WARN, "red");
    write("blue", Content.Kind.WARN, "blue");
    write("red-lift-1", Content.Kind.LIFT, "red", "red-3");
    write("red-lift-2", Content.Kind.LIFT, "red", "red-4");
    assertThat(sequence.horizon().ended())
        .containsExactlyInAnyOrder("red-1", "red-2", "red-3", "red-4");
  }

  @Test
  void what_is_said_about_it_after_that_is_ended_by_the_next_lift() {
    write("lift-1", Content.Kind.LIFT, "red");
    write("red-again", Content.Kind.WARN, "red");
    write("lift-2", Content.Kind.LIFT, "red");
    assertThat(sequence.horizon().ended()).containsExactly("red-again");
  }
}
