package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.pdu.Words;

/** What SIMs have sent, over restarts and without a store, and when a budget is exceeded. */
class BudgetsTest {
  private static final String SIM = "one";
  private static final String OTHER = "other";

  private final Leaving memory = new Leaving();

  private Budgets budgets(Duration patience) {
    return new Budgets(new SmsConfig.Budget(10, 0, 0), memory, Clock.systemUTC(), patience);
  }

  private static void spend(Budgets budgets, int parts) {
    for (int i = 0; i < parts; i++) {
      budgets.spent(SIM);
    }
  }

  @Test
  void what_was_sent_before_the_store_came_back_is_added_to_what_it_knows() {
    Budgets before = budgets(Duration.ZERO);
    before.begin(SIM);
    spend(before, 4);
    before.keep();
    memory.leaves();
    Budgets after = budgets(Duration.ZERO);
    after.begin(SIM);
    spend(after, 3);
    after.keep();
    memory.returns();
    after.keep();
    assertThat(left(after)).isEqualTo(3);
    after.begin(SIM); // its modem is set up again
    spend(after, 1);
    after.keep();
    Budgets next = budgets(Duration.ZERO);
    next.begin(SIM);
    assertThat(left(next)).isEqualTo(2);
  }

  private static int left(Budgets budgets) {
    return Integer.parseInt(budgets.standing(SIM).with(part()).facts().get("hourLeft"));
  }

  private static Health.Part part() {
    return new Health.Part("m", Health.State.UP, "", Map.of());
  }

  @Test
  void what_may_exceed_a_budget_does_so_where_the_sim_with_room_does_not_take_it() {
    Letter red =
        new Letter(
            Bench.message("a1", "13800000001", "run", Message.Mark.OVER_BUDGET),
            Phone.read("13800000001").orElseThrow(),
            Words.of("run"),
            false,
            0);
    Budgets patient = budgets(Duration.ofHours(1));
    spend(patient, 10);
    assertThat(patient.permits(SIM, List.of(SIM, OTHER), red)).isFalse();
    assertThat(patient.permits(SIM, List.of(SIM), red)).isTrue();
    Budgets impatient = budgets(Duration.ZERO);
    spend(impatient, 10);
    assertThat(impatient.permits(SIM, List.of(SIM, OTHER), red)).isTrue();
  }

  @Test
  void a_modem_that_does_not_name_its_sim_once_is_counted_as_before() throws Exception {
    assertThat(sim(new Answering().on("AT+CIMI", "460001234567890", "OK")))
        .isEqualTo(sim(new Answering().on("AT+CIMI", "ERROR")))
        .isNotEqualTo(sim(new Answering().on("AT+CIMI", "460009999999999", "OK")));
  }

  private String sim(Answering modem) throws Exception {
    modem.on("AT+CGSN", "867000012345678", "OK").on("AT+CPIN?", "+CPIN: READY", "OK");
    return new ModemSetup(
            SmsConfig.Port.of("/dev/ttyUSB0"),
            "/dev/ttyUSB0",
            Ports.Wire.UNKNOWN,
            new AtDialogue(modem, said -> {}),
            new Pin("", memory, null),
            memory,
            Bench.QUICK)
        .run(1, null, false)
        .sim();
  }
}
