package org.lastmile.cap;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Warning.Nature;
import org.lastmile.warning.Warning.Reference;

/** Judges what an input said: is it identified, does it contradict itself, what does it become. */
final class Verdict {

  private static final int LONGEST_NAME = 1000;
  private static final Duration SKEW = Duration.ofMinutes(2);
  private static final Duration OLD = Duration.ofDays(1);
  private static final Pattern DRILL_HEADLINE =
      Pattern.compile(
          "演练|演习|测试|\\b(drill|exercise(?! caution)|test message)\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern DRILL_TEXT =
      Pattern.compile(
          "【(演练|演习|测试)】|(这|此)(是|次为)(一次)?(演练|演习|测试)|本次为(演练|演习|测试)"
              + "|this is (only )?an? (test|drill|exercise)",
          Pattern.CASE_INSENSITIVE);

  private final Said said;
  private final Times times;
  private final Findings findings;
  private final InstantSource clock;

  Verdict(Said said, Times times, Findings findings, InstantSource clock) {
    this.said = said;
    this.times = times;
    this.findings = findings;
    this.clock = clock;
  }

  /** The warning; empty when the findings hold a problem. */
  Optional<Warning> warning() {
    String identifier = name(said.identifier(), "identifier");
    String sender = name(said.sender(), "sender");
    Instant sent = sent();
    Warning.Identity identity = new Warning.Identity(sender, identifier, sent);
    List<Reference> references = others(identity);
    Warning.Type type = type(references);
    Nature nature = nature();
    Choice choice = new Choice(findings, times).of(said.infos(), sent);
    scope();
    type(type, references, choice);
    if (type != Warning.Type.CANCEL) {
      tellable(choice);
    }
    drill(nature, choice);
    if (!findings.problems().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Warning(
            identity,
            type,
            nature,
            choice.grade(),
            choice.hazard(),
            choice.info().senderName().isEmpty() ? sender : choice.info().senderName(),
            choice.info().headline(),
            choice.info().description(),
            choice.info().instruction(),
            choice.info().texts(),
            choice.effective(),
            choice.expires(),
            choice.area(),
            references,
            findings.notices(),
            findings.doubts()));
  }

  private String name(Node node, String what) {
    if (node == null) {
      findings.problem(
          said.root(), "no " + what + ": a warning that cannot be identified is refused");
      return "";
    }
    String name = node.text().replaceAll("\\s+", " ");
    if (name.length() > LONGEST_NAME) {
      findings.problem(node, what + " of more than " + LONGEST_NAME + " characters");
    } else if (name.matches(".*[ ,<&].*")) {
      findings.notice(node, what + " with spaces, commas, < or &: references to it may break");
    }
    return name;
  }

  private Instant sent() {
    if (said.sent() == null) {
      findings.problem(said.root(), "no sent time: a warning that cannot be identified is refused");
      return null;
    }
    Instant sent = times.parse(said.sent());
    if (sent == null) {
      findings.problem(
          said.sent(),
          "sent "
              + Findings.quote(said.sent().text())
              + " is no time: write 2026-07-05T02:15:00+08:00");
      return null;
    }
    Instant now = clock.instant();
    if (sent.isAfter(now.plus(SKEW))) {
      findings.notice(said.sent(), "sent lies in the future: one of the clocks is wrong");
    } else if (sent.isBefore(now.minus(OLD))) {
      findings.notice(said.sent(), "sent lies more than a day back");
    }
    return sent;
  }

  /** Whole references before bare identifiers, so that CAP can carry them in their order. */
  private List<Reference> others(Warning.Identity identity) {
    List<Reference> others =
        said.references().stream()
            .filter(r -> !r.means(identity))
            .sorted(Comparator.comparing(r -> r.sender() == null))
            .toList();
    if (others.size() < said.references().size()) {
      findings.notice(said.root(), "it refers to itself: that reference is left out");
    }
    return others;
  }

  private Warning.Type type(List<Reference> references) {
    String word = said.type() == null ? "" : said.type().text().toLowerCase(Locale.ROOT);
    switch (word) {
      case "ack", "error" ->
          findings.problem(
              said.type(),
              "a message of type "
                  + said.type().text()
                  + " answers another system: it warns nobody");
      case "alert", "update", "cancel" -> {
        return Warning.Type.valueOf(word.toUpperCase(Locale.ROOT));
      }
      default -> {
        Warning.Type taken = references.isEmpty() ? Warning.Type.ALERT : Warning.Type.UPDATE;
        findings.notice(
            said.type() == null ? said.root() : said.type(),
            "no known message type (Alert, Update, Cancel): taken as " + taken);
        return taken;
      }
    }
    return Warning.Type.ALERT;
  }

  private Nature nature() {
    if (said.status() == null) {
      findings.notice(said.root(), "no status: it never goes out live");
      return Nature.MISSING;
    }
    String word = said.status().text();
    Optional<Nature> known =
        Arrays.stream(Nature.values())
            .filter(n -> n != Nature.MISSING && n.name().equalsIgnoreCase(word))
            .findFirst();
    if (known.isEmpty()) {
      findings.notice(
          said.status(),
          "status " + Findings.quote(word) + " is not known: it never goes out live");
    }
    return known.orElse(Nature.MISSING);
  }

  private void scope() {
    if (said.scope() != null && said.scope().text().matches("(?i)restricted|private")) {
      findings.doubt("发布范围为 " + said.scope().text() + "（非公开）：请确认是否可以向群众发布");
    }
    if (said.secrecy() != null && !said.secrecy().text().matches("(?i)none|unclassified|无|非密|公开")) {
      findings.doubt("密级为 " + Findings.quote(said.secrecy().text()) + "：请确认是否可以向群众发布");
    }
  }

  private void type(Warning.Type type, List<Reference> references, Choice choice) {
    String headline = choice.info().headline();
    if (type != Warning.Type.CANCEL && (Colours.lifts(headline) || choice.info().over())) {
      findings.doubt("标题或内容为解除，但消息类型为 " + type + "：请确认是发布还是解除");
    }
    if (type == Warning.Type.CANCEL && Colours.changes(headline)) {
      findings.doubt("标题为升级或变更，但消息类型为解除（CANCEL）：请确认");
    }
    if (type == Warning.Type.CANCEL && references.isEmpty()) {
      findings.doubt("解除消息没有指明解除哪一条预警（references 为空）：请指定");
    } else if (type == Warning.Type.UPDATE && references.isEmpty()) {
      findings.notice(said.root(), "an update without references: it names no earlier warning");
    }
  }

  /** What must be there for anybody to be told: a lift may do without. */
  private void tellable(Choice choice) {
    if (said.infos().isEmpty()) {
      findings.doubt("没有 info：缺少等级、灾种和区域");
      return;
    }
    if (choice.grade() == null) {
      findings.doubt("没有给出预警等级：请指定等级");
    }
    if (choice.area().isEmpty()) {
      findings.doubt("没有可识别的区域（多边形、圆或行政区划代码）：请指定区域");
    }
    if (choice.expires() != null && !choice.expires().isAfter(choice.effective())) {
      findings.doubt("失效时间不晚于生效时间：请核对时间");
    }
  }

  private void drill(Nature nature, Choice choice) {
    Info info = choice.info();
    boolean drill =
        DRILL_HEADLINE.matcher(info.headline()).find()
            || DRILL_TEXT
                .matcher(
                    String.join("\n", info.description(), info.instruction())
                        + String.join("\n", info.texts().values()))
                .find();
    if (nature == Nature.ACTUAL && drill) {
      findings.doubt("内容写明演练或测试，但状态为 Actual（真实）：请确认");
    }
  }
}
