package org.lastmile.channel.sms;

import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.lastmile.channel.Health;

/** How a SIM stands with its budget, in words and facts for the operator. */
record Standing(
    Allowance.Level level, SmsConfig.Budget budget, Allowance.Left left, int perMinute) {

  static Standing of(Allowance allowance, SmsConfig.Budget budget, Instant now) {
    return new Standing(
        allowance.level(now), budget, allowance.left(now), allowance.perMinute(now));
  }

  /** What a modem says of itself, with its SIM's budget added: the worse state, both reasons. */
  Health.Part with(Health.Part part) {
    Map<String, String> facts = new HashMap<>(part.facts());
    facts.put("sentPerMinute", Integer.toString(perMinute));
    if (budget.perHour() > 0) {
      facts.put("hourLeft", Integer.toString(Math.max(0, left.hour())));
    }
    if (budget.perDay() > 0) {
      facts.put("dayLeft", Integer.toString(Math.max(0, left.day())));
    }
    if (level == Allowance.Level.FREE || part.state() == Health.State.DOWN) {
      return new Health.Part(part.name(), part.state(), part.why(), facts);
    }
    String trouble = "budget-" + level.name().toLowerCase(Locale.ROOT);
    facts.merge("trouble", trouble, (own, ours) -> own.isEmpty() ? ours : own + "," + ours);
    facts.merge("whyZh", whyZh(), (own, ours) -> own.isEmpty() ? ours : own + "；" + ours);
    String why = part.name() + ": " + why();
    return new Health.Part(
        part.name(),
        Health.State.DEGRADED,
        part.why().isEmpty() ? why : part.why() + "; " + why,
        facts);
  }

  private String why() {
    String counts =
        counts("%d of %d parts left this hour", left.hour(), budget.perHour())
            + (budget.perHour() > 0 && budget.perDay() > 0 ? ", " : "")
            + counts("%d of %d within 24 hours", left.day(), budget.perDay());
    return switch (level) {
      case FREE -> "";
      case LOW -> "the SIM's budget is nearly spent (" + counts + "); add a SIM, or raise budget";
      case RESERVE ->
          "the SIM sends only lifts and the ladder now ("
              + counts
              + "); ordinary messages wait; add a SIM, or raise budget";
      case SPENT ->
          "the SIM's budget is spent ("
              + counts
              + "); only red warnings still go out; add a SIM, or raise budget";
      case EXCEEDED ->
          "red warnings exceed the SIM's budget ("
              + counts
              + "); its carrier may suspend it: add a SIM and watch for refusals";
    };
  }

  private String whyZh() {
    String counts =
        counts("本小时余 %d/%d 条", left.hour(), budget.perHour())
            + (budget.perHour() > 0 && budget.perDay() > 0 ? "，" : "")
            + counts("24 小时余 %d/%d 条", left.day(), budget.perDay());
    return switch (level) {
      case FREE -> "";
      case LOW -> "该 SIM 卡短信额度将尽（" + counts + "），请增加 SIM 卡或调高额度";
      case RESERVE -> "该 SIM 卡只发解除和叫应短信（" + counts + "），普通短信等待；请增加 SIM 卡或调高额度";
      case SPENT -> "该 SIM 卡短信额度已用完（" + counts + "），只发红色预警；请增加 SIM 卡或调高额度";
      case EXCEEDED -> "红色预警已超出该 SIM 卡额度（" + counts + "），运营商可能停用此卡；请增加 SIM 卡并留意发送失败";
    };
  }

  private static String counts(String words, int left, int limit) {
    return limit == 0 ? "" : words.formatted(left, limit);
  }
}
