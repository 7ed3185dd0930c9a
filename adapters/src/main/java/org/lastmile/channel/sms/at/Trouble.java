package org.lastmile.channel.sms.at;

/**
 * Everything that can be wrong between us and one modem, with its cure, in both languages: one
 * table, so that the console, {@code check} and the probe say the same. The first argument of the
 * words is always the port.
 */
public enum Trouble {
  NONE(Remedy.NOTHING, "", ""),
  STARTING(Remedy.NOTHING, "%s is starting", "%s 正在启动"),
  SET_UP_AGAIN(Remedy.NOTHING, "%s is being set up again: %s", "%s 正在重新初始化：%s"),

  PORT_MISSING(
      Remedy.POWER,
      "%s is not there: plug the modem in, or correct its port in modems[].port",
      "%s 不存在：请插好短信猫，或改正配置 modems[].port"),
  PORT_DENIED(
      Remedy.NOTHING,
      "%s: no permission; add the user %s to the group %s (usermod -aG %3$s %2$s) and start again",
      "%s：没有权限；把用户 %s 加入用户组 %s（usermod -aG %3$s %2$s）后重新启动"),
  PORT_BUSY(
      Remedy.NOTHING,
      "%s is in use by %s: stop that program, or keep it away from this port",
      "%s 正被 %s 占用：请停止该程序，或让它不使用此端口"),
  NO_SERIAL_PORT(
      Remedy.NOTHING,
      "%s is no serial port (%s): correct its port in modems[].port",
      "%s 不是串口（%s）：请改正配置 modems[].port"),
  NO_DRIVER(
      Remedy.NOTHING,
      "%s can't be opened: the library for serial ports does not run on this processor, %s (%s);"
          + " put the modems on a machine with an x86 or ARM processor. If this is one, make sure"
          + " that the folder for temporary files can be written to and may hold programs",
      "%s 无法打开：串口程序库不能在本机处理器 %s 上运行（%s）；请把短信猫接到 x86 或 ARM 处理器的机器上。"
          + "若本机已是此类处理器，请检查临时文件夹可写且允许执行程序"),
  GONE(
      Remedy.POWER,
      "%s is gone: the modem was unplugged or has restarted; check plug, cable and power",
      "%s 已断开：短信猫被拔出或正在重启；请检查插头、线缆和供电"),
  TAKES_NOTHING(
      Remedy.POWER,
      "%s takes no bytes: it is closed and opened again; power the modem off and on if this stays so",
      "%s 不接收数据：正在重新打开；若一直如此，请给短信猫断电再上电"),
  SAME_MODEM(
      Remedy.NOTHING,
      "%s is another port of a modem that is already in use",
      "%s 是一台已在使用的短信猫的另一个端口"),

  NO_ANSWER(
      Remedy.POWER,
      "nothing answers AT on %s at %s baud: check that this is the modem's AT port, its power, and baud",
      "%s 在 %s 波特率下对 AT 没有应答：请检查是否为短信猫的 AT 端口、供电和 baud"),
  ONLY_ECHO(
      Remedy.NOTHING,
      "%s only repeats what is sent: its receive and send lines are joined, or it is no modem;"
          + " check the cable and the port",
      "%s 只把发出的内容原样送回：收发线短接，或不是短信猫；请检查线缆和端口"),
  ONLY_NOISE(
      Remedy.NOTHING,
      "%s sends what is no answer at %s baud, nor at other usual speeds: set baud to the modem's,"
          + " check that this is its AT port (not its GPS port) and that the cable has ground",
      "%s 在 %s 及其他常用波特率下都送来无法识别的内容：请把 baud 设为短信猫的波特率，" + "检查是否为 AT 端口（不是 GPS 端口）以及线缆是否接地"),
  SILENT(
      Remedy.POWER,
      "%s does not answer any more: power it off and on if this stays so",
      "%s 不再应答：若一直如此，请断电再上电"),
  CONFUSED(
      Remedy.RESTART,
      "%s had to be set up %s times without sending anything (%s): it is restarted",
      "%s 已重新初始化 %s 次仍发不出任何短信（%s）：正在重启它"),
  NO_PDU_MODE(
      Remedy.RESTART,
      "%s refuses PDU mode (%s): it is no modem for SMS, or hangs",
      "%s 不接受 PDU 模式（%s）：它不支持短信，或已死机"),
  RADIO_OFF(
      Remedy.RESTART,
      "%s: its radio is off and can't be switched on (%s); check its flight-mode pin or switch",
      "%s：射频已关闭且无法打开（%s）；请检查飞行模式开关或引脚"),
  NO_PROFILE(
      Remedy.NOTHING,
      "%s: there is no modem profile %s; set profile to auto or one of %s",
      "%s：没有名为 %s 的短信猫型号配置；请把 profile 设为 auto 或其中之一：%s"),

