package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;

/**
 * Devices get what they lack, in the right order, at a bounded pace, and nobody waits for others.
 */
class UpkeepTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_318_200);
  private static final String BOOT = "5f3a9c01d2e4b687";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MemoryInHeap memory = new MemoryInHeap();
  private final InstantSource clock = InstantSource.fixed(NOW);
  private final AtomicLong skew = new AtomicLong();
  private final Wire wire = new Wire();
  private KeyRing ring;
  private Upkeep upkeep;

  /** What was published, opened. */
  private record Sent(String device, String thread, String signature, JsonNode body) {
    String type() {
      return body.path("type").asText();
    }
  }

  private static final class Wire implements Link {
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private volatile Outcome outcome = new Outcome.Accepted(List.of());

    @Override
    public void start(Link.Wire wire) {}

    @Override
    public CompletionStage<Outcome> publish(String device, byte[] payload, Duration expiry) {
      try {
        JsonNode wrapper = JSON.readTree(payload);
        byte[] body = Base64.getDecoder().decode(wrapper.path("body").textValue());
        sent.add(
            new Sent(
                device,
                Thread.currentThread().getName(),
                wrapper.path("sig").textValue(),
                JSON.readTree(body)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public int room() {
      return 1;
    }

    @Override
    public Health.Part health() {
      return new Health.Part("link", Health.State.UP, "", Map.of());
    }

    @Override
    public OptionalInt port() {
      return OptionalInt.empty();
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void open() throws IOException {
    ring = KeyRing.open(memory, null, clock);
    upkeep =
        new Upkeep(
            clock,
            () -> System.nanoTime() + skew.get(),
            SiteSecret.keptIn(memory),
            ring,
            new Sequence(memory, clock),
            wire);
  }

  @AfterEach
  void close() {
    upkeep.close();
  }

  private static DeviceState state(String more) {
    String json =
        "{\"v\":1,\"type\":\"heartbeat\",\"session\":1,\"at\":0,\"boot\":\"%s\"%s}"
            .formatted(BOOT, more);
    try {
      return DeviceState.read(json.getBytes(StandardCharsets.UTF_8), NOW, false);
    } catch (Unreadable e) {
      throw new AssertionError(e);
    }
  }

  private static DeviceState needy() {
    return state(",\"needs\":\"floor\"");
  }

  private void awaitSent(int count) {
    await().atMost(Duration.ofSeconds(20)).until(() -> wire.sent.size() >= count);
  }

  private static Outcome of(CompletionStage<Outcome> stage) throws Exception {
    return stage.toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  @Test
  void a_device_in_order_gets_nothing_and_its_commands_go_at_once() throws Exception {
    upkeep.said("LS-1", state(""));
    assertThat(of(upkeep.floorFirst("LS-1"))).isInstanceOf(Outcome.Accepted.class);
    assertThat(wire.sent).isEmpty();
  }

  @Test
  void a_needy_device_gets_a_floor_for_its_boot_off_the_callers_thread() {
    upkeep.said("LS-1", needy());
    awaitSent(1);
    Sent floor = wire.sent.get(0);
    assertThat(floor.type()).isEqualTo("floor");
    assertThat(floor.body().path("device").asText()).isEqualTo("LS-1");
    assertThat(floor.body().path("boot").asText()).isEqualTo(BOOT);
    assertThat(floor.body().path("now").asLong()).isEqualTo(NOW.getEpochSecond());
    assertThat(floor.thread()).isEqualTo("loudspeaker-upkeep");
  }

  @Test
  void saying_it_again_at_once_costs_no_second_signature_and_later_does() {
    upkeep.said("LS-1", needy());
    awaitSent(1);
    upkeep.said("LS-1", needy());
    upkeep.said("LS-2", needy());
    awaitSent(2);
    assertThat(wire.sent).extracting(Sent::device).containsExactly("LS-1", "LS-2");
    skew.addAndGet(Duration.ofSeconds(6).toNanos());
    upkeep.said("LS-1", needy());
    awaitSent(3);
  }

  @Test
  void the_lists_it_lacks_come_before_the_floor_that_the_newest_key_signs() {
    ring.announce("Ed25519");
    ring.use();
    ring.retire(ring.list().get(1).key().kid());
    upkeep.said("LS-1", needy());
    awaitSent(3);
    assertThat(wire.sent).extracting(Sent::type).containsExactly("keys", "keys", "floor");
    assertThat(wire.sent.get(0).body().path("keys")).hasSize(2);
    assertThat(wire.sent.get(1).body().path("keys")).hasSize(1);
  }

  @Test
  void a_device_that_does_not_know_key_lists_is_left_alone_until_it_connects_again() {
    ring.announce("Ed25519");
    upkeep.said("LS-1", state(""));
    awaitSent(1);
    upkeep.refused("LS-1", "keys", "UNSUPPORTED");
    skew.addAndGet(Duration.ofSeconds(60).toNanos());
    upkeep.said("LS-1", state(""));
    upkeep.said("LS-2", state(""));
    awaitSent(2);
    assertThat(wire.sent).extracting(Sent::device).containsExactly("LS-1", "LS-2");
  }

  @Test
  void a_device_with_the_newest_list_gets_none() {
    ring.announce("Ed25519");
    String has = ",\"trust\":{\"epoch\":0,\"issued\":%d}".formatted(ring.edition().issued());
    upkeep.said("LS-1", state(has));
    upkeep.said("LS-2", state(""));
    awaitSent(1);
    assertThat(wire.sent).extracting(Sent::device).containsExactly("LS-2");
  }

  @Test
  void those_for_whom_a_command_waits_come_first_in_a_crowd() throws Exception {
    int crowd = 10_000;
    for (int i = 0; i < crowd; i++) {
      upkeep.said("LS-" + i, needy());
    }
    long begun = System.nanoTime();
    String last = "LS-" + (crowd - 1);
    assertThat(of(upkeep.floorFirst(last))).isInstanceOf(Outcome.Accepted.class);
    assertThat(wire.sent.size()).isLessThan(crowd / 2);
    assertThat(wire.sent).extracting(Sent::device).contains(last);
    awaitSent(crowd);
    assertThat(wire.sent).hasSize(crowd);
    // A round is one signature, whatever the crowd.
    assertThat(wire.sent.stream().map(Sent::signature).distinct().count()).isLessThan(crowd / 20);
    // 200 in 20 ms: no crowd takes more than its share of a core.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(800));
  }

  @Test
  void a_command_waits_no_longer_when_the_device_is_gone_or_the_floor_did_not_arrive()
      throws Exception {
    wire.outcome = new Outcome.Unknown("no acknowledgement");
    upkeep.said("LS-1", needy());
    awaitSent(1);
    await().until(() -> of(upkeep.floorFirst("LS-1")) instanceof Outcome.Retry);
    CompletionStage<Outcome> waiting = upkeep.floorAgain("LS-2");
    upkeep.said("LS-2", offline());
    assertThat(of(waiting)).isEqualTo(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
  }

  private static DeviceState offline() throws Unreadable {
    return DeviceState.read(
        "{\"v\":1,\"type\":\"offline\",\"session\":1}".getBytes(StandardCharsets.UTF_8),
        NOW,
        false);
  }

  @Test
  void a_device_that_refused_before_it_said_its_boot_is_served_when_it_has() throws Exception {
    CompletionStage<Outcome> waiting = upkeep.floorAgain("LS-1");
    assertThat(wire.sent).isEmpty();
    upkeep.said("LS-1", needy());
    assertThat(of(waiting)).isInstanceOf(Outcome.Accepted.class);
    assertThat(wire.sent).extracting(Sent::type).containsExactly("floor");
  }

  @Test
  void a_device_that_is_named_in_no_answer_keeps_no_more_than_a_few_commands() throws Exception {
    List<CompletionStage<Outcome>> all = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      all.add(upkeep.floorAgain("LS-1"));
    }
    assertThat(of(all.get(64))).isInstanceOf(Outcome.Retry.class);
  }
}
