package org.lastmile.console;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lastmile.channel.Memory;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning;

/**
 * What the link in a message opens: the whole text of one warning and whether it still holds; for
 * whoever got the message also where to go, and two buttons that answer. No sign-in, no script;
 * small enough for a poor connection. A link may be passed on, so an answer asks for the last
 * digits of the phone, and the page shows nobody's name or number.
 */
final class PublicPage {
  static final Duration ANSWERS = Duration.ofDays(3);

  private static final int FORM = 4 * 1024;
  private static final int MOST_PLACES = 30;

  /**
   * Bytes for points and for the warning's own words; with its style the page stays below 30 kB.
   */
  private static final int LIGHT = 20 * 1024;

  /** Bytes for points however long the warning is: what is not shown can't be answered. */
  private static final int LEAST = 4 * 1024;

  private static final String OTHERWISE = "请直接回复收到的短信或微信消息，或者打电话给值班室。";

  private final Desk desk;
  private final Rosters rosters;
  private final Links links;
  private final PageTries tries;
  private final InstantSource clock;
  private final Api api;
  private final DateTimeFormatter time;

  PublicPage(
      Desk desk,
      Rosters rosters,
      Links links,
      PageTries tries,
      InstantSource clock,
      Api api,
      ZoneId zone) {
    this.desk = desk;
    this.rosters = rosters;
    this.links = links;
    this.tries = tries;
    this.clock = clock;
    this.api = api;
    this.time = DateTimeFormatter.ofPattern("yyyy年M月d日 HH:mm").withZone(zone);
  }

  void mount(Router router) {
    router
        .get("/w/:id")
        .handler(
            request -> {
              String id = request.pathParam("id");
              Html.answer(request, api.work(), OTHERWISE, () -> everybodys(id));
            });
    router
        .get("/w/:id/:token")
        .handler(
            request -> {
              Link link = link(request);
              Html.answer(
                  request,
                  api.work(),
                  OTHERWISE,
                  () -> open(link).thenApply(p -> page(200, p, "")));
            });
    router
        .post("/w/:id/:token")
        .handler(BodyHandler.create(false).setBodyLimit(FORM))
        .handler(
            request -> {
              Link link = link(request);
              MultiMap form = request.request().formAttributes();
              Html.answer(request, api.work(), OTHERWISE, () -> answer(link, form));
            });
  }

  private record Link(String id, String token) {
    String path() {
      return "/w/" + id + "/" + token;
    }
  }

  private static Link link(RoutingContext request) {
    return new Link(request.pathParam("id"), request.pathParam("token"));
  }

  private CompletionStage<Html> everybodys(String id) {
    return desk.warning(id)
        .thenApplyAsync(
            found ->
                found
                    .filter(s -> s.released() != null || s.paged() != null)
                    .map(s -> page(200, s, "", ""))
                    .orElseThrow(() -> Problem.unknown("warning", id)),
            api.work());
  }

  private CompletionStage<View.Personal> open(Link link) {
    int delivery =
        links
            .delivery(link.id(), link.token())
            .orElseThrow(() -> Problem.unknown("message", link.token()));
    return desk.personal(link.id(), delivery)
        .thenApplyAsync(
            found -> found.orElseThrow(() -> Problem.unknown("warning", link.id())), api.work());
  }

  private CompletionStage<Html> answer(Link link, MultiMap form) {
    return open(link)
        .thenComposeAsync(
            person -> {
              if (!answerable(person)) {
                return CompletableFuture.completedFuture(page(200, person, ""));
              }
              String digits = form.get("digits") == null ? "" : form.get("digits").strip();
              Map<Integer, Boolean> answers = answers(person, form);
              if (answers.isEmpty()) {
                return CompletableFuture.completedFuture(page(400, person, "没有选：请逐处选“收到”或“去不了”。"));
              }
              if (!digits.matches("\\d{4}")) {
                return CompletableFuture.completedFuture(
                    page(400, person, "没有记上：请填您本人手机号的最后四位数字。"));
              }
              String whose = whose(person);
              if (!tries.take(whose)) {
                return CompletableFuture.completedFuture(page(429, person, ""));
              }
              if (person.phones().stream().noneMatch(p -> p.endsWith(digits))) {
                int left = tries.left(whose);
                String words = left > 0 ? "没有记上：手机号后四位不对，还可以试" + left + "次。" : "没有记上：手机号后四位不对。";
                return CompletableFuture.completedFuture(page(403, person, words));
              }
              tries.right(whose);
              int delivery = links.delivery(link.id(), link.token()).orElseThrow();
              return desk.answer(link.id(), delivery, answers)
                  .thenCompose(kept -> open(link))
                  .thenApply(
                      now ->
                          now.others().isEmpty()
                              ? Html.seeOther(link.path())
                              : page(200, now, "", others(now)));
            },
            api.work());
  }

