package org.lastmile.channel.sms.at;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What every +CMS and +CME code means for a message and its modem: one table. Codes 1 to 127 are
 * the network's (3GPP TS 24.011, annex E), 128 to 255 the service centre's (23.040, 9.2.3.22), 300
 * and up the modem's (27.005, 3.2.5; 27.007, 9.2 for +CME). Which class a code belongs to, and how
 * long it is left alone, is our judgement.
 */
public enum AtError {
  /** The message was taken after all. */
  ACCEPTED,
  /** This message will never be taken. */
  PERMANENT,
  /** Again later. */
  RETRY,
  /** Again much later: the network itself is out of order. */
  RETRY_LATE,
  /** Again at once, without a validity period. */
  NO_VALIDITY,
  /** This SIM or account can't send: stop using it, alarm, use another. */
  SIM_REFUSED,
  /** The modem must be set up again; the message did not leave. */
  SET_UP,
  /** The service centre's number is missing or wrong; the message did not leave. */
  NO_CENTRE,
  /** The modem's message store is full: empty it. */
  STORE_FULL,
  /** May have been sent. */
  UNKNOWN;

  private static final Duration USUAL = Duration.ofSeconds(5);

  private record Row(AtError meaning, Said words, Duration pause) {}

  /** 22 and 27 are the recipient's, 314 and 515 over in a moment. */
  private static final Set<Integer> NETWORK_CMS =
      Set.of(17, 38, 41, 42, 47, 127, 192, 194, 331, 332, 513);

  private static final Set<Integer> NETWORK_CME = Set.of(30, 31, 32);

  /** Not allowed, not supported, a parameter that is wrong: about the modem, or the message. */
  private static final Set<Integer> DOUBTFUL_CMS = Set.of(302, 303, 304);

  private static final Set<Integer> DOUBTFUL_CME = Set.of(3, 4);

  private static final Map<Integer, Row> CMS = new HashMap<>();
  private static final Map<Integer, Row> CME = new HashMap<>();

  static {
    network();
    centre();
    modem();
    device();
  }

  private static void network() {
    cms(PERMANENT, 1, "number not assigned", "空号");
    cms(SIM_REFUSED, 8, 600, "barred by the operator", "被运营商禁止");
    cms(SIM_REFUSED, 10, 600, "call barred", "SIM 卡被限制");
    cms(RETRY, 17, 10, "network failure", "网络故障");
    cms(SIM_REFUSED, 21, 600, "rejected by the network", "被网络拒绝");
    cms(RETRY, 22, 30, "recipient's memory full", "对方存储已满");
    cms(RETRY, 27, 30, "destination out of service", "对方不在服务区");
    cms(PERMANENT, 28, "number not identified", "号码无法识别");
    cms(SIM_REFUSED, 29, 600, "facility rejected", "业务被拒绝");
    cms(PERMANENT, 30, "unknown subscriber", "用户不存在");
    cms(RETRY_LATE, 38, 60, "network out of order", "网络瘫痪");
    cms(RETRY, 41, 5, "temporary failure", "临时故障");
    cms(RETRY, 42, 15, "congestion", "网络拥塞");
    cms(RETRY, 47, 15, "resources not available", "网络资源不足");
    cms(SIM_REFUSED, 50, 600, "not subscribed to this facility", "未开通此业务");
    cms(PERMANENT, 69, "facility not implemented", "网络不支持此业务");
    cms(PERMANENT, 81, "invalid message reference", "短信编号无效");
    cms(PERMANENT, 95, "message not valid for the network", "网络认为短信无效");
    cms(PERMANENT, 96, "mandatory information is invalid", "必需信息无效");
    cms(PERMANENT, 97, "message type not known to the network", "网络不识别短信类型");
    cms(PERMANENT, 98, "message not fitting the network's state", "短信与网络状态不符");
    cms(PERMANENT, 99, "information element not known", "信息单元不被识别");
    cms(PERMANENT, 111, "protocol error", "协议错误");
    cms(RETRY, 127, 15, "interworking", "网间互通故障");
  }

  private static void centre() {
    for (int code = 128; code <= 175; code++) {
      cms(PERMANENT, code, "not supported by the network", "网络不支持");
    }
    cms(RETRY, 192, 20, "service centre busy", "短信中心繁忙");
    cms(SIM_REFUSED, 193, 600, "no subscription at the service centre", "短信中心无此用户");
    cms(RETRY, 194, 30, "service centre failure", "短信中心系统故障");
    cms(PERMANENT, 195, "invalid destination number", "目的号码无效");
    cms(PERMANENT, 196, "destination barred", "目的号码被限制");
    cms(ACCEPTED, 197, "the service centre already has it", "短信中心已收到过");
    cms(PERMANENT, 198, "validity format not supported", "不支持该有效期格式");
    cms(NO_VALIDITY, 199, "validity period not supported", "不支持有效期");
    cms(STORE_FULL, 208, "SIM message store full", "SIM 卡短信已满");
  }