  NO_SIM(Remedy.RESTART, "%s: no SIM; put one in, contacts first", "%s：没有 SIM 卡；请插入 SIM 卡，注意触点方向"),
  SIM_PIN(
      Remedy.NOTHING,
      "%s: the SIM asks for its PIN; set pin for this port",
      "%s：SIM 卡要求 PIN 码；请为此端口配置 pin"),
  PIN_REFUSED(
      Remedy.NOTHING,
      "%s: the SIM refused the PIN; correct pin for this port. It is not tried again",
      "%s：SIM 卡拒绝了 PIN 码；请改正此端口的 pin。不会再次尝试"),
  PIN_SPENT(
      Remedy.NOTHING,
      "%s: this PIN was tried and the SIM still asks; it is not tried again, since three wrong tries"
          + " lock a SIM;"
          + " correct pin for this port, or switch the PIN off in a phone",
      "%s：这个 PIN 码已试过，SIM 卡仍要求 PIN，不再尝试（连错三次会锁卡）；请改正此端口的 pin，或在手机上关闭 PIN"),
  PIN_UNSURE(
      Remedy.NOTHING,
      "%s: the PIN is not tried, because nobody could remember that it was: the store is away, or"
          + " neither the SIM's serial nor the modem's IMEI can be read; see to the store, or switch"
          + " the PIN off in a phone",
      "%s：无法记住是否试过 PIN 码（存储不可用，或读不到 SIM 卡序列号和短信猫 IMEI），因此不试；请恢复存储，或在手机上关闭 PIN"),
  SIM_PUK(
      Remedy.NOTHING,
      "%s: the SIM is locked and asks for its PUK; unlock it in a phone",
      "%s：SIM 卡已锁，要求 PUK 码；请在手机上解锁"),
  PHONE_LOCK(
      Remedy.NOTHING,
      "%s: the modem is locked to another SIM or operator (%s); use the SIM it is locked to, or"
          + " have it unlocked",
      "%s：短信猫被锁定到另一张卡或运营商（%s）；请换用对应的卡，或将其解锁"),
  SIM_NOT_READY(
      Remedy.RESTART,
      "%s: the SIM is not ready (%s); if this stays so, take it out and put it in again",
      "%s：SIM 卡未就绪（%s）；若一直如此，请重新插拔 SIM 卡"),
  SIM_FAILURE(
      Remedy.RESTART,
      "%s: the SIM fails (%s); clean its contacts, put it in again, or replace it",
      "%s：SIM 卡故障（%s）；请清洁触点后重新插入，或更换 SIM 卡"),
  SIM_REFUSED(
      Remedy.NOTHING,
      "%s: the network refuses this SIM (%s); check its credit and contract. It rests for %s min",
      "%s：网络拒绝此 SIM 卡（%s）；请检查话费和套餐。暂停使用 %s 分钟"),

