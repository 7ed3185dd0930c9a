package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Signal.Presence;
import org.lastmile.channel.Speech;

/** The embedded endpoint against devices that behave, misbehave and attack, on real sockets. */
class EmbeddedEndpointTest {
  private final Vertx vertx = Vertx.vertx();
  private final MemoryInHeap memory = new MemoryInHeap();
  private final Set<String> storeThreads = ConcurrentHashMap.newKeySet();
  private final AtomicLong skew = new AtomicLong();
  private final List<AutoCloseable> open = new ArrayList<>();
  private LoudspeakerChannel channel;

  @BeforeEach
  void open() throws IOException {
    channel = channel(LoudspeakerConfig.embedded(0));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    channel.close();
    vertx.close();
  }

  @Test
  void a_device_offline_is_to_be_tried_again_and_its_return_is_told() throws Exception {
    Heard heard = Heard.by(channel);
    assertThat(send("w1-0.1", "LS-1"))
        .isEqualTo(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
    device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    assertThat(send("w1-0.2", "LS-1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void a_device_that_leaves_is_told_offline() {
    Heard heard = Heard.by(channel);
    TestDevice device = device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    device.off();
    awaitPresence(heard, "LS-1", Signal.State.OFFLINE);
    assertThat(channel.check().state()).isNotEqualTo(Health.State.UP);
  }

  @Test
  void a_play_while_muted_was_not_heard() throws Exception {
    Heard heard = Heard.by(channel);
    TestDevice device = device("LS-1");
    device.muted = true;
    device.on();
    awaitPresence(heard, "LS-1", Signal.State.DEGRADED);
    send("w1-0.1", "LS-1");
    awaitEvidence(heard, "w1-0.1", Evidence.PLAYED_UNHEARD);
    assertThat(heard.confirmations()).noneMatch(c -> c.evidence() == Evidence.PLAYED);
  }

  @Test
  void a_wrong_password_is_refused_and_counted() {
    Heard.by(channel);
    new TestDevice(vertx, port(), "LS-1", channel.passwordOf("LS-2"), channel.publicKey()).on();
    await()
        .until(
            () ->
                !Presences.fact(channel, "ignored connection with a wrong user name or password")
                    .isEmpty());
    assertThat(Presences.online(channel)).isZero();
  }

  @Test
  void a_receipt_for_what_another_device_was_sent_is_ignored_and_acknowledged() throws Exception {
    Heard heard = Heard.by(channel);
    TestDevice honest = device("LS-1");
    honest.answers = false;
    honest.on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    send("w1-0.1", "LS-1");
    await().until(() -> !honest.commands.isEmpty());
    JsonNode wrapper = honest.commands.get(0);
    JsonNode body = honest.bodies.get(0);
    MqttAsyncClient thief = five("LS-2", "LS-2");
    publish(thief, "lm/v1/d/LS-2/rcpt", played(wrapper, body));
    publish(thief, "lm/v1/d/LS-1/rcpt", played(wrapper, body), false);
    assertThat(
            Presences.fact(
                channel, "ignored receipt for a command that was not sent to this device"))
        .isEqualTo("1");
    assertThat(Presences.fact(channel, "ignored publish on a topic that is not its own"))
        .isEqualTo("1");
    assertThat(heard.confirmations()).isEmpty();
    honest.publish("lm/v1/d/LS-1/rcpt", played(wrapper, body));
    awaitEvidence(heard, "w1-0.1", Evidence.PLAYED);
  }

  @Test
  void nonsense_from_one_device_is_acknowledged_and_harms_nobody() throws Exception {
    Heard heard = Heard.by(channel);
    device("LS-1").on();
    MqttAsyncClient mad = five("LS-2", "LS-2");
    for (String nonsense : List.of("", "{", "[]", "{\"v\":1}", "x".repeat(5000))) {
      publish(mad, "lm/v1/d/LS-2/rcpt", nonsense);
      publish(mad, "lm/v1/d/LS-2/state", nonsense);
    }
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    assertThat(send("w1-0.1", "LS-1")).isInstanceOf(Outcome.Accepted.class);
    awaitEvidence(heard, "w1-0.1", Evidence.PLAYED);
    assertThat(Presences.fact(channel, "ignored unreadable receipt")).isNotEmpty();
  }

  @Test
  void a_megabyte_cuts_only_the_connection_it_came_on() throws Exception {
    Heard heard = Heard.by(channel);
    device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    MqttAsyncClient mad = five("LS-2", "LS-2");
    mad.publish("lm/v1/d/LS-2/rcpt", new byte[1_000_000], 1, false);
    await().until(() -> !mad.isConnected());
    assertThat(send("w1-0.1", "LS-1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void a_device_can_listen_to_its_own_commands_only() throws Exception {
    Heard heard = Heard.by(channel);
    MqttAsyncClient spy = five("LS-2", "LS-2");
    List<String> refusals = new ArrayList<>();
    for (String topic : List.of("lm/v1/d/LS-1/cmd", "lm/v1/d/+/cmd", "#")) {
      try {
        IMqttToken token = spy.subscribe(topic, 1);
        token.waitForCompletion(5000);
        if (token.getReasonCodes()[0] >= 0x80) {
          refusals.add(topic);
        }
      } catch (IllegalArgumentException refused) {
        // By Paho itself, because the endpoint has said that it has no wildcards.
        refusals.add(topic);
      }
    }
    assertThat(refusals).containsExactly("lm/v1/d/LS-1/cmd", "lm/v1/d/+/cmd", "#");
    assertThat(send("w1-0.1", "LS-1")).isInstanceOf(Outcome.Retry.class);
    assertThat(heard.all()).noneMatch(s -> s instanceof Presence p && p.id().startsWith("LS-"));
  }

  @Test
  void a_second_connection_with_the_same_client_id_takes_over() throws Exception {
    Heard heard = Heard.by(channel);
    MqttAsyncClient first = five("LS-1", "LS-1");
    first.subscribe("lm/v1/d/LS-1/cmd", 1).waitForCompletion(5000);
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    device("LS-1").on();
    await().until(() -> !first.isConnected());
    await().until(() -> send("w1-0." + skew.incrementAndGet(), "LS-1") instanceof Outcome.Accepted);
    assertThat(heard.confirmations()).isNotNull();
  }

  @Test
  void one_device_cannot_throw_out_another_by_taking_its_client_id() throws Exception {
    Heard heard = Heard.by(channel);
    device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    MqttAsyncClient thief = five("LS-2", "LS-1");
    assertThat(thief.isConnected()).isTrue();
    assertThat(send("w1-0.1", "LS-1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void a_receipt_is_acknowledged_only_when_it_is_kept() throws Exception {
    CompletableFuture<Void> kept = new CompletableFuture<>();
    channel.listen(
        s -> s instanceof Signal.Confirmation ? kept : CompletableFuture.completedFuture(null));
    MqttAsyncClient device = five("LS-1", "LS-1");
    CompletableFuture<String> command = new CompletableFuture<>();
    device.setCallback(new FirstMessage(command));
    device.subscribe("lm/v1/d/LS-1/cmd", 1).waitForCompletion(5000);
    assertThat(send("w1-0.1", "LS-1")).isInstanceOf(Outcome.Accepted.class);
    JsonNode wrapper = new ObjectMapper().readTree(command.get(5, TimeUnit.SECONDS));
    var token =
        device.publish(
            "lm/v1/d/LS-1/rcpt",
            played(wrapper, "c-w1-0.1").getBytes(StandardCharsets.UTF_8),
            1,
            false);
    // A later message of the same connection is answered: the receipt was seen, and not answered.
    publish(device, "lm/v1/d/LS-1/state", "{\"v\":1,\"type\":\"offline\",\"session\":1}");
    assertThat(token.isComplete()).isFalse();
    kept.complete(null);
    token.waitForCompletion(5000);
    assertThat(token.isComplete()).isTrue();
  }

  @Test
  void an_old_command_that_a_device_refuses_gets_no_fresh_one_out_of_us() throws Exception {
    Heard heard = Heard.by(channel);
    TestDevice device = device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    send("w1-0.1", "LS-1");
    awaitEvidence(heard, "w1-0.1", Evidence.PLAYED);
    device.publish("lm/v1/d/LS-1/rcpt", replayed(device));
    awaitEvidence(heard, "w1-0.1", Evidence.REFUSED);
    send("w1-0.2", "LS-1");
    awaitEvidence(heard, "w1-0.2", Evidence.PLAYED);
    assertThat(device.commands).hasSize(2);
  }

  @Test
  void a_fresh_command_that_a_device_takes_for_a_replay_is_sent_with_a_fresh_place()
      throws Exception {
    Heard heard = Heard.by(channel);
    TestDevice device = device("LS-1");
    device.answers = false;
    device.on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    send("w1-0.1", "LS-1");
    await().until(() -> device.bodies.size() == 1);
    device.publish("lm/v1/d/LS-1/rcpt", replayed(device));
    await().until(() -> device.bodies.size() == 2);
    assertThat(device.bodies.get(1).get("seq").longValue())
        .isGreaterThan(device.bodies.get(0).get("seq").longValue());
    assertThat(device.commands.get(1).get("id")).isEqualTo(device.commands.get(0).get("id"));
  }

  private static String replayed(TestDevice device) {
    return "{\"v\":1,\"id\":\"%s\",\"content\":\"%s\",\"outcome\":\"refused\",\"reason\":\"REPLAYED\",\"at\":0}"
        .formatted(
            device.commands.get(0).get("id").textValue(),
            device.bodies.get(0).get("content").textValue());
  }

  @Test
  void a_receipt_of_yesterdays_process_still_counts() throws Exception {
    Heard.by(channel);
    TestDevice device = device("LS-1");
    device.answers = false;
    device.on();
    Presences.awaitOnline(channel, 1);
    send("w1-0.1", "LS-1");
    await().until(() -> !device.commands.isEmpty());
    channel.close();
    channel = channel(LoudspeakerConfig.embedded(0));
    Heard heard = Heard.by(channel);
    MqttAsyncClient again = five("LS-1", "LS-1");
    publish(again, "lm/v1/d/LS-1/rcpt", played(device.commands.get(0), device.bodies.get(0)));
    awaitEvidence(heard, "w1-0.1", Evidence.PLAYED);
  }

  @Test
  void a_silent_connection_is_offline_after_ninety_seconds() throws Exception {
    Heard heard = Heard.by(channel);
    device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    skew.addAndGet(Duration.ofSeconds(91).toNanos());
    channel.sweep();
    awaitPresence(heard, "LS-1", Signal.State.OFFLINE);
  }

  @Test
  void what_is_too_old_or_too_long_never_leaves() throws Exception {
    Heard.by(channel);
    assertThat(send(message("w1-0.1", "LS-1", "words", Instant.now().minusSeconds(1))))
        .isInstanceOf(Outcome.Permanent.class);
    assertThat(send(message("w1-0.2", "LS-1", "字".repeat(1501), Instant.now().plusSeconds(60))))
        .isInstanceOf(Outcome.Permanent.class);
  }

  @Test
  void the_longest_text_still_fits_the_devices_buffer() throws Exception {
    Heard heard = Heard.by(channel);
    TestDevice device = device("LS-1").on();
    awaitPresence(heard, "LS-1", Signal.State.ONLINE);
    assertThat(send(message("w1-0.1", "LS-1", "字".repeat(1500), Instant.now().plusSeconds(60))))
        .isInstanceOf(Outcome.Accepted.class);
    await().until(() -> !device.bodies.isEmpty());
    assertThat(device.bodies.get(0).get("text").textValue()).hasSize(1500);
  }

  @Test
  void a_port_in_use_is_named() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () ->
                    LoudspeakerChannel.open(
                        LoudspeakerConfig.embedded(port()), memory, Clock.systemUTC(), null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Integer.toString(port()));
  }

  @Test
  void a_storm_of_receipts_is_kept_whole_while_the_store_answers_late() throws Exception {
    int devices = 200;
    Set<String> played = ConcurrentHashMap.newKeySet();
    channel.listen(
        s -> {
          assertThat(Thread.currentThread().getName()).doesNotContain("sign");
          return CompletableFuture.runAsync(
              () -> {
                if (s instanceof Signal.Confirmation c && c.evidence() == Evidence.PLAYED) {
                  played.add(c.attempt());
                }
              });
        });
    for (int i = 0; i < devices; i++) {
      device("LS-" + i).on();
    }
    Presences.awaitOnline(channel, devices);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < devices; i++) {
        Message m = ChannelContract.message("w" + round + "-" + i + ".1", "LS-" + i);
        outcomes.add(channel.send(m).toCompletableFuture());
      }
    }
    for (CompletableFuture<Outcome> outcome : outcomes) {
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(Outcome.Accepted.class);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> played.size() == 5 * devices);
    assertThat(channel.room()).isEqualTo(4096);
    assertThat(storeThreads).noneMatch(t -> t.contains("eventloop") || t.contains("MQTT"));
  }

  @Test
  void a_desk_that_holds_its_own_lock_everywhere_never_stops_the_wire() throws Exception {
    Object desk = new Object();
    List<CompletableFuture<Void>> keeping = new ArrayList<>();
    AtomicLong played = new AtomicLong();
    channel.listen(
        s -> {
          synchronized (desk) {
            if (s instanceof Signal.Confirmation c && c.evidence() == Evidence.PLAYED) {
              played.incrementAndGet();
            }
            CompletableFuture<Void> kept = new CompletableFuture<>();
            keeping.add(kept);
            return kept;
          }
        });
    device("LS-1").on();
    device("LS-2").on();
    Presences.awaitOnline(channel, 2);
    int messages = 300;
    for (int i = 0; i < messages; i++) {
      String attempt = "w1-" + i + ".1";
      CompletableFuture<Outcome> outcome;
      synchronized (desk) {
        outcome =
            channel
                .send(ChannelContract.message(attempt, "LS-" + (1 + i % 2)))
                .toCompletableFuture();
      }
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                synchronized (desk) {
                  keeping.forEach(k -> k.complete(null));
                  keeping.clear();
                }
                return outcome.isDone();
              });
    }
    await()
        .until(
            () -> {
              synchronized (desk) {
                keeping.forEach(k -> k.complete(null));
                keeping.clear();
              }
              return played.get() == messages;
            });
  }

  /** Keeps the first message that a Paho client gets. */
  private record FirstMessage(CompletableFuture<String> text) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      text.complete(new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String uri) {}

    @Override
    public void authPacketArrived(int code, MqttProperties properties) {}
  }

  private LoudspeakerChannel channel(LoudspeakerConfig config) throws IOException {
    return LoudspeakerChannel.open(
        config,
        new WatchedMemory(memory, storeThreads),
        Clock.systemUTC(),
        () -> System.nanoTime() + skew.get(),
        vertx);
  }

  private int port() {
    return channel.port().orElseThrow();
  }

  private TestDevice device(String id) {
    TestDevice device =
        new TestDevice(vertx, port(), id, channel.passwordOf(id), channel.publicKey());
    open.add(device);
    return device;
  }

  /** An MQTT 5 connection of that device under any client id. */
  private MqttAsyncClient five(String device, String clientId) throws MqttException {
    MqttAsyncClient client =
        new MqttAsyncClient("tcp://127.0.0.1:" + port(), clientId, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(device);
    options.setPassword(channel.passwordOf(device).getBytes(StandardCharsets.UTF_8));
    options.setCleanStart(true);
    client.connect(options).waitForCompletion(5000);
    open.add(
        () -> {
          if (client.isConnected()) {
            client.disconnectForcibly(0, 500, true);
          }
          client.close(true);
        });
    return client;
  }

  private static void publish(MqttAsyncClient client, String topic, String payload)
      throws MqttException {
    publish(client, topic, payload, true);
  }

  private static void publish(MqttAsyncClient client, String topic, String payload, boolean allowed)
      throws MqttException {
    var token = client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
    try {
      token.waitForCompletion(5000);
    } catch (MqttException e) {
      assertThat(allowed).as(e.getMessage()).isFalse();
    }
    assertThat(token.isComplete()).isTrue();
  }

  private static String played(JsonNode wrapper, JsonNode body) {
    return played(wrapper, body.get("content").textValue());
  }

  private static String played(JsonNode wrapper, String content) {
    return "{\"v\":1,\"id\":\"%s\",\"content\":\"%s\",\"outcome\":\"played\",\"at\":0,\"seconds\":9,\"volume\":90,\"muted\":false}"
        .formatted(wrapper.get("id").textValue(), content);
  }

  private Outcome send(String attempt, String device) throws Exception {
    return send(ChannelContract.message(attempt, device));
  }

  private Outcome send(Message message) throws Exception {
    return channel.send(message).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Message message(String attempt, String device, String text, Instant playBy) {
    Content content =
        new Content(
            "c-" + attempt,
            Content.Kind.WARN,
            "w1",
            text,
            Map.of(),
            Speech.PLAIN,
            Instant.now(),
            playBy,
            1,
            false,
            List.of(),
            List.of());
    return new Message(attempt, device, content, Map.of(), Set.of());
  }

  private static void awaitPresence(Heard heard, String device, Signal.State state) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                heard.all().stream()
                    .filter(s -> s instanceof Presence p && p.id().equals(device))
                    .reduce((a, b) -> b)
                    .filter(s -> s instanceof Presence p && p.state() == state)
                    .isPresent());
  }

  private static void awaitEvidence(Heard heard, String attempt, Evidence evidence) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                heard.confirmations().stream()
                    .anyMatch(c -> c.attempt().equals(attempt) && c.evidence() == evidence));
  }
}
