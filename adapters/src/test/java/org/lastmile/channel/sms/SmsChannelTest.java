package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Speech;
import org.lastmile.channel.sms.at.Trouble;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Sms;
import org.lastmile.simulators.modem.VirtualModem;

/** What the channel does with modems that work. */
class SmsChannelTest {
  private static final String PHONE = "13800000001";

  @TempDir Path folder;

  @Test
  void a_long_message_arrives_whole_and_is_delivered_when_its_last_part_is() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      String text = "【测试镇】暴雨红色预警：上坝滑坡点😀请立即转移到村小学。".repeat(8);
      Outcome outcome = bench.send(message("a1", "+86" + PHONE, text));
      int parts = (text.length() + 66) / 67;
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Accepted.class, a -> assertThat(a.references()).hasSize(parts));
      bench.smsc.phone(PHONE).expect(sms -> sms.text().equals(text), PATIENCE);
      await().atMost(PATIENCE).until(() -> bench.smsc.statistics().reports() == parts);
      await().atMost(PATIENCE).until(() -> !bench.heard.confirmations().isEmpty());
      assertThat(bench.heard.confirmations())
          .extracting(Signal.Confirmation::evidence)
          .containsExactly(Evidence.DELIVERED);
      assertThat(bench.smsc.statistics().splitPairs()).isZero();
    }
  }

  @Test
  void an_answer_comes_in_with_the_phone_and_the_sim_it_was_sent_to() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.send(message("a1", PHONE, "收到请回复1"));
      bench.smsc.phone(PHONE).expect("收到", PATIENCE);
      bench.smsc.phone(PHONE).replies("收到");
      await().atMost(PATIENCE).until(() -> !inbound(bench.heard).isEmpty());
      Signal.Inbound answer = inbound(bench.heard).get(0);
      assertThat(answer.from()).isEqualTo(PHONE);
      assertThat(answer.to()).isEqualTo(bench.modem(0).number());
      assertThat(answer.text()).isEqualTo("收到");
      assertThat(answer.id()).isNotEmpty();
    }
  }

  @Test
  void answers_come_in_while_other_letters_still_wait() throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofMillis(100))).ready()) {
      List<CompletionStage<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String phone = "138000001" + (10 + i);
        bench.smsc.phone(phone).answers("收到", Duration.ZERO);
        all.add(bench.channel.send(message("a" + i, phone, "请立即转移。".repeat(15))));
      }
      for (CompletionStage<Outcome> each : all) {
        assertThat(each.toCompletableFuture().get()).isInstanceOf(Outcome.Accepted.class);
      }
      // Each letter brings two reports and an answer: one thing a letter would be seven answers.
      assertThat(inbound(bench.heard)).hasSizeGreaterThan(14);
    }
  }

  @Test
  void an_answer_comes_in_between_the_parts_of_a_long_message() throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofMillis(400))).ready()) {
      CompletableFuture<Outcome> outcome =
          bench
              .channel
              .send(message("a1", PHONE, "上坝滑坡点请立即转移到村小学。".repeat(60)))
              .toCompletableFuture();
      await().atMost(PATIENCE).until(() -> bench.modem(0).statistics().submits() == 2);
      bench.smsc.phone("13800000002").sends(bench.modem(0).number(), "1");
      await().atMost(PATIENCE).until(() -> !inbound(bench.heard).isEmpty());
      assertThat(outcome).isNotDone();
    }
  }

  @Test
  void a_long_answer_is_put_together_before_it_is_handed_on() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      String text = "河水已经漫过桥面，三组还有两户老人没有出来，请派车。".repeat(7);
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), text);
      await().atMost(PATIENCE).until(() -> !inbound(bench.heard).isEmpty());
      assertThat(inbound(bench.heard)).extracting(Signal.Inbound::text).containsExactly(text);
    }
  }

  @Test
  void an_answer_that_was_not_kept_stays_in_the_modem_and_comes_again() throws Exception {
    try (Bench bench = Bench.with(folder, 1, s -> s.withSlots(1))) {
      List<String> kept = new ArrayList<>();
      int[] refusals = {0};
      bench.channel.listen(
          signal -> {
            if (signal instanceof Signal.Inbound in) {
              if (refusals[0]++ < 2) {
                return CompletableFuture.failedFuture(new IllegalStateException("not now"));
              }
              kept.add(in.text());
            }
            return CompletableFuture.completedFuture(null);
          });
      // The store holds one message: the second arrives only when the first was kept and deleted.
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "1");
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "2");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(kept).containsExactly("1", "2"));
      assertThat(refusals[0]).isEqualTo(4);
    }
  }

  @Test
  void an_answer_that_was_not_kept_before_its_modem_restarted_holds_no_place_for_ever()
      throws Exception {
    try (Bench bench = Bench.with(folder, 1, s -> s.withSlots(1))) {
      Set<String> kept = ConcurrentHashMap.newKeySet();
      AtomicBoolean away = new AtomicBoolean(true);
      AtomicInteger refused = new AtomicInteger();
      bench.channel.listen(
          signal -> {
            if (signal instanceof Signal.Inbound in) {
              if (away.get()) {
                refused.incrementAndGet();
                return CompletableFuture.failedFuture(new IllegalStateException("not now"));
              }
              kept.add(in.text());
            }
            return CompletableFuture.completedFuture(null);
          });
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "1");
      await().atMost(PATIENCE).until(() -> refused.get() > 0);
      int before = refused.get();
      bench.modem(0).restart(Duration.ofMillis(300));
      await().atMost(PATIENCE).until(() -> refused.get() > before + 1);
      away.set(false);
      // Its only place is free again.
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "2");
      await().atMost(PATIENCE).until(() -> kept.containsAll(List.of("1", "2")));
    }
  }

  @Test
  void what_came_while_nobody_listened_is_read_at_start() throws Exception {
    try (Bench bench = Bench.with(folder, 1)) {
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "有人被困");
      bench.ready();
      await().atMost(PATIENCE).until(() -> !inbound(bench.heard).isEmpty());
      assertThat(inbound(bench.heard).get(0).text()).isEqualTo("有人被困");
    }
  }

  @Test
  void a_report_after_a_restart_still_finds_its_message() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.smsc.phone(PHONE).off();
      bench.send(message("a1", PHONE, "hello"));
      bench.channel.close();
      try (SmsChannel next =
          new SmsChannel(
              new SmsConfig(List.of(SmsConfig.Port.of(bench.modem(0).link().toString()))),
              bench.memory,
              Clock.systemUTC(),
              Bench.QUICK)) {
        Heard heard = Heard.by(next);
        await().atMost(PATIENCE).until(() -> next.check().state() == Health.State.UP);
        bench.smsc.phone(PHONE).on();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(heard.confirmations())
                        .anyMatch(
                            c -> c.attempt().equals("a1") && c.evidence() == Evidence.DELIVERED));
      }
    }
  }

  @Test
  void a_failed_delivery_is_said_with_the_centres_own_code() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.smsc.phone(PHONE).failing(0x43);
      bench.send(message("a1", PHONE, "hello"));
      await().atMost(PATIENCE).until(() -> !bench.heard.confirmations().isEmpty());
      Signal.Confirmation c = bench.heard.confirmations().get(0);
      assertThat(c.evidence()).isEqualTo(Evidence.FAILED);
      assertThat(c.why()).isEqualTo("ST 43: number not obtainable");
    }
  }

  @Test
  void the_most_urgent_message_overtakes_what_waits() throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofMillis(150))).ready()) {
      List<CompletionStage<Outcome>> all = new ArrayList<>();
      all.add(bench.channel.send(message("a0", "13800000010", "first", 4)));
      for (int i = 1; i < 4; i++) {
        all.add(bench.channel.send(message("a" + i, "1380000001" + i, "blue", 4)));
      }
      all.add(bench.channel.send(message("red", "13800000019", "red", 1)));
      for (CompletionStage<Outcome> each : all) {
        assertThat(each.toCompletableFuture().get()).isInstanceOf(Outcome.Accepted.class);
      }
      Sms red = bench.smsc.phone("13800000019").expect("red", PATIENCE);
      Sms last = bench.smsc.phone("13800000013").expect("blue", PATIENCE);
      Sms second = bench.smsc.phone("13800000012").expect("blue", PATIENCE);
      assertThat(red.at()).isBefore(last.at()).isBefore(second.at());
    }
  }

  @Test
  void two_messages_to_one_person_arrive_in_order_although_two_modems_are_free() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2, s -> s.withNetworkDelay(Duration.ofMillis(50))).ready()) {
      List<CompletionStage<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(bench.channel.send(message("a" + i, PHONE, "number " + i)));
      }
      for (CompletionStage<Outcome> each : all) {
        each.toCompletableFuture().get();
      }
      await().atMost(PATIENCE).until(() -> bench.smsc.phone(PHONE).inbox().size() == 6);
      assertThat(bench.smsc.phone(PHONE).inbox())
          .extracting(Sms::text)
          .containsExactly("number 0", "number 1", "number 2", "number 3", "number 4", "number 5");
    }
  }

  @Test
  void all_modems_share_the_work() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2, s -> s.withNetworkDelay(Duration.ofMillis(50))).ready()) {
      assertThat(bench.channel.room()).isEqualTo(4);
      List<CompletionStage<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(bench.channel.send(message("a" + i, "138000000" + (10 + i), "hello")));
      }
      assertThat(bench.channel.room()).isZero();
      for (CompletionStage<Outcome> each : all) {
        assertThat(each.toCompletableFuture().get()).isInstanceOf(Outcome.Accepted.class);
      }
      assertThat(bench.smsc.statistics().partsBySim().values()).allMatch(n -> n >= 5);
    }
  }

  @Test
  void flash_validity_and_possible_duplicate_stand_in_the_pdu() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.send(message("a1", PHONE, "快跑", Message.Mark.FLASH, Message.Mark.POSSIBLE_DUPLICATE));
      Sms sms = bench.smsc.phone(PHONE).expect("快跑", PATIENCE);
      assertThat(sms.flash()).isTrue();
      assertThat(sms.parts().get(0).rejectDuplicates()).isTrue();
      assertThat(sms.parts().get(0).until().orElseThrow())
          .isBetween(Instant.now().plusSeconds(50 * 60), Instant.now().plusSeconds(60 * 60));
    }
  }

  @Test
  void every_part_of_a_drill_says_that_it_is_one() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      String text = "【演练】" + "上坝滑坡点请立即转移到村小学。".repeat(8);
      Message plain = message("a1", PHONE, text);
      Content c = plain.content();
      bench.send(
          new Message(
              "a1",
              PHONE,
              new Content(
                  c.id(),
                  c.kind(),
                  c.about(),
                  text,
                  Map.of(),
                  Speech.PLAIN,
                  c.issued(),
                  c.playBy(),
                  6,
                  true,
                  List.of(),
                  List.of()),
              Map.of(),
              plain.marks()));
      Sms sms = bench.smsc.phone(PHONE).expect("演练", PATIENCE);
      assertThat(sms.parts()).hasSizeGreaterThan(1);
      assertThat(sms.parts()).allMatch(p -> p.text().startsWith("【演练】"));
    }
  }

  @Test
  void what_can_not_be_an_sms_is_refused_for_good_with_the_reason() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      assertThat(bench.send(message("a1", "not a number", "hello")))
          .isInstanceOf(Outcome.Permanent.class);
      assertThat(bench.send(message("a2", PHONE, "  "))).isInstanceOf(Outcome.Permanent.class);
      assertThat(bench.send(message("a3", PHONE, "长".repeat(10_000))))
          .isInstanceOfSatisfying(
              Outcome.Permanent.class, p -> assertThat(p.why()).contains("150 parts"));
      assertThat(bench.modem(0).statistics().submits()).isZero();
    }
  }

  @Test
  void a_modem_behind_a_glob_is_found_when_it_is_plugged_and_known_again_under_another_name()
      throws Exception {
    try (Bench bench = Bench.with(folder, 0)) {
      SmsChannel channel =
          new SmsChannel(
              new SmsConfig(List.of(SmsConfig.Port.of(folder + "/usb*"))),
              bench.memory,
              Clock.systemUTC(),
              Bench.QUICK);
      try (channel) {
        Heard.by(channel);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(channel.check().why()).contains("no modem matches"));
        assertThat(channel.send(message("a1", PHONE, "hello")).toCompletableFuture().get())
            .isInstanceOf(Outcome.LaneDown.class);
        ModemSettings same = ModemSettings.ofNumber("13900000000");
        try (VirtualModem first = new VirtualModem(folder.resolve("usb0"), same, bench.smsc)) {
          await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
          assertThat(first.isPlugged()).isTrue();
        }
        await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.DOWN);
        try (VirtualModem again = new VirtualModem(folder.resolve("usb1"), same, bench.smsc)) {
          await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.UP);
          assertThat(channel.check().parts())
              .extracting(Health.Part::name)
              .containsExactly(again.link().toString());
        }
      }
    }
  }

  @Test
  void a_sim_without_its_pin_says_what_to_do_and_harms_no_other_modem() throws Exception {
    try (Bench bench = Bench.with(folder, 0);
        VirtualModem locked =
            new VirtualModem(
                folder.resolve("locked"),
                ModemSettings.ofNumber("13900000001").withPin("1234"),
                bench.smsc);
        VirtualModem good =
            new VirtualModem(
                folder.resolve("good"), ModemSettings.ofNumber("13900000002"), bench.smsc);
        SmsChannel channel =
            new SmsChannel(
                new SmsConfig(
                    List.of(
                        SmsConfig.Port.of(locked.link().toString()),
                        SmsConfig.Port.of(good.link().toString()))),
                new MemoryInHeap(),
                Clock.systemUTC(),
                Bench.QUICK)) {
      Heard.by(channel);
      await().atMost(PATIENCE).until(() -> channel.check().state() == Health.State.DEGRADED);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(channel.check().why()).contains("PIN; set pin"));
      assertThat(channel.send(message("a1", PHONE, "hello")).toCompletableFuture().get())
          .isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_wrong_pin_is_tried_once_and_a_right_one_unlocks() throws Exception {
    MemoryInHeap memory = new MemoryInHeap();
    try (Bench bench = Bench.with(folder, 0);
        VirtualModem locked =
            new VirtualModem(
                folder.resolve("locked"),
                ModemSettings.ofNumber("13900000001").withPin("1234"),
                bench.smsc)) {
      for (int start = 0; start < 2; start++) {
        try (SmsChannel wrong = locked(locked, "9999", memory)) {
          Heard.by(wrong);
          String words = start == 0 ? "refused" : "not tried again";
          await()
              .atMost(PATIENCE)
              .untilAsserted(() -> assertThat(wrong.check().why()).contains(words));
        }
      }
      try (SmsChannel right = locked(locked, "1234", memory)) {
        Heard.by(right);
        await().atMost(PATIENCE).until(() -> right.check().state() == Health.State.UP);
      }
    }
  }

  @Test
  void a_wrong_pin_is_not_tried_again_where_the_modem_does_not_say_its_imei_for_once()
      throws Exception {
    MemoryInHeap memory = new MemoryInHeap();
    try (Bench bench = Bench.with(folder, 0);
        VirtualModem modem = locked("locked", bench)) {
      modem.refuses(1_000, "+CCID"); // so that only the IMEI is left
      heard(locked(modem, "9999", memory), Trouble.PIN_REFUSED);
      modem.refuses(1, "+CGSN");
      heard(locked(modem, "9999", memory), Trouble.PIN_SPENT);
      modem.refuses(1_000, "+CGSN");
      heard(locked(modem, "9999", memory), Trouble.PIN_UNSURE);
      assertThat(modem.pins()).isEqualTo(1);
    }
  }

  @Test
  void a_wrong_pin_is_not_tried_again_when_the_serial_of_the_sim_is_read_only_sometimes()
      throws Exception {
    MemoryInHeap memory = new MemoryInHeap();
    try (Bench bench = Bench.with(folder, 0);
        VirtualModem modem = locked("locked", bench)) {
      heard(locked(modem, "9999", memory), Trouble.PIN_REFUSED);
      modem.refuses(1, "+CCID");
      heard(locked(modem, "9999", memory), Trouble.PIN_SPENT);
      assertThat(modem.pins()).isEqualTo(1);

      modem.refuses(1, "+CCID");
      heard(locked(modem, "8888", memory), Trouble.PIN_REFUSED);
      heard(locked(modem, "8888", memory), Trouble.PIN_SPENT);
      heard(locked(modem, "9999", memory), Trouble.PIN_SPENT);
      assertThat(modem.pins()).isEqualTo(2);
    }
  }

  @Test
  void a_wrong_pin_is_not_tried_again_when_its_sim_is_in_another_modem() throws Exception {
    MemoryInHeap memory = new MemoryInHeap();
    ModemSettings sim = ModemSettings.ofNumber("13900000001").withPin("1234");
    try (Bench bench = Bench.with(folder, 0)) {
      try (VirtualModem one = new VirtualModem(folder.resolve("one"), sim, bench.smsc)) {
        heard(locked(one, "9999", memory), Trouble.PIN_REFUSED);
      }
      try (VirtualModem other =
              new VirtualModem(
                  folder.resolve("other"), sim.withImei("860000000000000"), bench.smsc);
          VirtualModem otherSim =
              new VirtualModem(
                  folder.resolve("one"),
                  ModemSettings.ofNumber("13900000002").withPin("9999").withImei(sim.imei()),
                  bench.smsc)) {
        heard(locked(other, "9999", memory), Trouble.PIN_SPENT);
        assertThat(other.pins()).isZero();
        heard(locked(otherSim, "9999", memory), Trouble.NONE);
      }
    }
  }

  @Test
  void a_right_pin_whose_answer_was_lost_is_tried_again_after_the_next_power_cut()
      throws Exception {
    MemoryInHeap memory = new MemoryInHeap();
    try (Bench bench = Bench.with(folder, 0);
        VirtualModem modem = locked("locked", bench)) {
      modem.losesAnswerTo("+CPIN=");
      heard(locked(modem, "1234", memory), Trouble.NONE);
      assertThat(modem.pins()).isEqualTo(1);
      modem.unplug();
      modem.plug();
      heard(locked(modem, "1234", memory), Trouble.NONE);
      assertThat(modem.pins()).isEqualTo(2);
    }
  }

  private VirtualModem locked(String name, Bench bench) {
    return new VirtualModem(
        folder.resolve(name), ModemSettings.ofNumber("13900000001").withPin("1234"), bench.smsc);
  }

  /** What it says in the end; it is closed then. */
  private static void heard(SmsChannel channel, Trouble trouble) {
    try (channel) {
      Heard.by(channel);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(channel.check().parts())
                      .extracting(part -> part.facts().get("trouble"))
                      .containsExactly(trouble.name()));
    }
  }

  private static SmsChannel locked(VirtualModem modem, String pin, MemoryInHeap memory) {
    SmsConfig.Port port =
        new SmsConfig.Port(modem.link().toString(), pin, SmsConfig.Port.USUAL_BAUD, "auto", 0);
    return new SmsChannel(new SmsConfig(List.of(port)), memory, Clock.systemUTC(), Bench.QUICK);
  }

  @Test
  void who_only_looks_leaves_everything_for_the_gateway_but_the_report_of_its_own_message()
      throws Exception {
    String own = "13800000009";
    String text = "河水已经漫过桥面，三组还有两户老人没有出来，请派车。".repeat(7);
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withAcknowledgeWithin(Duration.ofSeconds(1))).ready()) {
      bench.smsc.phone(PHONE).off();
      assertThat(bench.send(message("a1", PHONE, "请立即转移"))).isInstanceOf(Outcome.Accepted.class);
      bench.channel.close();

      SmsConfig config =
          new SmsConfig(List.of(SmsConfig.Port.of(bench.modem(0).link().toString()))).harmless();
      try (SmsChannel looks =
          new SmsChannel(config, new MemoryInHeap(), Clock.systemUTC(), Bench.QUICK)) {
        Heard seen = Heard.by(looks);
        await().atMost(PATIENCE).until(() -> looks.check().state() == Health.State.UP);
        bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "收到");
        bench.smsc.phone(PHONE).sends(bench.modem(0).number(), text);
        looks.send(message("test", own, "test")).toCompletableFuture().get();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(seen.confirmations())
                        .extracting(Signal.Confirmation::evidence)
                        .contains(Evidence.DELIVERED));
        long reports = bench.modem(0).statistics().reports();
        bench.smsc.phone(PHONE).on();
        await().atMost(PATIENCE).until(() -> bench.modem(0).statistics().reports() > reports);
        // As long as a report that nobody claims is held.
        await()
            .atMost(PATIENCE)
            .during(Duration.ofSeconds(11))
            .until(() -> inbound(seen).isEmpty());
        assertThat(seen.confirmations())
            .extracting(Signal.Confirmation::attempt)
            .containsOnly("test");
      }

      bench.on(bench.memory).ready();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(inbound(bench.heard))
                    .extracting(Signal.Inbound::text)
                    .containsExactlyInAnyOrder("收到", text);
                assertThat(bench.heard.confirmations())
                    .extracting(Signal.Confirmation::attempt, Signal.Confirmation::evidence)
                    .contains(tuple("a1", Evidence.DELIVERED));
              });
    }
  }

  @Test
  void a_port_that_is_no_modem_says_that_nothing_answers() throws Exception {
    Path nothing = Files.createFile(folder.resolve("nothing"));
    try (SmsChannel channel =
        new SmsChannel(
            new SmsConfig(List.of(SmsConfig.Port.of(nothing.toString()))),
            new MemoryInHeap(),
            Clock.systemUTC(),
            Bench.QUICK)) {
      Heard.by(channel);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(channel.check().why())
                      .contains(nothing.toString())
                      .contains("no serial port"));
    }
  }

  @Test
  void an_unregistered_modem_is_down_until_it_is_registered() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).registration(2);
      await().atMost(PATIENCE).until(() -> bench.channel.check().state() == Health.State.DOWN);
      assertThat(bench.channel.check().why()).contains("not registered");
      bench.modem(0).registration(1);
      await().atMost(PATIENCE).until(() -> bench.channel.check().state() == Health.State.UP);
    }
  }

  @Test
  void no_phone_number_shows_in_what_the_operator_reads() throws Exception {
    try (Bench bench = Bench.with(folder, 1, m -> m.withImei("867000012345678")).ready()) {
      bench.send(message("a1", PHONE, "hello"));
      assertThat(bench.channel.check().toString())
          .doesNotContain(PHONE)
          .doesNotContain(bench.modem(0).number())
          .contains("139****00")
          .contains("CHINA MOBILE")
          .contains("-73 dBm");
    }
  }

  private static List<Signal.Inbound> inbound(Heard heard) {
    return heard.all().stream()
        .filter(Signal.Inbound.class::isInstance)
        .map(Signal.Inbound.class::cast)
        .toList();
  }
}
