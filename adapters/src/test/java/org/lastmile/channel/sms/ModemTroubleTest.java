package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.sms.Bench.PATIENCE;
import static org.lastmile.channel.sms.Bench.message;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.sms.at.Trouble;
import org.lastmile.simulators.modem.Fault;
import org.lastmile.simulators.modem.VirtualModem;
import org.lastmile.simulators.modem.VirtualModem.Manner;

/** Everything that can be wrong with a modem: what the operator reads, and that others go on. */
class ModemTroubleTest {
  private static final String PHONE = "13800000001";
  private static final String OTHER = "13800000002";

  @TempDir Path folder;

  private static Arguments when(String what, Trouble trouble, Consumer<VirtualModem> done) {
    return Arguments.of(what, trouble, done);
  }

  private static Consumer<VirtualModem> sim(String state) {
    return modem -> {
      modem.sim(state);
      modem.restart(Duration.ZERO);
    };
  }

  static Stream<Arguments> troubles() {
    return Stream.of(
        when("it has no SIM", Trouble.NO_SIM, sim("NOT INSERTED")),
        when("its SIM asks for the PIN", Trouble.SIM_PIN, sim("SIM PIN")),
        when("its SIM asks for the PUK", Trouble.SIM_PUK, sim("SIM PUK")),
        when("its SIM is slow", Trouble.SIM_NOT_READY, sim("NOT READY")),
        when("it is locked to an operator", Trouble.PHONE_LOCK, sim("PH-NET PIN")),
        when("it still searches", Trouble.SEARCHING, m -> m.registration(2)),
        when("the network denies it", Trouble.DENIED, m -> m.registration(3)),
        when(
            "it has no signal",
            Trouble.NO_SIGNAL,
            m -> {
              m.signal(99);
              m.registration(2);
            }),
        when("its signal is weak", Trouble.WEAK_SIGNAL, m -> m.signal(3)),
        when(
            "it knows no service centre",
            Trouble.NO_CENTRE,
            m -> {
              m.centre("");
              m.restart(Duration.ZERO);
            }),
        when("it is mute", Trouble.NO_ANSWER, m -> m.silence(Duration.ofMinutes(9))),
        when("its line only repeats", Trouble.ONLY_ECHO, m -> m.manner(Manner.REPEATS)),
        when("it talks without end", Trouble.ONLY_NOISE, m -> m.manner(Manner.BABBLES)),
        when("it is pulled out", Trouble.PORT_MISSING, VirtualModem::unplug));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("troubles")
  void a_trouble_is_said_with_port_and_cure_in_both_languages_and_the_other_modem_goes_on(
      String what, Trouble trouble, Consumer<VirtualModem> done) throws Exception {
    try (Bench bench = Bench.with(folder, 2)) {
      if (trouble != Trouble.NO_CENTRE) { // that one has to be so from the start
        bench.ready();
      }
      done.accept(bench.modem(0));
      if (trouble == Trouble.NO_CENTRE) {
        bench.listen(bench.channel);
      }
      String port = bench.modem(0).link().toString();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Health.Part part = part(bench.channel, port);
                assertThat(part.facts()).containsEntry("trouble", trouble.name());
                assertThat(part.state()).isNotEqualTo(Health.State.UP);
                assertThat(part.why()).contains(port);
                assertThat(part.facts().get("whyZh"))
                    .contains(port)
                    .containsPattern("[\u4e00-\u9fff]{4}");
              });
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(bench.send(message("a1", PHONE, "请立即转移")))
                      .isInstanceOf(Outcome.Accepted.class));
      bench.smsc.phone(PHONE).expect("请立即转移", PATIENCE);
      assertThat(bench.smsc.statistics().duplicates()).isZero();
    }
  }

  @Test
  void a_message_that_was_refused_for_want_of_a_centre_goes_out_by_another_modem()
      throws Exception {
    try (Bench bench = Bench.with(folder, 2).ready()) {
      bench.modem(0).centre("");
      bench.modem(0).next(100, Fault.refuse(330));
      for (int i = 0; i < 6; i++) {
        assertThat(bench.send(message("a" + i, PHONE, "nr " + i)))
            .isInstanceOf(Outcome.Accepted.class);
      }
      await().atMost(PATIENCE).until(() -> bench.smsc.statistics().messages() == 6);
    }
  }

  @Test
  void a_configured_service_centre_is_told_to_a_sim_that_knows_none() throws Exception {
    try (Bench bench = Bench.with(folder, 1);
        SmsChannel channel =
            bench.channel(port -> bench.port(port, "+8613800230500", SmsConfig.PowerCycle.NONE))) {
      bench.modem(0).centre("");
      bench.listen(channel);
      await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
      assertThat(channel.send(message("a1", PHONE, "hello")).toCompletableFuture().get())
          .isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_modem_that_echoes_for_ever_works_all_the_same() throws Exception {
    try (Bench bench = Bench.with(folder, 1)) {
      bench.modem(0).manner(Manner.ECHOES);
      bench.ready();
      for (int i = 0; i < 3; i++) {
        assertThat(bench.send(message("a" + i, PHONE, "请立即转移 " + i)))
            .isInstanceOf(Outcome.Accepted.class);
      }
      assertThat(bench.smsc.statistics().duplicates()).isZero();
    }
  }

  @Test
  void a_modem_at_another_speed_is_found_and_its_speed_is_shown() throws Exception {
    try (Bench bench = Bench.with(folder, 1)) {
      bench.modem(0).baud(9_600);
      bench.ready();
      assertThat(facts(bench, 0)).containsEntry("baud", "9600");
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_modem_in_flight_mode_is_switched_on() throws Exception {
    try (Bench bench = Bench.with(folder, 1)) {
      bench.modem(0).radio(4);
      bench.ready();
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_sim_full_of_old_messages_stops_neither_reports_nor_answers() throws Exception {
    try (Bench bench = Bench.with(folder, 1)) {
      bench.modem(0).fill("SM");
      bench.ready();
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Accepted.class);
      bench.smsc.phone(PHONE).replies("收到");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(bench.heard.confirmations())
                      .extracting(Signal.Confirmation::evidence)
                      .contains(Evidence.DELIVERED));
      await()
          .atMost(PATIENCE)
          .until(() -> bench.heard.all().stream().anyMatch(Signal.Inbound.class::isInstance));
    }
  }

  @Test
  void a_sim_that_was_put_in_is_seen_because_the_modem_is_restarted() throws Exception {
    try (Bench bench = Bench.with(folder, 1)) {
      bench.modem(0).sim("NOT INSERTED");
      bench.listen(bench.channel);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(facts(bench, 0)).containsEntry("trouble", "NO_SIM"));
      bench.modem(0).sim("READY"); // it looks only when it starts

      await().atMost(PATIENCE).until(() -> bench.channel.check().state() == Health.State.UP);

      assertThat(facts(bench, 0).get("recovery")).startsWith("restarted at ");
      assertThat(facts(bench, 0).get("recoveryZh")).contains("重启");
    }
  }

  @Test
  void a_modem_that_hangs_has_its_power_switched_once_and_works_again() throws Exception {
    Path calls = folder.resolve("calls");
    SmsConfig.PowerCycle cycle =
        new SmsConfig.PowerCycle(
            List.of("sh", "-c", "echo \"$1 $2\" >> " + calls, "cycle"),
            Duration.ofSeconds(20),
            Duration.ofMinutes(5));
    try (Bench bench = Bench.with(folder, 1);
        SmsChannel channel = bench.channel(port -> bench.port(port, "", cycle))) {
      bench.listen(channel);
      await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
      bench.modem(0).silence(Duration.ofMinutes(9));
      await().atMost(PATIENCE).until(() -> Files.exists(calls));
      assertThat(channel.check().parts().get(0).facts().get("trouble"))
          .isIn("NO_ANSWER", "POWER_CYCLING", "SILENT");
      bench.modem(0).restart(Duration.ZERO); // what the command would have done

      await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);

      VirtualModem modem = bench.modem(0);
      assertThat(calls).hasContent(modem.link() + " " + modem.settings().imei());
      assertThat(channel.check().parts().get(0).facts().get("recovery")).contains("power-cycled");
    }
  }

  private static Map<String, String> facts(Bench bench, int modem) {
    return part(bench.channel, bench.modem(modem).link().toString()).facts();
  }

  private static Health.Part part(SmsChannel channel, String name) {
    return channel.check().parts().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_part_counts_what_was_sent() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.send(message("a1", PHONE, "hello"));
      bench.send(message("a2", OTHER, "hello"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(facts(bench, 0))
                      .containsEntry("sent", "2")
                      .containsEntry("sentPerMinute", "2"));
    }
  }
}