  /** Whoever must act at several points answers for each. */
  private static boolean atOnce(View.Personal person) {
    return person.points().size() == 1 || !person.audience().acts();
  }

  /** By place in the plan. */
  private static Map<Integer, Boolean> answers(View.Personal person, MultiMap form) {
    Map<Integer, Boolean> answers = new LinkedHashMap<>();
    for (View.Asked point : person.points()) {
      String said = form.get(atOnce(person) ? "answer" : "p" + point.place());
      if ("yes".equals(said)) {
        answers.put(point.place(), true);
      } else if ("no".equals(said) && person.audience().acts()) {
        answers.put(point.place(), false);
      }
    }
    return answers;
  }

  private boolean answerable(View.Personal person) {
    View.Summary w = person.warning();
    return w.status().open()
        && w.warning().type() != Warning.Type.CANCEL
        && !person.points().isEmpty()
        && clock.instant().isBefore(began(w).plus(ANSWERS));
  }

  private static Instant began(View.Summary w) {
    return w.released() == null ? w.accepted() : w.released();
  }

  private Html page(int status, View.Personal person, String error) {
    return page(status, person, error, "");
  }

  private Html page(int status, View.Personal person, String error, String others) {
    StringBuilder more = new StringBuilder(said(person));
    boolean answerable = answerable(person);
    String form = answerable ? form(person, error) : "";
    if (!answerable || atOnce(person) || !knowable(person)) {
      List<String> places =
          fitting(person, person.points().stream().limit(MOST_PLACES).map(this::place));
      places.forEach(more::append);
      if (person.points().size() > places.size()) {
        more.append(Html.paragraph("等" + person.points().size() + "处。"));
      }
    }
    if (form.isEmpty() && person.warning().status().open()) {
      more.append(Html.paragraph("这个链接已经过期，不能再答复。" + OTHERWISE));
    }
    return page(status, person.warning(), more.toString(), form + others);
  }

  private String form(View.Personal person, String error) {
    String alert = error.isEmpty() ? "" : "<p class=\"alert\" role=\"alert\">" + error + "</p>\n";
    boolean acts = person.audience().acts();
    if (!knowable(person)) {
      String how = acts ? "回复 1 表示收到，回复 2 表示去不了。" : "回复 1 表示收到。";
      return alert + Html.paragraph("您没有登记手机号，请回到微信，在消息里直接" + how);
    }
    if (left(person) <= 0) {
      return "<p class=\"alert\" role=\"alert\">手机号后四位错了太多次，这个链接不能再答复。" + OTHERWISE + "</p>\n";
    }
    boolean one = atOnce(person);
    String fields = one ? "" : choices(person);
    String buttons =
        one
            ? "<button name=\"answer\" value=\"yes\">我已收到</button>\n"
                + (acts ? "<button class=\"no\" name=\"answer\" value=\"no\">去不了</button>\n" : "")
            : "<button>提交答复</button>\n";
    String hint = acts ? "<p class=\"hint\">选“去不了”，马上通知其他责任人，不再等您。</p>\n" : "";
    return """
        <form method="post">
        %s%s<label>您本人手机号的最后四位
        <input name="digits" inputmode="numeric" pattern="[0-9]{4}" minlength="4" maxlength="4" required autocomplete="off"></label>
        %s%s</form>
        """
        .formatted(alert, fields, buttons, hint);
  }

  private static String said(View.Personal person) {
    boolean all = person.points().stream().noneMatch(p -> p.said() == null);
    boolean no = person.points().stream().anyMatch(p -> Boolean.FALSE.equals(p.said()));
    if (!all) {
      return "";
    }
    String cant = person.points().size() == 1 ? "您去不了" : "您有去不了的地方";
    return no
        ? "<p class=\"said not\">已记录：" + cant + "，已转给其他责任人或值班员。</p>\n"
        : "<p class=\"said\">✓ 已记录：您已收到。</p>\n";
  }

  /**
   * Who has several warnings to answer finds the others here, once they have shown who they are.
   */
  private String others(View.Personal person) {
    if (person.others().isEmpty()) {
      return "";
    }
    String list =
        person.others().stream()
            .map(
                o ->
                    "<li><a href=\"/w/%s/%s\">%s</a></li>\n"
                        .formatted(
                            o.warning(),
                            links.token(o.warning(), o.delivery()),
                            Html.text(o.name())))
            .collect(Collectors.joining());
    return "<p>您还有没答复的预警：</p>\n<ul>\n" + list + "</ul>\n";
  }

  private static boolean knowable(View.Personal person) {
    return !person.phones().isEmpty();
  }

  /** One person has the same tries on all their links: several warnings give no more. */
  private static String whose(View.Personal person) {
    return String.join("/", person.phones());
  }

  /** The page has to be readable while the store is away; an answer is not taken then. */
  private int left(View.Personal person) {
    try {
      return tries.left(whose(person));
    } catch (Memory.Away e) {
      return PageTries.MOST;
    }
  }

