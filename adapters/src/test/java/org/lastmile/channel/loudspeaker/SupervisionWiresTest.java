package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Presence;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.Speaker;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/** What is wrong with a device shows, and what it is told it does, over both kinds of link. */
class SupervisionWiresTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String VILLAGE = "510723104201";
  private static final String[] DEVICES = {"LS-1", "LS-2", "LS-3", "LS-4", "LS-5", "LS-6"};

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong skew = new AtomicLong();
  private Broker broker;
  private LoudspeakerChannel channel;
  private SpeakerFleet fleet;
  private Heard heard;

  enum Wire {
    ENDPOINT,
    MOSQUITTO
  }

  private void open(Wire wire) throws IOException {
    LoudspeakerConfig config = LoudspeakerConfig.embedded(0);
    if (wire == Wire.MOSQUITTO) {
      assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
      broker = new Mosquitto(DEVICES);
      config =
          LoudspeakerConfig.broker(
              "mqtt://127.0.0.1:" + broker.port(), Broker.GATEWAY, Broker.PASSWORD);
    }
    channel =
        LoudspeakerChannel.open(
            config,
            new MemoryInHeap(),
            Clock.systemUTC(),
            () -> System.nanoTime() + skew.get(),
            vertx);
    heard = Heard.by(channel);
    fleet = fleet(1);
    for (String id : DEVICES) {
      fleet.add(SpeakerSettings.of(id, VILLAGE).withPassword(password(id)));
    }
  }

  /** They say how they are when they are asked: a heartbeat would come between. */
  private SpeakerFleet fleet(long seed) {
    PublicKey key = channel.publicKey();
    int port = broker == null ? channel.port().orElseThrow() : broker.port();
    return new SpeakerFleet(
        FleetSettings.of(
                URI.create("mqtt://127.0.0.1:" + port),
                Map.of(key.kid(), Base64.getDecoder().decode(key.base64())))
            .withPlayTime(Duration.ofMillis(20))
            .withHeartbeat(Duration.ofSeconds(60))
            .withSeed(seed)
            .withRetry(Duration.ofMillis(50), Duration.ofMillis(200)));
  }

  private String password(String id) {
    return broker == null ? channel.passwordOf(id) : Broker.PASSWORD;
  }

  private void allOn(Wire wire) throws IOException {
    open(wire);
    fleet.start();
    Presences.awaitOnline(channel, DEVICES.length);
  }

  @AfterEach
  void close() {
    if (fleet != null) {
      fleet.close();
    }
    if (channel != null) {
      channel.close();
    }
    if (broker != null) {
      broker.close();
    }
    vertx.close();
  }

  private Supervised device(String id) {
    return channel.device(id).orElseThrow();
  }

  private static Outcome of(LoudspeakerChannel.Told told) throws Exception {
    return told.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Waits for the device's answer to what it was just told. */
  private Supervised answered(String id, LoudspeakerChannel.Told told, String answer)
      throws Exception {
    assertThat(of(told)).isInstanceOf(Outcome.Accepted.class);
    await(id + " answers " + told.content())
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(device(id).told().content()).isEqualTo(told.content());
              assertThat(device(id).told().answer()).isEqualTo(answer);
            });
    return device(id);
  }

  private void reports(String id) throws Exception {
    answered(id, channel.report(id), "done");
  }

  private void becomes(String id, Condition condition, String en, String zh) {
    await(id + " is " + condition)
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(device(id).condition()).isEqualTo(condition);
              assertThat(device(id).why()).isEqualTo(new Remark(en, zh));
              Presence told = told(id);
              assertThat(told.state()).isEqualTo(condition.presence());
              assertThat(told.why()).isEqualTo(en);
              assertThat(told.facts()).containsEntry("whyZh", zh);
            });
  }

  /** What the house was told of it last. */
  private Presence told(String id) {
    List<Signal> all = heard.all();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i) instanceof Presence p && p.id().equals(id)) {
        return p;
      }
    }
    throw new AssertionError("nothing was told of " + id);
  }

  @ParameterizedTest
  @EnumSource
  void a_test_is_played_and_its_result_stands_with_the_device(Wire wire) throws Exception {
    allOn(wire);
    fleet.device("LS-2").hears(true);
    fleet.device("LS-3").hears(false);
    fleet.device("LS-4").fails("NO_SOUND");
    fleet.device("LS-5").refuses("BUSY");
    assertThat(tested("LS-1", "played")).isEqualTo(Tested.Result.PLAYED);
    assertThat(fleet.device("LS-1").played()).extracting(p -> p.kind()).containsExactly("TEST");
    assertThat(tested("LS-2", "played")).isEqualTo(Tested.Result.HEARD);
    assertThat(tested("LS-3", "played")).isEqualTo(Tested.Result.NOT_HEARD);
    becomes("LS-3", Condition.FAULTY, "its last self-test was not heard", "上次自检没有听到声音");
    assertThat(tested("LS-4", "failed")).isEqualTo(Tested.Result.FAILED);
    becomes("LS-4", Condition.FAULTY, "its last self-test failed: NO_SOUND", "上次自检失败：NO_SOUND");
    assertThat(tested("LS-5", "refused")).isEqualTo(Tested.Result.REFUSED);
    assertThat(device("LS-5").told().why()).startsWith("BUSY");
    assertThat(device("LS-5").condition()).as("busy is no fault").isEqualTo(Condition.ONLINE);
    fleet.device("LS-4").fails(null);
    assertThat(tested("LS-4", "played")).isEqualTo(Tested.Result.PLAYED);
    becomes("LS-4", Condition.ONLINE, "", "");
  }

  private Tested.Result tested(String id, String answer) throws Exception {
    LoudspeakerChannel.Told told = channel.test(id, 40);
    Supervised now = answered(id, told, answer);
    assertThat(now.told().kind()).isEqualTo("test");
    await().atMost(SOON).until(() -> device(id).test() != null);
    assertThat(device(id).test().content()).isEqualTo(told.content());
    return device(id).test().result();
  }

  @ParameterizedTest
  @EnumSource
  void what_it_is_told_to_keep_stands_in_its_state(Wire wire) throws Exception {
    allOn(wire);
    LoudspeakerChannel.Told told =
        channel.configure(
            "LS-1", new DeviceSettings(60, Duration.ofSeconds(20), null, null, List.of("school")));
    answered("LS-1", told, "done");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(device("LS-1").facts())
                    .containsEntry("config", told.content())
                    .containsEntry("volume", "60"));
    assertThat(device("LS-1").condition()).isEqualTo(Condition.ONLINE);
    answered("LS-1", channel.configure("LS-1", volume(20)), "done");
    becomes("LS-1", Condition.DEGRADED, "volume below 30", "音量低于 30");
    answered("LS-1", channel.configure("LS-1", volume(90)), "done");
    becomes("LS-1", Condition.ONLINE, "", "");
  }

  private static DeviceSettings volume(int volume) {
    return new DeviceSettings(volume, null, null, null, null);
  }

  @ParameterizedTest
  @EnumSource
  void what_keeps_a_device_from_being_heard_is_named_and_its_end_too(Wire wire) throws Exception {
    allOn(wire);
    fleet.device("LS-1").muted(true);
    fleet.device("LS-2").battery(15);
    fleet.device("LS-3").signal(-110);
    fleet.device("LS-4").clockOff(Duration.ofMinutes(-2));
    fleet.device("LS-5").fault("AMPLIFIER");
    for (String id : DEVICES) {
      reports(id);
    }
    becomes("LS-1", Condition.DEGRADED, "muted", "已静音");
    becomes("LS-2", Condition.DEGRADED, "battery below 20 %", "电池电量低于 20 %");
    becomes("LS-3", Condition.DEGRADED, "signal below -105 dBm", "信号弱于 -105 dBm");
    becomes("LS-4", Condition.DEGRADED, "clock off by more than 60 s", "时钟偏差超过 60 秒");
    becomes("LS-5", Condition.FAULTY, "fault AMPLIFIER", "设备报故障 AMPLIFIER");
    becomes("LS-6", Condition.ONLINE, "", "");
    assertThat(device("LS-2").facts()).containsEntry("battery", "15");
    assertThat(device("LS-3").facts()).containsEntry("signal", "-110");
    fleet.device("LS-1").muted(false);
    fleet.device("LS-2").battery(80);
    fleet.device("LS-3").signal(-70);
    fleet.device("LS-4").clockOff(Duration.ZERO);
    fleet.device("LS-5").fault("");
    for (String id : DEVICES) {
      reports(id);
      becomes(id, Condition.ONLINE, "", "");
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_is_gone_shows_at_once_and_one_that_only_says_nothing_after_ninety_seconds(Wire wire)
      throws Exception {
    allOn(wire);
    fleet.device("LS-1").powerOff();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(device("LS-1").condition()).isEqualTo(Condition.SILENT);
              assertThat(told("LS-1").state()).isEqualTo(Signal.State.OFFLINE);
            });
    assertThat(of(channel.test("LS-1", 20)))
        .isEqualTo(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
    assertThat(device("LS-1").told()).as("nothing waits for an answer of it").isNull();
    pass(85);
    channel.sweep();
    assertThat(device("LS-2").condition()).isEqualTo(Condition.ONLINE);
    reports("LS-3");
    pass(6);
    becomes("LS-2", Condition.SILENT, "silent for more than 90 s", "超过 90 秒没有声息");
    assertThat(device("LS-3").condition()).isEqualTo(Condition.ONLINE);
    // Its socket stands: what was only quiet is back with a word.
    reports("LS-2");
    becomes("LS-2", Condition.ONLINE, "", "");
    fleet.device("LS-1").powerOn();
    becomes("LS-1", Condition.ONLINE, "", "");
  }

  private void pass(int seconds) {
    skew.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @ParameterizedTest
  @EnumSource
  void two_devices_with_one_id_throw_each_other_out_and_are_named(Wire wire) throws Exception {
    open(wire);
    fleet.device("LS-1").powerOn();
    Presences.awaitOnline(channel, 1);
    try (SpeakerFleet other = fleet(2)) {
      Speaker twin = other.add(SpeakerSettings.of("LS-1", VILLAGE).withPassword(password("LS-1")));
      twin.powerOn();
      await("the twins are named")
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(
              () -> {
                assertThat(device("LS-1").condition()).isEqualTo(Condition.DEGRADED);
                assertThat(told("LS-1").state()).isEqualTo(Signal.State.DEGRADED);
                assertThat(told("LS-1").why()).isEqualTo(Twins.WORDS);
                assertThat(told("LS-1").facts()).containsEntry("whyZh", "两台设备用同一个编号");
              });
    }
    // One of them is taken off the wall.
    await().atMost(SOON).until(() -> fleet.device("LS-1").isOnline());
    for (int i = 0; i < 26; i++) {
      pass(30);
      channel.sweep();
      reports("LS-1");
    }
    becomes("LS-1", Condition.ONLINE, "", "");
  }
}