  SEARCHING(
      Remedy.RESTART_LATE,
      "%s: not registered, still searching (signal %s); check the antenna, the coverage and that the"
          + " SIM is active",
      "%s：未注册到网络，仍在搜索（信号 %s）；请检查天线、当地覆盖，以及 SIM 卡是否有效"),
  DENIED(
      Remedy.RESTART_LATE,
      "%s: not registered, the network denies it; check the SIM's contract and credit, and that this"
          + " network (2G, VoLTE) still carries SMS for it",
      "%s：未注册到网络，网络拒绝接入；请检查 SIM 卡的套餐和话费，以及该网络（2G、VoLTE）是否仍为它提供短信"),
  NO_SIGNAL(
      Remedy.RESTART_LATE,
      "%s: not registered, no signal; check the antenna and its plug, then the place",
      "%s：未注册到网络，没有信号；请检查天线及其接头，再换个位置"),
  WEAK_SIGNAL(Remedy.NOTHING, "%s: weak signal, %s; move the antenna", "%s：信号弱，%s；请移动天线"),
  NO_CENTRE(
      Remedy.NOTHING,
      "%s: the SIM knows no short-message service centre, or a wrong one; set smsc for this port"
          + " (ask the operator for the number)",
      "%s：SIM 卡中没有短信中心号码，或号码不对；请为此端口配置 smsc（向运营商询问号码）"),
  STORE_FULL(
      Remedy.NOTHING,
      "%s: its message store %s is full and can't be emptied, so answers may not come in; delete"
          + " messages from the SIM in a phone",
      "%s：短信存储 %s 已满且无法清空，回复可能收不到；请在手机上删除 SIM 卡中的短信"),
  NO_REPORTS(
      Remedy.NOTHING,
      "%s: brings no status reports, so nothing it sends is known to arrive; use another modem if you can",
      "%s：不提供状态报告，无法得知短信是否送达；有条件请更换短信猫"),

  BUDGET_LOW(
      Remedy.NOTHING,
      "%s: the SIM's budget is nearly spent (%s); add a SIM, or raise budget",
      "%s：该 SIM 卡短信额度将尽（%s）；请增加 SIM 卡或调高额度 budget"),
  BUDGET_RESERVE(
      Remedy.NOTHING,
      "%s: the SIM sends only lifts and the ladder now (%s), ordinary messages wait; add a SIM, or"
          + " raise budget",
      "%s：该 SIM 卡只发解除和叫应短信（%s），普通短信等待；请增加 SIM 卡或调高额度 budget"),
  BUDGET_SPENT(
      Remedy.NOTHING,
      "%s: the SIM's budget is spent (%s), only red warnings still go out; add a SIM, or raise budget",
      "%s：该 SIM 卡短信额度已用完（%s），只发红色预警；请增加 SIM 卡或调高额度 budget"),
  BUDGET_EXCEEDED(
      Remedy.NOTHING,
      "%s: red warnings exceed the SIM's budget (%s), its carrier may suspend it; add a SIM and watch"
          + " for refusals",
      "%s：红色预警已超出该 SIM 卡额度（%s），运营商可能停用此卡；请增加 SIM 卡并留意发送失败"),

  RESTARTING(Remedy.NOTHING, "%s: the modem is told to restart, because: %s", "%s：正在重启短信猫，原因：%s"),
  POWER_CYCLING(
      Remedy.NOTHING, "%s: the power-cycle command is running, because: %s", "%s：正在执行断电重启命令，原因：%s"),
  RESTARTED(Remedy.NOTHING, "restarted at %2$s", "已于 %2$s 重启"),
  POWER_CYCLED(
      Remedy.NOTHING,
      "power-cycled at %2$s: the command ended well after %3$s s",
      "已于 %2$s 断电重启：命令用时 %3$s 秒，执行成功"),
  POWER_CYCLE_FAILED(
      Remedy.NOTHING,
      "power-cycling at %2$s failed: %3$s; correct power-cycle.command",
      "%2$s 断电重启失败：%3$s；请改正 power-cycle.command"),
  DEFECT(Remedy.NOTHING, "%s: internal error, see the log: %s", "%s：程序内部错误，请查看日志：%s");

  /** What we may do about it ourselves. */
  public enum Remedy {
    /** A person has to act, or nothing is wrong. */
    NOTHING,
    /** The modem answers, and its own restart may help. */
    RESTART,
    /** The same, but often time alone helps. */
    RESTART_LATE,
    /** It hears nothing: only its power can be switched. */
    POWER
  }

  private final Remedy remedy;
  private final String english;
  private final String chinese;

  Trouble(Remedy remedy, String english, String chinese) {
    this.remedy = remedy;
    this.english = english;
    this.chinese = chinese;
  }

  public Remedy remedy() {
    return remedy;
  }

  String english() {
    return english;
  }

  String chinese() {
    return chinese;
  }
}