  /** What is unanswered first: what does not fit comes when that is answered. */
  private String choices(View.Personal person) {
    List<View.Asked> points =
        person.points().stream().sorted(Comparator.comparing(p -> p.said() != null)).toList();
    List<String> shown = fitting(person, points.stream().map(this::choice));
    long open = points.stream().filter(p -> p.said() == null).count();
    String rest =
        shown.size() == points.size()
            ? ""
            : Html.paragraph(
                "您负责%d处，%d处还没有答复。这里先列%d处，提交后列出其余的。".formatted(points.size(), open, shown.size()));
    return rest + String.join("", shown);
  }

  private String choice(View.Asked point) {
    return """
        <fieldset><legend>%2$s</legend>
        %3$s<label><input type="radio" name="p%1$d" value="yes"%4$s> 收到</label>
        <label><input type="radio" name="p%1$d" value="no"%5$s> 去不了</label>
        </fieldset>
        """
        .formatted(
            point.place(),
            named(point),
            ways(point),
            Boolean.TRUE.equals(point.said()) ? " checked" : "",
            Boolean.FALSE.equals(point.said()) ? " checked" : "");
  }

  /** As many of them as a light page has room for beside the warning's own words. */
  private static List<String> fitting(View.Personal person, Stream<String> points) {
    Warning warning = person.warning().warning();
    int room = Math.max(LEAST, LIGHT - bytes(warning.description() + warning.instruction()));
    List<String> fit = new ArrayList<>();
    for (Iterator<String> each = points.iterator(); each.hasNext(); ) {
      String point = each.next();
      room -= bytes(point);
      if (room < 0 && !fit.isEmpty()) {
        break;
      }
      fit.add(point);
    }
    return fit;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private String place(View.Asked point) {
    return "<section><h2>" + named(point) + "</h2>\n" + ways(point) + "</section>\n";
  }

  private String named(View.Asked point) {
    Optional<HazardPoint> known =
        rosters.points().stream().filter(p -> p.id().equals(point.id())).findFirst();
    Position at = known.map(HazardPoint::position).orElse(null);
    String map = at == null ? "" : " <a href=\"" + map(at, point.name()) + "\">看地图</a>";
    return Html.text(point.name()) + map;
  }

  /** Where to go from there. */
  private static String ways(View.Asked point) {
    return line("撤离路线", point.route()) + line("安置地点", point.shelter());
  }

  private static String line(String name, String words) {
    return words.isBlank() ? "" : "<p><b>" + name + "</b>：" + Html.text(words) + "</p>\n";
  }

  /** A link that opens whatever map the phone has; nothing is loaded from there by itself. */
  private static String map(Position at, String name) {
    return "https://uri.amap.com/marker?position=%.6f,%.6f&amp;name=%s&amp;coordinate=wgs84&amp;callnative=1"
        .formatted(at.longitude(), at.latitude(), URLEncoder.encode(name, StandardCharsets.UTF_8));
  }

  private Html page(int status, View.Summary summary, String places, String form) {
    Warning warning = summary.warning();
    String mark = warning.drill() ? "【演练】" : "";
    String grade = warning.grade() == null ? "" : warning.grade().name().toLowerCase(Locale.ROOT);
    String main =
        """
        %s<p class="state">%s</p>
        <h1>%s</h1>
        <p class="from">%s %s</p>
        %s%s%s%s\
        """
            .formatted(
                warning.drill() ? "<p class=\"drill\">这是演练，不是真的预警</p>\n" : "",
                state(summary),
                Html.text(mark + warning.headline()),
                Html.text(warning.senderName()),
                moment(warning.identity().sent()),
                places,
                form,
                Html.paragraph(warning.description()),
                summary.released() == null ? "" : Html.paragraph(warning.instruction()));
    return Html.page(status, mark + warning.headline(), grade, main);
  }

  private String state(View.Summary summary) {
    if (summary.released() == null && summary.paged() != null) {
      return summary.status().open() ? "预警还没有发布：正在等值班领导决定。请责任人先做好准备，不要转发，群众暂不行动" : "预警没有发布，不用再答复";
    }
    if (summary.warning().drill()) {
      return summary.status().open() ? "演练进行中" : "演练已结束，不用再答复";
    }
    if (summary.warning().type() == Warning.Type.CANCEL) {
      return "预警已解除；未经通知不得返回危险区";
    }
    return switch (summary.status()) {
      case RELEASED -> {
        Instant until = summary.inForceUntil();
        yield until == null ? "预警生效中" : "预警生效中，至 " + moment(until);
      }
      case HELD, AWAITING_APPROVAL -> "预警还没有发布，等待核实";
      case SUPERSEDED -> "已有新的预警，以新的为准";
      case LIFTED -> "预警已解除，不用再答复；未经通知不得返回危险区";
      default -> "预警已结束，不用再答复；未经通知不得返回危险区";
    };
  }

  private String moment(Instant at) {
    return time.format(at);
  }
}
