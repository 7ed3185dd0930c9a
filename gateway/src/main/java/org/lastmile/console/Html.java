package org.lastmile.console;

import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Pages for people without an account: plain HTML that an old phone shows, without script, with one
 * small style sheet of our own. Failures are pages, too: nobody in a storm reads JSON.
 */
record Html(int status, String body, String location) {
  private static final int PATIENCE_S = 10;

  static Html page(int status, String title, String grade, String main) {
    String body =
        """
        <!doctype html>
        <html lang="zh-CN">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="format-detection" content="telephone=no">
        <title>%s</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/public.css">
        <main class="%s">
        %s</main>
        </html>
        """
            .formatted(text(title), grade, main);
    return new Html(status, body, "");
  }

  /** A few words that stand alone. */
  static Html words(int status, String title, String words) {
    return page(status, title, "", "<h1>" + text(title) + "</h1>\n" + paragraph(words));
  }

  /** Asked for again as a page: a reload must not send the form twice. */
  static Html seeOther(String location) {
    return new Html(303, "", location);
  }

  static String paragraph(String words) {
    return words.isBlank() ? "" : "<p>" + text(words).replaceAll("\\R", "<br>") + "</p>\n";
  }

  static String text(String words) {
    return words
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Answers with the page when it is there; what fails is a page that says what to do instead. */
  static void answer(
      RoutingContext request, Executor work, String otherwise, Supplier<CompletionStage<Html>> of) {
    Context here = request.vertx().getOrCreateContext();
    CompletionStage<Html> page;
    try {
      page =
          CompletableFuture.supplyAsync(of, work)
              .thenCompose(stage -> stage)
              .orTimeout(PATIENCE_S, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      page = CompletableFuture.failedFuture(Problem.away("this gateway is closing"));
    }
    boolean answers = request.request().method().equals(HttpMethod.POST);
    page.exceptionally(failure -> failed(failure, answers, otherwise))
        .thenAccept(found -> here.runOnContext(now -> found.send(request)));
  }

  /**
   * What failed.
   *
   * @param answers the person has just answered, and must learn whether that was kept
   */
  static Html failed(Throwable failure, boolean answers, String otherwise) {
    Problem problem = Failures.problem(failure);
    if (problem.status() == 404) {
      return words(404, "链接不对", "这个链接不对，或者已经过期。" + otherwise);
    }
    return answers && timedOut(failure)
        ? words(
            problem.status(),
            "还不知道办成没有",
            "系统没有及时回应，可能已经记下，也可能没有。请过一会儿重新打开这个页面看看，没有记下就再来一次。" + otherwise)
        : words(
            problem.status(),
            "现在不能办理",
            "系统现在办不了，" + (answers ? "没有记下任何内容，" : "") + "请稍后再试。" + otherwise);
  }

  private static boolean timedOut(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof TimeoutException;
  }

  private void send(RoutingContext request) {
    if (request.response().closed() || request.response().ended()) {
      return;
    }
    request.response().setStatusCode(status).putHeader("Cache-Control", "no-store");
    if (!location.isEmpty()) {
      request.response().putHeader("Location", location).end();
    } else {
      request.response().putHeader("Content-Type", "text/html; charset=utf-8").end(body);
    }
  }
}
