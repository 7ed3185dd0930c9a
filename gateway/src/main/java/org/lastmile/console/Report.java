package org.lastmile.console;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.lastmile.desk.View;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.Event;
import org.lastmile.warning.Proof;

/**
 * The after-action report (复盘报告) of one warning: what each point was told and when, every delivery,
 * the timeline. A cell that a spreadsheet would run as a formula is made plain text.
 */
record Report(
    WarningView warning,
    Coverage coverage,
    List<View.Row> deliveries,
    List<View.Line> timeline,
    ZoneId zone) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final List<String> POINTS =
      List.of(
          "编号", "名称", "乡镇", "村", "组", "行政区划代码", "状态", "自何时", "说明", "缺少", "叫应阶梯", "值班任务", "威胁户数",
          "已通知户数", "应转人数", "已转人数");
  private static final List<String> DELIVERIES =
      List.of("序号", "渠道", "对象", "姓名或设备", "地址", "阶梯", "状态", "回执", "次数", "自何时", "隐患点", "内容", "说明");
  private static final List<String> TIMELINE = List.of("时间", "事件", "投递", "渠道", "对象", "隐患点", "说明");

  /** One of the tables. */
  enum Table {
    POINTS,
    DELIVERIES,
    TIMELINE
  }

  /** One table alone, UTF-8 with a byte order mark, as spreadsheets expect it. */
  Api.Download csv(Table table) {
    StringBuilder csv = new StringBuilder("\uFEFF");
    switch (table) {
      case POINTS -> {
        line(csv, POINTS);
        coverage.points().forEach(p -> line(csv, cells(p)));
      }
      case DELIVERIES -> {
        line(csv, DELIVERIES);
        deliveries.forEach(r -> line(csv, cells(r)));
      }
      case TIMELINE -> {
        line(csv, TIMELINE);
        timeline.forEach(l -> line(csv, cells(l)));
      }
    }
    String what = table == Table.POINTS ? "" : "-" + table.name().toLowerCase(Locale.ROOT);
    return new Api.Download(
        warning.id() + what + ".csv",
        "text/csv; charset=utf-8",
        Buffer.buffer(csv.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** Four sheets: the warning, its points, its deliveries, its timeline. */
  Api.Download xlsx() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Workbook book = new Workbook(bytes, "LastMile", "1.0")) {
      sheet(book, "预警", List.of("项目", "内容"), head());
      sheet(book, "隐患点", POINTS, coverage.points().stream().map(this::cells).toList());
      sheet(book, "投递", DELIVERIES, deliveries.stream().map(this::cells).toList());
      sheet(book, "时间线", TIMELINE, timeline.stream().map(this::cells).toList());
    } catch (IOException e) {
      throw new UncheckedIOException("a workbook in memory can't be written", e);
    }
    return new Api.Download(
        warning.id() + ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Buffer.buffer(bytes.toByteArray()));
  }

  /** What starts like a formula gets an apostrophe before it. */
  static String plain(String cell) {
    return !cell.isEmpty() && "=+-@\t\r\n".indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
  }

  private List<List<String>> head() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("性质", warning.drill() ? "演练" : "实战"));
    rows.add(List.of("标题", text(warning.headline())));
    rows.add(
        List.of(
            "等级",
            warning.grade() == null
                ? ""
                : warning.grade().colour() + " " + warning.grade().level()));
    rows.add(List.of("状态", text(warning.status())));
    rows.add(List.of("状态说明", text(warning.why())));
    rows.add(List.of("发布单位", text(warning.senderName())));
    rows.add(List.of("编号", text(warning.identifier())));
    rows.add(List.of("收到", time(warning.accepted())));
    rows.add(List.of("发出", time(warning.released())));
    rows.add(List.of("隐患点", text(coverage.total())));
    rows.add(List.of("已覆盖", text(coverage.covered())));
    rows.add(List.of("已送达未覆盖", text(coverage.reached())));
    rows.add(List.of("未送达", text(coverage.unreached())));
    return rows;
  }

  private List<String> cells(Coverage.At p) {
    return List.of(
        p.id(),
        p.name(),
        text(p.town()),
        text(p.village()),
        text(p.group()),
        text(p.areaCode()),
        switch (p.state()) {
          case COVERED -> "已覆盖";
          case REACHED -> "已送达未覆盖";
          case UNREACHED -> "未送达";
        },
        time(p.since()),
        text(p.why()),
        p.missing().stream().map(Report::word).collect(Collectors.joining("、")),
        text(p.stage()),
        p.duty() ? "是" : "",
        text(p.households()),
        text(p.told()),
        text(p.people()),
        text(p.moved()));
  }

  private static String word(Proof proof) {
    return switch (proof) {
      case PLAYED -> "大喇叭播完";
      case DELIVERED -> "责任人送达";
      case ANSWERED -> "责任人应答";
      case HELPERS_ANSWERED -> "帮扶人应答";
    };
  }

  private List<String> cells(View.Row r) {
    return List.of(
        text(r.number()),
        r.channel(),
        text(r.audience()),
        text(r.name()),
        text(r.address()),
        text(r.stage()),
        word(r),
        switch (r.report()) {
          case NONE -> "";
          case TRYING -> "运营商仍在投递";
          case DELIVERED -> "送达";
          case FAILED -> "送不到";
          case EXPIRED -> "过期未达";
        },
        text(r.attempts()),
        time(r.since()),
        String.join("、", r.points()),
        text(r.text()),
        text(r.why()));
  }

  private static String word(View.Row r) {
    boolean loudspeaker = r.audience() == Audience.LOUDSPEAKER;
    return switch (r.state()) {
      case QUEUED -> r.asleep() ? "未轮到" : "待发";
      case SENT -> loudspeaker ? "已下发，未播完" : "已发出，未证实";
      case UNKNOWN -> loudspeaker ? "不知是否播出" : "不知是否送到";
      case DELIVERED -> loudspeaker ? "已到设备，未播完" : r.details() ? "已送达" : "已送达，未应答";
      case CONFIRMED -> loudspeaker ? "已播完" : "已应答";
      case FAILED -> loudspeaker ? "没有播出" : "送不到";
      case EXPIRED -> "过时未到";
      case CANCELLED -> "已撤回";
    };
  }

  private static String word(Event.Type type) {
    return switch (type) {
      case ACCEPTED -> "收到预警";
      case HELD -> "扣留待核";
      case AWAITING_APPROVAL -> "待第二人批准";
      case APPROVED -> "批准";
      case REJECTED -> "驳回";
      case RELEASED -> "下发";
      case ARCHIVED -> "存档";
      case EXPIRED_ON_ARRIVAL -> "收到时已过期";
      case NOT_APPLICABLE -> "不涉及本辖区";
      case SUPERSEDED -> "被新预警替代";
      case LIFTED -> "解除";
      case ENDED -> "结束";
      case TRIED -> "开始发送";
      case SENT -> "已交付";
      case RETRY -> "稍后再试";
      case UNKNOWN -> "结果不明";
      case INTERRUPTED -> "发送中网关停止";
      case PENDING -> "平台审核中";
      case LANE_DOWN -> "渠道中断";
      case FAILED -> "送不到";
      case RECEIVED -> "已收下，仍在投递";
      case PLAYING -> "正在播放";
      case DELIVERED -> "送达";
      case CONFIRMED -> "应答或播完";
      case UNHEARD -> "播放了但听不到";
      case DECLINED -> "去不了";
      case EXPIRED -> "过期未达";
      case CANCELLED -> "撤回";
      case STOPPED -> "中途停止";
      case REFUSED -> "设备拒绝执行";
      case UNRESOLVED -> "一直没有回音";
      case STAGE -> "叫应升级";
      case DUTY_OPENED -> "转人工";
      case DUTY_TAKEN -> "有人处理";
      case WORD -> "人工登记";
      case REOPENED -> "更正，重新打开";
      case MOVED -> "转移人数";
      case FIELD_REPORT -> "来信";
      case ALARM -> "报险";
      case PAGED -> "待核期间先行通知";
    };
  }

  private List<String> cells(View.Line l) {
    return List.of(
        time(l.at()),
        word(l.type()),
        l.delivery() < 0 ? "" : text(l.delivery()),
        text(l.channel()),
        text(l.recipient()),
        text(l.point()),
        text(l.detail()));
  }

  private static void sheet(
      Workbook book, String name, List<String> header, List<List<String>> rows) {
    Worksheet sheet = book.newWorksheet(name);
    for (int column = 0; column < header.size(); column++) {
      sheet.value(0, column, header.get(column));
      sheet.style(0, column).bold().set();
    }
    sheet.freezePane(0, 1);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < header.size(); column++) {
        sheet.value(row + 1, column, plain(rows.get(row).get(column)));
      }
    }
  }

  private static void line(StringBuilder csv, List<String> cells) {
    csv.append(
            cells.stream()
                .map(c -> '"' + plain(c).replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(",")))
        .append("\r\n");
  }

  private String time(Instant at) {
    return at == null ? "" : TIME.withZone(zone).format(at);
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }
}
