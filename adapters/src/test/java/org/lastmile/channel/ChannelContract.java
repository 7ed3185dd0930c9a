package org.lastmile.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What must hold for every channel on its real wire, or on the simulator that stands for it. A
 * channel's test implements {@link #rig()}; each test opens a rig of its own and closes it.
 */
public interface ChannelContract {

  /** A channel, the far end of its wire, and the power to pull the cable between them. */
  interface Rig extends AutoCloseable {
    Channel channel();

    /** An address that takes messages and confirms them. */
    String goodAddress();

    /** An address that the far end refuses for good. */
    String badAddress();

    /** Breaks the wire, so that nothing gets through until {@link #mend()}. */
    void cut();

    void mend();

    /** The evidence that the good address sends back when it was told. */
    Set<Signal.Evidence> told();

    @Override
    void close();
  }

  Rig rig() throws Exception;

  /** Longest wait for anything on the wire. */
  default Duration patience() {
    return Duration.ofSeconds(30);
  }

  @Test
  default void an_accepted_message_is_confirmed_under_its_attempt_id() throws Exception {
    try (Rig rig = rig()) {
      Heard heard = Heard.by(rig.channel());
      Message message = message("w1-0.1", rig.goodAddress());
      Outcome outcome = outcome(rig, message);
      assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
      await()
          .atMost(patience())
          .untilAsserted(
              () ->
                  assertThat(heard.confirmations())
                      .anyMatch(
                          c -> c.attempt().equals("w1-0.1") && rig.told().contains(c.evidence())));
    }
  }

  @Test
  default void a_bad_address_fails_for_good_and_harms_nobody_else() throws Exception {
    try (Rig rig = rig()) {
      Heard heard = Heard.by(rig.channel());
      Outcome bad = outcome(rig, message("w1-1.1", rig.badAddress()));
      if (!(bad instanceof Outcome.Permanent)) {
        assertThat(bad).isInstanceOf(Outcome.Accepted.class);
        await()
            .atMost(patience())
            .untilAsserted(
                () ->
                    assertThat(heard.confirmations())
                        .anyMatch(
                            c ->
                                c.attempt().equals("w1-1.1")
                                    && c.evidence() == Signal.Evidence.FAILED));
      }
      assertThat(outcome(rig, message("w1-2.1", rig.goodAddress())))
          .isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  default void a_signal_that_was_not_kept_comes_again() throws Exception {
    try (Rig rig = rig()) {
      Queue<Signal.Confirmation> kept = new ConcurrentLinkedQueue<>();
      AtomicInteger refusals = new AtomicInteger();
      rig.channel()
          .listen(
              signal -> {
                if (signal instanceof Signal.Confirmation c && rig.told().contains(c.evidence())) {
                  if (refusals.getAndIncrement() == 0) {
                    return CompletableFuture.failedFuture(new Memory.Away("store is away", null));
                  }
                  kept.add(c);
                }
                return CompletableFuture.completedFuture(null);
              });
      outcome(rig, message("w1-3.1", rig.goodAddress()));
      await()
          .atMost(patience())
          .untilAsserted(() -> assertThat(kept).anyMatch(c -> c.attempt().equals("w1-3.1")));
    }
  }

  @Test
  default void a_cut_wire_is_not_a_permanent_failure_and_mends() throws Exception {
    try (Rig rig = rig()) {
      Heard.by(rig.channel());
      assertThat(outcome(rig, message("w1-4.1", rig.goodAddress())))
          .isInstanceOf(Outcome.Accepted.class);
      rig.cut();
      Outcome cut = outcome(rig, message("w1-5.1", rig.goodAddress()));
      assertThat(cut)
          .isInstanceOfAny(Outcome.LaneDown.class, Outcome.Retry.class, Outcome.Unknown.class);
      await()
          .atMost(patience())
          .untilAsserted(
              () -> assertThat(rig.channel().check().state()).isNotEqualTo(Health.State.UP));
      rig.mend();
      AtomicInteger n = new AtomicInteger();
      await()
          .atMost(patience())
          .untilAsserted(
              () ->
                  assertThat(
                          outcome(rig, message("w1-6." + n.incrementAndGet(), rig.goodAddress())))
                      .isInstanceOf(Outcome.Accepted.class));
    }
  }

  @Test
  default void a_closed_channel_says_lane_down_and_has_no_room() throws Exception {
    try (Rig rig = rig()) {
      Heard.by(rig.channel());
      assertThat(rig.channel().room()).isNotNegative();
      rig.channel().close();
      assertThat(outcome(rig, message("w1-7.1", rig.goodAddress())))
          .isInstanceOf(Outcome.LaneDown.class);
      assertThat(rig.channel().room()).isZero();
    }
  }

  private Outcome outcome(Rig rig, Message message) throws Exception {
    return rig.channel()
        .send(message)
        .toCompletableFuture()
        .get(patience().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A red warning of a few words to one address, with everything a channel may ask for. */
  static Message message(String attempt, String address) {
    Instant now = Instant.now();
    Content content =
        new Content(
            "c-" + attempt,
            Content.Kind.WARN,
            "w1",
            "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。收到请回复1，去不了回复2。",
            Map.of(
                Field.GRADE, "红色",
                Field.HAZARD, "暴雨",
                Field.PLACE, "上坝滑坡点",
                Field.ACTION, "立即转移到村小学",
                Field.TIME, "2026年11月22日 11:30",
                Field.SENDER, "测试镇应急办",
                Field.HEADLINE, "暴雨红色预警",
                Field.LINK, "http://localhost/w/1"),
            new Speech(1, Duration.ofSeconds(1), 100, "alert", null, ""),
            now,
            now.plus(Duration.ofHours(1)),
            1,
            false,
            List.of(),
            List.of());
    return new Message(attempt, address, content, Map.of(), Set.of());
  }

  /** Everything a channel reported, kept. */
  final class Heard {
    private final Queue<Signal> signals = new ConcurrentLinkedQueue<>();

    public static Heard by(Channel channel) {
      Heard heard = new Heard();
      channel.listen(
          signal -> {
            heard.signals.add(signal);
            return CompletableFuture.completedFuture(null);
          });
      return heard;
    }

    public List<Signal> all() {
      return List.copyOf(signals);
    }

    public List<Signal.Confirmation> confirmations() {
      return signals.stream()
          .filter(Signal.Confirmation.class::isInstance)
          .map(Signal.Confirmation.class::cast)
          .toList();
    }
  }
}
