package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;

class UndisturbedTest {
  private final Queue<Runnable> thread = new ArrayDeque<>();
  private final List<Set<String>> steps = new ArrayList<>();
  private SelfTests.Engaged engaged = () -> says(Optional.of(Set.of("LS-1")));
  private final Undisturbed undisturbed =
      new Undisturbed("the test", () -> engaged.now(), thread::add);

  @Test
  void one_step_at_a_time_and_with_whom_to_leave_alone() {
    undisturbed.run(steps::add);
    undisturbed.run(steps::add);
    assertThat(thread).hasSize(1);
    thread.remove().run();
    assertThat(steps).containsExactly(Set.of("LS-1"));
    undisturbed.run(steps::add);
    assertThat(thread).hasSize(1);
  }

  @Test
  void nothing_is_done_where_another_gateway_decides() {
    engaged = () -> says(Optional.empty());
    undisturbed.run(steps::add);
    assertThat(thread).isEmpty();
    goesOn();
  }

  @Test
  void nothing_that_stumbles_ends_it_for_ever() {
    engaged =
        () -> {
          throw new IllegalStateException("the desk is closed");
        };
    undisturbed.run(steps::add);
    engaged = () -> CompletableFuture.failedFuture(new Memory.Away("gone", null));
    undisturbed.run(steps::add);
    engaged = () -> says(Optional.of(Set.of()));
    undisturbed.run(
        spared -> {
          throw new IllegalStateException("a fault of ours");
        });
    thread.remove().run();
    goesOn();
  }

  private void goesOn() {
    engaged = () -> says(Optional.of(Set.of()));
    undisturbed.run(steps::add);
    thread.remove().run();
    assertThat(steps).containsExactly(Set.of());
  }

  private static CompletionStage<Optional<Set<String>>> says(Optional<Set<String>> spared) {
    return CompletableFuture.completedFuture(spared);
  }
}
