package org.lastmile.desk;

import java.text.Normalizer;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a WeChat account tells us its phone, by words in the chat or on a page: a number, then the
 * code that came there by SMS. Agreeing is part of it, and 解绑 takes it back at any time.
 */
final class Enrolment {
  private static final Logger log = LoggerFactory.getLogger(Enrolment.class);

  private static final Pattern MOBILE = Pattern.compile("1[3-9]\\d{9}");
  private static final Pattern BIND =
      Pattern.compile("绑定[:：\\s]*(?:\\+?86\\s*)?([\\d\\s-]*)(.*)", Pattern.DOTALL);
  private static final Pattern UNBIND = Pattern.compile("(解绑|解除绑定|取消绑定)[。.!！]?");
  private static final int LONGEST_VILLAGE = 30;

  private final Bindings bindings;
  private final Proofs proofs;
  private final Links links;

  /** Sends an SMS: phone, text. */
  private final BiConsumer<String, String> sms;

  /** Tells an account: openid, text. */
  private final BiConsumer<String, String> tell;

  private final Predicate<String> registered;
  private final boolean phones;

  /**
   * @param sms sends text to a phone
   * @param tell sends text to an account
   * @param registered true for a phone that warnings may go to
   * @param phones false = no channel reaches phones
   */
  Enrolment(
      Bindings bindings,
      Proofs proofs,
      Links links,
      BiConsumer<String, String> sms,
      BiConsumer<String, String> tell,
      Predicate<String> registered,
      boolean phones) {
    this.bindings = bindings;
    this.proofs = proofs;
    this.links = links;
    this.sms = sms;
    this.tell = tell;
    this.registered = registered;
    this.phones = phones;
  }

  /**
   * What somebody is told.
   *
   * @param link where it goes on; empty = nowhere
   */
  record Said(String text, String link) {}

  /** What to answer to words in the chat; empty = they are about something else. */
  Optional<Said> words(String openid, String said, Instant now) {
    String text = Normalizer.normalize(said, Normalizer.Form.NFKC).strip();
    if (Proofs.SHAPE.matcher(text).matches() && proofs.open(openid, now)) {
      // The link is made first: once the code is taken, nothing may fail any more.
      String link = links.binding(openid);
      return Optional.of(answer(prove(openid, text, "text", now), openid, link, now));
    }
    if (UNBIND.matcher(text).matches()) {
      String link = links.binding(openid);
      return Optional.of(answer(unbind(openid), openid, link, now));
    }
    Matcher bind = BIND.matcher(text);
    if (!bind.matches()) {
      return Optional.empty();
    }
    String phone = bind.group(1).replaceAll("[\\s-]", "");
    if (phone.isEmpty()) {
      return Optional.of(how(openid));
    }
    String link = links.binding(openid);
    return Optional.of(answer(ask(openid, phone, bind.group(2).strip(), now), openid, link, now));
  }

  /** What a new follower is told. */
  Said welcome(String openid) {
    return how(openid);
  }

  /** The first words say what to do: some wires show twenty characters and a link. */
  private Said how(String openid) {
    String link = links.binding(openid);
    String page = link.isEmpty() ? "" : "，或打开 " + link;
    String text = "请绑定手机号，才能收到您家的灾害预警：回复 绑定 手机号，例如 绑定 13800138000" + page + " 。只用于预警，随时回复“解绑”删除。";
    return new Said(text, link);
  }

  private Said answer(View.Bind step, String openid, String link, Instant now) {
    boolean code = step == View.Bind.SENT || step == View.Bind.WRONG_CODE;
    return new Said(text(step, openid, now), code && !link.isEmpty() ? link + "?step=code" : link);
  }

  private String text(View.Bind step, String openid, Instant now) {
    return switch (step) {
      case SENT ->
          "验证码已发到手机，请在这里回复8位数字，"
              + Proofs.GOOD.toMinutes()
              + "分钟内有效。回复验证码，即同意用这个手机号在微信接收预警；只用于预警，随时回复“解绑”删除。";
      case BOUND -> "已绑定，预警会发到这里。不想再收，回复：解绑";
      case UNBOUND -> "已解绑，您的手机号已从这里删除。";
      case ALREADY -> "已绑定。要换手机号，回复 绑定 加新手机号；不想再收，回复：解绑";
      case NO_PHONE -> "这不是手机号。请回复 绑定 加11位手机号，例如 绑定 13800138000";
      case TOO_MANY -> "验证码要得太多了，请一小时后再试。";
      case NO_SMS -> "现在发不了短信验证码，请联系村委会登记。";
      case WRONG_CODE -> "验证码不对，还可以试" + proofs.left(openid, now) + "次。";
      case NO_CODE -> "验证码已失效，请重新回复 绑定 加手机号。";
    };
  }

  View.Bind ask(String openid, String phone, String village, Instant now) {
    String number = Bindings.phone(phone);
    if (!MOBILE.matcher(number).matches()) {
      return View.Bind.NO_PHONE;
    }
    if (!phones) {
      return View.Bind.NO_SMS;
    }
    String place = village.substring(0, Math.min(LONGEST_VILLAGE, village.length()));
    Optional<String> code = proofs.ask(openid, number, place, now);
    if (code.isEmpty()) {
      log.warn("codes to bind WeChat accounts are asked for too often: none is sent for now");
      return View.Bind.TOO_MANY;
    }
    if (!registered.test(number)) {
      // The same answer, so that nobody finds out here who is in the registry.
      log.info("a code was asked for to a phone that is not in the registry: none is sent");
      return View.Bind.SENT;
    }
    sms.accept(
        number,
        "微信绑定验证码"
            + code.get()
            + "，"
            + Proofs.GOOD.toMinutes()
            + "分钟内有效。用这个手机号在微信接收预警；不是您本人操作，请不要告诉任何人。");
    return View.Bind.SENT;
  }

  /** The same from a page: its link may be in somebody else's hands, so what is bound stays. */
  View.Bind askOnPage(String openid, String phone, String village, Instant now) {
    return bindings.of(openid).isPresent() ? View.Bind.ALREADY : ask(openid, phone, village, now);
  }

  View.Bind proveOnPage(String openid, String code, Instant now) {
    return bindings.of(openid).isPresent() ? View.Bind.ALREADY : prove(openid, code, "page", now);
  }

  View.Bind prove(String openid, String code, String how, Instant now) {
    if (!proofs.open(openid, now)) {
      return View.Bind.NO_CODE;
    }
    Optional<Proofs.Proved> proved = proofs.prove(openid, code, now);
    if (proved.isEmpty()) {
      return proofs.open(openid, now) ? View.Bind.WRONG_CODE : View.Bind.NO_CODE;
    }
    String before = bindings.openid(proved.get().phone());
    bindings.bind(openid, proved.get().phone(), proved.get().village(), how, now);
    proofs.spend(openid);
    if (!before.isEmpty() && !before.equals(openid)) {
      tell.accept(before, "您绑定的手机号已改绑到另一个微信，预警不再发到这里。不是您本人操作，请重新绑定，并告诉村委会。");
    }
    log.info("a WeChat account is bound");
    return View.Bind.BOUND;
  }

  View.Bind unbind(String openid) {
    if (bindings.unbind(openid)) {
      log.info("a WeChat account is no longer bound");
    }
    return View.Bind.UNBOUND;
  }
}
