package org.lastmile.console;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;

/**
 * Where a follower binds their WeChat account to their phone and village. The link came to that
 * account alone, but may be passed on: it lasts for minutes, binds once, and neither shows, changes
 * nor ends what is bound. The phone is proved by a code that comes there by SMS. Without script,
 * and nothing of it is kept before the person has agreed.
 */
final class BindPage {
  private static final int FORM = 4 * 1024;

  /** More than this is typed faster than found. */
  private static final int MOST_VILLAGES = 200;

  private static final String OTHERWISE = "请回到公众号，回复“绑定”，用新的链接再试。";

  private static final Html BOUND =
      page(
          "",
          """
          <p class="said">✓ 已绑定</p>
          <p>这个微信会收到您家的灾害预警。只用于预警。</p>
          <p>要换手机号或者解绑，请回到公众号，回复“绑定”加新手机号，或回复“解绑”；解绑后马上删除。</p>
          """);

  private final Desk desk;
  private final Rosters rosters;
  private final Links links;
  private final Api api;

  BindPage(Desk desk, Rosters rosters, Links links, Api api) {
    this.desk = desk;
    this.rosters = rosters;
    this.links = links;
    this.api = api;
  }

  void mount(Router router) {
    router
        .get("/bind/:token")
        .handler(
            request -> {
              String token = request.pathParam("token");
              boolean code = "code".equals(request.request().getParam("step"));
              Html.answer(
                  request,
                  api.work(),
                  OTHERWISE,
                  () -> code ? done(code("")) : open(openid(token), ""));
            });
    router
        .post("/bind/:token")
        .handler(BodyHandler.create(false).setBodyLimit(FORM))
        .handler(this::take);
  }

  private void take(RoutingContext request) {
    String token = request.pathParam("token");
    MultiMap form = request.request().formAttributes();
    String path = "/bind/" + token;
    Html.answer(
        request,
        api.work(),
        OTHERWISE,
        () -> {
          String openid = openid(token);
          return switch (field(form, "do")) {
            case "ask" -> ask(openid, form, path);
            case "prove" ->
                desk.prove(openid, field(form, "code"))
                    .thenComposeAsync(step -> proved(step, openid, token), api.work());
            default -> open(openid, "");
          };
        });
  }

  private CompletionStage<Html> proved(View.Bind step, String openid, String token) {
    if (step == View.Bind.WRONG_CODE) {
      return done(code(words(step)));
    }
    if (step == View.Bind.BOUND) {
      links.spend(token);
    }
    return open(openid, words(step));
  }

  private CompletionStage<Html> ask(String openid, MultiMap form, String path) {
    if (!field(form, "agree").equals("yes")) {
      return open(openid, "没有勾选同意，没有发验证码。");
    }
    return desk.bind(openid, field(form, "phone"), field(form, "village"))
        .thenComposeAsync(
            step ->
                step == View.Bind.SENT
                    ? done(Html.seeOther(path + "?step=code"))
                    : open(openid, words(step)),
            api.work());
  }

  private static CompletionStage<Html> done(Html html) {
    return CompletableFuture.completedFuture(html);
  }

  private String openid(String token) {
    return links.openid(token).orElseThrow(() -> Problem.unknown("link", token));
  }

  private static String field(MultiMap form, String name) {
    String value = form.get(name);
    return value == null ? "" : value.strip();
  }

  private CompletionStage<Html> open(String openid, String error) {
    return desk.binding(openid)
        .thenApplyAsync(found -> found.isPresent() ? BOUND : phone(error), api.work());
  }

  private Html phone(String error) {
    return page(
        error,
        """
        <p>绑定后，您家所在隐患点的预警会发到这个微信号。</p>
        <form method="post">
        <label>您的手机号
        <input name="phone" type="tel" inputmode="numeric" pattern="1[0-9]{10}" maxlength="11" required autocomplete="tel-national"></label>
        <label>您家在哪个村
        %s</label>
        <label class="consent"><input type="checkbox" name="agree" value="yes" required> 同意用这个手机号和村名在微信接收预警。只用于预警，不给别人；随时可以解绑，解绑或取消关注后删除。</label>
        <button name="do" value="ask">发验证码</button>
        </form>
        """
            .formatted(villages()));
  }

  private static Html code(String error) {
    return page(
        error,
        """
        <p>验证码已用短信发到您的手机，10分钟内有效。</p>
        <form method="post">
        <label>8位验证码
        <input name="code" inputmode="numeric" pattern="[0-9]{8}" maxlength="8" required autocomplete="one-time-code"></label>
        <button name="do" value="prove">确认绑定</button>
        </form>
        <p class="hint">没有收到？等一分钟，再<a href="?">重新发</a>。</p>
        """);
  }

  private String villages() {
    TreeSet<String> names =
        rosters.points().stream()
            .filter(p -> !p.village().isEmpty())
            .map(p -> (p.town() + " " + p.village()).strip())
            .filter(v -> !v.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    if (names.isEmpty() || names.size() > MOST_VILLAGES) {
      return "<input name=\"village\" type=\"text\" maxlength=\"30\" required>";
    }
    String options =
        names.stream()
            .map(v -> "<option>" + Html.text(v) + "</option>")
            .collect(Collectors.joining("\n"));
    return "<select name=\"village\" required>\n<option value=\"\">请选择</option>\n"
        + options
        + "\n</select>";
  }

  private static Html page(String error, String main) {
    String alert =
        error.isEmpty() ? "" : "<p class=\"alert\" role=\"alert\">" + Html.text(error) + "</p>\n";
    return Html.page(error.isEmpty() ? 200 : 400, "绑定手机号", "", "<h1>绑定手机号</h1>\n" + alert + main);
  }

  private static String words(View.Bind step) {
    return switch (step) {
      case NO_PHONE -> "这不是手机号：请填11位手机号。";
      case TOO_MANY -> "验证码要得太多了，请一小时后再试。";
      case NO_SMS -> "现在发不了短信验证码，请联系村委会登记。";
      case WRONG_CODE -> "验证码不对，请再看看短信。";
      case NO_CODE -> "验证码已失效，请重新发。";
      case SENT, BOUND, UNBOUND, ALREADY -> "";
    };
  }
}
