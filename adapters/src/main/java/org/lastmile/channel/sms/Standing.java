package org.lastmile.channel.sms;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.lastmile.channel.Health;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.Said;
import org.lastmile.channel.sms.at.Trouble;

/** How a SIM stands with its budget, in words and facts for the operator. */
record Standing(Allowance.Level level, SmsConfig.Budget budget, Allowance.Left left) {

  static Standing of(Allowance allowance, SmsConfig.Budget budget, Instant now) {
    return new Standing(allowance.level(now), budget, allowance.left(now));
  }

  /** What a modem says of itself, with its SIM's budget added: the worse state, both reasons. */
  Health.Part with(Health.Part part) {
    Map<String, String> facts = new HashMap<>(part.facts());
    if (budget.perHour() > 0) {
      facts.put("hourLeft", Integer.toString(Math.max(0, left.hour())));
    }
    if (budget.perDay() > 0) {
      facts.put("dayLeft", Integer.toString(Math.max(0, left.day())));
    }
    Finding finding = finding(part.name());
    if (finding.none() || part.state() == Health.State.DOWN) {
      return new Health.Part(part.name(), part.state(), part.why(), facts);
    }
    facts.merge("trouble", finding.trouble().name(), (own, ours) -> none(own) ? ours : own);
    facts.merge("whyZh", finding.wordsInChinese(), (own, ours) -> join(own, "；", ours));
    return new Health.Part(
        part.name(), Health.State.DEGRADED, join(part.why(), "; ", finding.words()), facts);
  }

  private static boolean none(String trouble) {
    return trouble.isEmpty() || trouble.equals(Trouble.NONE.name());
  }

  private static String join(String own, String between, String ours) {
    return own.isEmpty() ? ours : own + between + ours;
  }

  private Finding finding(String name) {
    return switch (level) {
      case FREE -> Finding.NONE;
      case LOW -> Finding.of(Trouble.BUDGET_LOW, name, counts());
      case RESERVE -> Finding.of(Trouble.BUDGET_RESERVE, name, counts());
      case SPENT -> Finding.of(Trouble.BUDGET_SPENT, name, counts());
      case EXCEEDED -> Finding.of(Trouble.BUDGET_EXCEEDED, name, counts());
    };
  }

  private Said counts() {
    String hour = counts("%d of %d parts left this hour", left.hour(), budget.perHour());
    String day = counts("%d of %d parts left within 24 hours", left.day(), budget.perDay());
    String hourZh = counts("本小时余 %d/%d 条", left.hour(), budget.perHour());
    String dayZh = counts("24 小时余 %d/%d 条", left.day(), budget.perDay());
    boolean both = !hour.isEmpty() && !day.isEmpty();
    return new Said(hour + (both ? ", " : "") + day, hourZh + (both ? "，" : "") + dayZh);
  }

  private static String counts(String words, int left, int limit) {
    return limit == 0 ? "" : words.formatted(left, limit);
  }
}
