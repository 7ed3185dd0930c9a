package org.lastmile.console;

import io.vertx.ext.web.Router;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/**
 * What the link in a message opens: the whole text of one warning and whether it still holds. No
 * sign-in, no personal data, no script; small enough for a poor connection.
 */
final class PublicPage {
  private final Desk desk;
  private final Api api;
  private final DateTimeFormatter time;

  PublicPage(Desk desk, Api api, ZoneId zone) {
    this.desk = desk;
    this.api = api;
    this.time = DateTimeFormatter.ofPattern("yyyy年M月d日 HH:mm").withZone(zone);
  }

  void mount(Router router) {
    router
        .get("/w/:id")
        .handler(
            request -> {
              String id = request.pathParam("id");
              Feed.answer(
                  request,
                  "text/html",
                  desk.warning(id)
                      .thenApplyAsync(
                          found ->
                              found
                                  .filter(s -> s.released() != null)
                                  .map(this::page)
                                  .orElseThrow(() -> Problem.unknown("warning", id)),
                          api.work()));
            });
  }

  private String page(View.Summary summary) {
    Warning warning = summary.warning();
    String mark = warning.drill() ? "【演练】" : "";
    String grade = warning.grade() == null ? "" : warning.grade().name().toLowerCase(Locale.ROOT);
    return """
        <!doctype html>
        <html lang="zh-CN">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%1$s%2$s</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/public.css">
        <main class="%3$s">
        <p class="state">%4$s</p>
        <h1>%1$s%2$s</h1>
        <p class="from">%5$s %6$s</p>
        %7$s%8$s
        </main>
        </html>
        """
        .formatted(
            mark,
            text(warning.headline()),
            grade,
            state(summary),
            text(warning.senderName()),
            moment(warning.identity().sent()),
            paragraph(warning.description()),
            paragraph(warning.instruction()));
  }

  private String state(View.Summary summary) {
    if (summary.warning().type() == Warning.Type.CANCEL) {
      return "预警已解除；未经通知不得返回危险区";
    }
    if (summary.status() == WarningStatus.RELEASED) {
      Instant until = summary.inForceUntil();
      return until == null ? "预警生效中" : "预警生效中，至 " + moment(until);
    }
    return summary.status() == WarningStatus.SUPERSEDED ? "已有新的预警，以新的为准" : "预警已结束；未经通知不得返回危险区";
  }

  private String moment(Instant at) {
    return time.format(at);
  }

  private static String paragraph(String words) {
    return words.isBlank() ? "" : "<p>" + text(words) + "</p>\n";
  }

  private static String text(String words) {
    return words
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
