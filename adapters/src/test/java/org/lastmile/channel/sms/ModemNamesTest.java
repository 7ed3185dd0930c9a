package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.sms.Bench.PATIENCE;
import static org.lastmile.channel.sms.Bench.message;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Sms;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

/** Modems that come and go under changing names. */
class ModemNamesTest {
  private static final ModemSettings A = ModemSettings.ofNumber("13900000001");
  private static final ModemSettings B = ModemSettings.ofNumber("13900000002");

  @TempDir Path folder;
  private final Smsc smsc = new Smsc();

  private SmsChannel channel(Ports ports, SmsConfig.Port... configured) {
    return new SmsChannel(
        new SmsConfig(List.of(configured)),
        new MemoryInHeap(),
        Clock.systemUTC(),
        Bench.QUICK,
        ports);
  }

  private SmsChannel behind(String pattern) {
    return channel(Ports.SYSTEM, SmsConfig.Port.of(pattern));
  }

  private VirtualModem modem(String name, ModemSettings settings) {
    return new VirtualModem(folder.resolve(name), settings, smsc);
  }

  private static void up(SmsChannel channel, int parts) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(channel.check().parts()).hasSize(parts);
              assertThat(channel.check().state()).isEqualTo(Health.State.UP);
            });
  }

  @Test
  void a_terminal_closed_for_five_seconds_and_made_anew_elsewhere_resumes_and_no_other_ever_pauses()
      throws Exception {
    try (VirtualModem steady = modem("usb1", B);
        SmsChannel channel = behind(folder + "/usb*")) {
      VirtualModem first = modem("usb0", A);
      Heard.by(channel);
      up(channel, 2);
      first.close();
      List<Sms> delivered = new CopyOnWriteArrayList<>();
      smsc.onDelivered(delivered::add);
      Instant back = Instant.now().plusSeconds(5);
      List<CompletionStage<Outcome>> sent = new ArrayList<>();
      int n = 0;
      while (Instant.now().isBefore(back)) {
        sent.add(channel.send(message("a" + n, "138000" + (10_000 + n++), "请立即转移")));
        sent.get(sent.size() - 1).toCompletableFuture().get(30, TimeUnit.SECONDS);
      }
      try (VirtualModem again = modem("usb7", A)) {
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  int each = sent.size();
                  for (int i = 0; i < 4; i++) {
                    String attempt = "b" + (each + i);
                    sent.add(channel.send(message(attempt, "139000" + (10_000 + each + i), "转移")));
                  }
                  return again.statistics().accepted() > 0;
                });
        up(channel, 2);
      }
      List<Outcome> unknown = new ArrayList<>();
      for (CompletionStage<Outcome> each : sent) {
        Outcome outcome = each.toCompletableFuture().get(30, TimeUnit.SECONDS);
        if (!(outcome instanceof Outcome.Accepted)) {
          unknown.add(outcome);
        }
      }
      // At most what the first one had in hand when it went.
      assertThat(unknown).hasSizeLessThanOrEqualTo(1);
      assertThat(steady.statistics().plugged()).isEqualTo(1);
      assertThat(longestPause(delivered, back)).isLessThan(Duration.ofSeconds(2));
      assertThat(smsc.statistics().duplicates()).isZero();
    } finally {
      smsc.close();
    }
  }

  /** Between two parts that came from that SIM while the other was away. */
  private static Duration longestPause(List<Sms> delivered, Instant until) {
    List<Instant> times =
        delivered.stream().map(Sms::at).filter(at -> at.isBefore(until)).sorted().toList();
    assertThat(times).hasSizeGreaterThan(10);
    Duration longest = Duration.ZERO;
    for (int i = 1; i < times.size(); i++) {
      Duration pause = Duration.between(times.get(i - 1), times.get(i));
      longest = pause.compareTo(longest) > 0 ? pause : longest;
    }
    return longest;
  }

  @Test
  void two_modems_that_changed_places_are_both_taken_back() throws Exception {
    try (SmsChannel channel = behind(folder + "/usb*")) {
      try (VirtualModem first = modem("usb0", A);
          VirtualModem second = modem("usb1", B)) {
        Heard.by(channel);
        up(channel, 2);
        assertThat(first.isPlugged() && second.isPlugged()).isTrue();
      }
      await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.DOWN);
      try (VirtualModem first = modem("usb1", A);
          VirtualModem second = modem("usb0", B)) {
        up(channel, 2);
        assertThat(channel.check().parts())
            .extracting(p -> p.facts().get("imei"))
            .containsExactlyInAnyOrder(first.settings().imei(), second.settings().imei());
      }
    } finally {
      smsc.close();
    }
  }

  @Test
  void a_port_given_by_its_usb_id_is_found_under_whatever_name() throws Exception {
    Machine machine = new Machine(folder);
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB0", "00");
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB2", "02");
    try (SmsChannel channel = channel(machine.ports(), SmsConfig.Port.of("usb:2c7c:0125/if02"))) {
      try (VirtualModem modem = modem("dev/ttyUSB2", A)) {
        Heard.by(channel);
        up(channel, 1);
        assertThat(channel.check().parts().get(0).facts()).containsEntry("usb", "1-1:1.02");
        assertThat(modem.isPlugged()).isTrue();
      }
      machine.unplug("ttyUSB2");
      await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.DOWN);
      machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB5", "02");
      try (VirtualModem modem = modem("dev/ttyUSB5", A)) {
        up(channel, 1);
        assertThat(channel.check().parts().get(0).name()).isEqualTo(modem.link().toString());
      }
    } finally {
      smsc.close();
    }
  }

  @Test
  void a_port_given_by_its_name_is_taken_back_at_its_plug_when_its_name_changed() throws Exception {
    Machine machine = new Machine(folder);
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB2", "02");
    String name = machine.dev("ttyUSB2");
    try (SmsChannel channel = channel(machine.ports(), SmsConfig.Port.of(name))) {
      try (VirtualModem modem = modem("dev/ttyUSB2", A)) {
        Heard.by(channel);
        up(channel, 1);
        assertThat(modem.isPlugged()).isTrue();
      }
      machine.unplug("ttyUSB2");
      machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB3", "02");
      Files.delete(Path.of(machine.dev("ttyUSB3")));
      try (VirtualModem modem = modem("dev/ttyUSB3", A)) {
        up(channel, 1);
        assertThat(channel.check().parts().get(0).name()).isEqualTo(name);
        channel
            .send(message("a1", "13800000001", "hello"))
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
        assertThat(modem.statistics().accepted()).isEqualTo(1);
      }
    } finally {
      smsc.close();
    }
  }

  @Test
  void the_power_of_what_is_no_modem_is_never_switched() throws Exception {
    Path calls = folder.resolve("calls");
    SmsConfig.PowerCycle cycle =
        new SmsConfig.PowerCycle(
            List.of("sh", "-c", "echo x >> " + calls),
            Duration.ofSeconds(9),
            Duration.ofMinutes(5));
    SmsConfig.Port port =
        new SmsConfig.Port(folder + "/usb*", "", SmsConfig.Port.USUAL_BAUD, "auto", 0, "", cycle);
    try (VirtualModem modem = modem("usb0", A);
        VirtualModem other = modem("usb1", B);
        SmsChannel channel = channel(Ports.SYSTEM, port)) {
      other.silence(Duration.ofMinutes(9)); // such as the same modem's diagnostics port
      Heard.by(channel);
      up(channel, 1);
      modem.unplug();
      // By then the mute one has been tried for as long.
      await().atMost(PATIENCE).until(() -> Files.exists(calls));
      assertThat(calls).hasContent("x");
    } finally {
      smsc.close();
    }
  }
}