  private static void modem() {
    cms(SET_UP, 300, "modem failure", "短信猫故障");
    cms(SET_UP, 301, "the modem reserves the message service", "短信猫占用短信服务");
    cms(SET_UP, 302, "operation not allowed", "操作不允许");
    cms(SET_UP, 303, "operation not supported", "操作不支持");
    cms(SET_UP, 304, "PDU out of step", "PDU 参数错位");
    cms(SET_UP, 310, "SIM not inserted", "未插 SIM 卡");
    cms(SET_UP, 311, "SIM asks for its PIN", "SIM 卡要求 PIN 码");
    cms(SET_UP, 312, "phone lock", "机卡锁定");
    cms(SET_UP, 313, "SIM failure", "SIM 卡故障");
    cms(RETRY, 314, 3, "SIM busy", "SIM 卡忙");
    cms(SET_UP, 315, "SIM wrong", "SIM 卡不对");
    cms(SET_UP, 316, "SIM asks for its PUK", "SIM 卡要求 PUK 码");
    cms(SET_UP, 317, "SIM asks for PIN2", "SIM 卡要求 PIN2 码");
    cms(SET_UP, 318, "SIM asks for PUK2", "SIM 卡要求 PUK2 码");
    cms(SET_UP, 320, "message store failure", "短信存储故障");
    cms(STORE_FULL, 322, "message store full", "短信存储已满");
    cms(NO_CENTRE, 330, "service-centre number unknown", "短信中心号码未知");
    cms(RETRY, 331, 15, "no network", "没有网络");
    cms(RETRY, 332, 10, "network time-out", "网络超时");
    cms(UNKNOWN, 350, 5, "no answer from the network", "网络没有应答");
    cms(UNKNOWN, 500, 5, "unknown error", "未知错误");
    cms(UNKNOWN, 512, 5, "manufacturer's error", "厂商自定义错误");
    cms(RETRY, 513, 10, "radio link lost", "无线链路中断");
    cms(RETRY, 515, 3, "modem busy", "短信猫忙");
  }

  private static void device() {
    cme(SET_UP, 3, 5, "operation not allowed", "操作不允许");
    cme(SET_UP, 4, 5, "operation not supported", "操作不支持");
    cme(SET_UP, 5, 5, "locked to a SIM", "机卡锁定");
    cme(SET_UP, 10, 5, "SIM not inserted", "未插 SIM 卡");
    cme(SET_UP, 11, 5, "SIM asks for its PIN", "SIM 卡要求 PIN 码");
    cme(SET_UP, 12, 5, "SIM asks for its PUK", "SIM 卡要求 PUK 码");
    cme(SET_UP, 13, 5, "SIM failure", "SIM 卡故障");
    cme(RETRY, 14, 3, "SIM busy", "SIM 卡忙");
    cme(SET_UP, 15, 5, "SIM wrong", "SIM 卡不对");
    cme(SET_UP, 16, 5, "incorrect password", "密码错误");
    cme(SET_UP, 17, 5, "SIM asks for PIN2", "SIM 卡要求 PIN2 码");
    cme(SET_UP, 18, 5, "SIM asks for PUK2", "SIM 卡要求 PUK2 码");
    cme(SET_UP, 20, 5, "memory full", "存储已满");
    cme(RETRY, 30, 15, "no network", "没有网络");
    cme(RETRY, 31, 10, "network time-out", "网络超时");
    cme(RETRY, 32, 30, "network allows emergency calls only", "网络仅允许紧急呼叫");
    for (int code = 40; code <= 47; code++) {
      cme(SET_UP, code, 5, "locked to a network or operator", "网络锁定");
    }
    cme(RETRY, 100, 5, "unknown error", "未知错误");
  }

  private static void cms(AtError meaning, int code, String english, String chinese) {
    CMS.put(code, new Row(meaning, new Said(english, chinese), USUAL));
  }

  private static void cms(AtError meaning, int code, int seconds, String english, String chinese) {
    CMS.put(code, new Row(meaning, new Said(english, chinese), Duration.ofSeconds(seconds)));
  }

  private static void cme(AtError meaning, int code, int seconds, String english, String chinese) {
    CME.put(code, new Row(meaning, new Said(english, chinese), Duration.ofSeconds(seconds)));
  }

  /**
   * What the end of {@code AT+CMGS} means. Whatever the table does not know, and every end that
   * names no code, is UNKNOWN once the PDU was written; before that nothing left, and the modem is
   * set up again.
   */
  public static AtError of(Answer answer) {
    Row row = row(answer);
    if (answer.end() == Answer.End.OK) {
      return ACCEPTED;
    }
    if (row == null || row.meaning() == UNKNOWN) {
      return answer.pduWritten() ? UNKNOWN : row == null ? SET_UP : RETRY;
    }
    return row.meaning();
  }

  /** How long to leave such an end alone before the same message is tried again. */
  public static Duration pause(Answer answer) {
    Row row = row(answer);
    return row == null ? USUAL : row.pause();
  }

  /** Whether the next message would meet the same: the network's state, not the recipient's. */
  public static boolean ofTheNetwork(Answer answer) {
    return switch (answer.end()) {
      case CMS -> NETWORK_CMS.contains(answer.code());
      case CME -> NETWORK_CME.contains(answer.code());
      case OK, ERROR, TIMEOUT, RESTARTED, GONE -> false;
    };
  }

  /** Whether what was refused may be this one message, and the modem be as it should. */
  public static boolean doubtful(Answer answer) {
    return switch (answer.end()) {
      case CMS -> DOUBTFUL_CMS.contains(answer.code());
      case CME -> DOUBTFUL_CME.contains(answer.code());
      case OK, ERROR, TIMEOUT, RESTARTED, GONE -> false;
    };
  }

  private static Row row(Answer answer) {
    return switch (answer.end()) {
      case CMS -> CMS.get(answer.code());
      case CME -> CME.get(answer.code());
      case OK, ERROR, TIMEOUT, RESTARTED, GONE -> null;
    };
  }

  static Said words(Answer.End end, int code) {
    Row row = (end == Answer.End.CMS ? CMS : CME).get(code);
    String head = end + " " + (code < 0 ? "?" : code) + ": ";
    return row == null
        ? new Said(head + "not in our table", head + "不在已知错误表中")
        : new Said(head + row.words().english(), head + row.words().chinese());
  }
}
