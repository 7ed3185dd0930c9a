package org.lastmile.dist.demo;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.registry.Entries;
import org.lastmile.simulators.modem.Sms;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.wechat.OfficialAccount;
import org.lastmile.simulators.wechat.WeChatMessage;
import org.lastmile.warning.ResponsiblePerson;

/**
 * The township's people: they read what arrives and answer as it asks them to, after a moment. They
 * know nothing of the gateway but its messages.
 */
final class People {
  private static final Pattern ONE_CODE = Pattern.compile("收到请回复(\\d{1,2})，");
  private static final Pattern CODE_OF_POINT = Pattern.compile("[^\\d](\\d\\d)(?=[、。])");
  private static final String POINT_BY_POINT = "请逐点回复";

  /** Of ten people who follow the account, so many answer there and leave the SMS alone. */
  private static final int BY_WECHAT = 4;

  private final Smsc smsc;
  private final OfficialAccount wechat;
  private final ScheduledExecutorService time;
  private final Set<String> silent;
  private final Set<String> slow;
  private final Map<String, String> phoneOf = new HashMap<>();
  private final Map<String, Boolean> prefersWeChat = new HashMap<>();
  private final Map<String, Duration> pace = new ConcurrentHashMap<>();
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final Set<String> answered = ConcurrentHashMap.newKeySet();
  private final long seed;

  /** They are at their phones from now on. */
  static People in(
      Entries entries,
      Faults faults,
      Smsc smsc,
      OfficialAccount wechat,
      ScheduledExecutorService time,
      long seed) {
    People people = new People(entries, faults, smsc, wechat, time, seed);
    smsc.onDelivered(people::reads);
    wechat.onDelivered(people::reads);
    return people;
  }

  private People(
      Entries entries,
      Faults faults,
      Smsc smsc,
      OfficialAccount wechat,
      ScheduledExecutorService time,
      long seed) {
    this.smsc = smsc;
    this.wechat = wechat;
    this.time = time;
    this.seed = seed;
    this.silent = new HashSet<>(faults.silentPhones);
    this.slow = new HashSet<>(faults.slowPhones);
    Random dice = new Random(seed * 17 + 3);
    for (ResponsiblePerson person : entries.people()) {
      boolean byWeChat = dice.nextInt(10) < BY_WECHAT && !person.openid().isEmpty();
      prefersWeChat.put(person.phone(), byWeChat);
      if (!person.openid().isEmpty()) {
        phoneOf.put(person.openid(), person.phone());
      }
    }
    entries.people().stream()
        .map(ResponsiblePerson::openid)
        .filter(o -> !o.isEmpty())
        .forEach(wechat::follower);
    entries.residents().stream()
        .map(r -> r.openid())
        .filter(o -> !o.isEmpty())
        .forEach(wechat::follower);
  }

  private void reads(Sms sms) {
    String answer = answer(sms.text());
    boolean elsewhere = prefersWeChat.getOrDefault(sms.to(), false);
    if (answer.isEmpty() || elsewhere || !willing(sms.to())) {
      return;
    }
    if (answered.add(sms.to())) {
      String words = answer.equals("1") && even(sms.to()) ? "收到" : answer;
      later(sms.to(), () -> smsc.phone(sms.to()).replies(words));
    }
  }

  private void reads(WeChatMessage message) {
    String phone = phoneOf.getOrDefault(message.openid(), "");
    boolean here = prefersWeChat.getOrDefault(phone, false);
    if (message.templateId().isEmpty() || !here || !willing(phone)) {
      return;
    }
    if (answered.add(phone)) {
      later(phone, () -> wechat.follower(message.openid()).sends("收到"));
    }
  }

  /** What the message asks to be answered with; empty = it asks for nothing. */
  static String answer(String text) {
    if (text.contains(POINT_BY_POINT)) {
      StringBuilder codes = new StringBuilder();
      Matcher each = CODE_OF_POINT.matcher(text);
      while (each.find()) {
        codes.append(each.group(1)).append(' ');
      }
      return codes.toString().strip();
    }
    Matcher one = ONE_CODE.matcher(text);
    return one.find() ? one.group(1) : "";
  }

  private boolean willing(String phone) {
    if (silent.contains(phone)) {
      return false;
    }
    return !slow.contains(phone) || asked.merge(phone, 1, Integer::sum) > 1;
  }

  private boolean even(String phone) {
    return phone.charAt(phone.length() - 1) % 2 == 0;
  }

  private void later(String phone, Runnable reply) {
    // From the seed and the person alone, so that the order of arrivals does not matter.
    Duration wait =
        pace.computeIfAbsent(
            phone, p -> Duration.ofMillis(1_000 + new Random(seed ^ p.hashCode()).nextInt(3_000)));
    time.schedule(reply, wait.toMillis(), TimeUnit.MILLISECONDS);
  }
}
