package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lastmile.desk.Desk;
import org.lastmile.desk.Receipt;
import org.lastmile.desk.View;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Grade;
import org.lastmile.warning.WarningStatus;

/**
 * Warnings, their coverage, and what people do to them. Handing one in is not here: intake is a
 * route of its own.
 */
final class WarningsApi {
  private static final String ONE = "/api/v1/warnings/:id";

  private final Desk desk;
  private final Api api;
  private final ZoneId zone;

  /** What the issuer is told; the fields of {@link Receipt} that are promised. */
  record ReceiptView(
      String id,
      WarningStatus status,
      Grade grade,
      int points,
      int deliveries,
      List<String> notices) {
    static ReceiptView of(Receipt r) {
      return new ReceiptView(
          r.id(), r.status(), r.grade(), r.points(), r.deliveries(), r.notices());
    }
  }

  WarningsApi(Desk desk, Api api, ZoneId zone) {
    this.desk = desk;
    this.api = api;
    this.zone = zone;
  }

  void mount() {
    api.on(GET, "/api/v1/warnings", Right.SEE, this::list);
    api.on(GET, ONE, Right.SEE, r -> seen(r, (summary, view) -> done(view)));
    api.on(GET, ONE + "/coverage", Right.SEE, this::coverage);
    api.on(GET, ONE + "/deliveries", Right.SEE, this::deliveries);
    api.on(GET, ONE + "/timeline", Right.SEE, this::timeline);
    api.on(GET, ONE + "/report.csv", Right.SEE, this::csv);
    api.on(GET, ONE + "/report.xlsx", Right.SEE, r -> report(r, Report::xlsx));
    api.on(
        POST,
        ONE + "/approve",
        Right.APPROVE,
        r -> decide(r, (id, why) -> desk.approve(id, who(r))));
    api.on(
        POST,
        ONE + "/reject",
        Right.APPROVE,
        r -> decide(r, (id, why) -> desk.reject(id, who(r), why)));
    api.on(
        POST, ONE + "/lift", Right.LIFT, r -> decide(r, (id, why) -> desk.lift(id, who(r), why)));
    api.on(POST, ONE + "/points/:point/confirm", Right.CONFIRM, this::confirm);
    api.on(GET, "/api/v1/duty-tasks", Right.SEE, this::dutyTasks);
    api.on(POST, "/api/v1/duty-tasks/:id/take", Right.CONFIRM, this::take);
  }

  private CompletionStage<?> list(Request request) {
    WarningStatus status = request.query("status", WarningStatus.class);
    return desk.warnings(status).thenComposeAsync(all -> views(all, request.caller()), api.work());
  }

  /** What this caller sees of these warnings: those that touch their areas or have no plan yet. */
  CompletableFuture<List<WarningView>> views(List<View.Summary> all, Caller caller) {
    Scope scope = new Scope(caller);
    if (scope.whole()) {
      return done(all.stream().map(WarningView::of).toList());
    }
    List<CompletableFuture<Optional<WarningView>>> views =
        all.stream().map(s -> view(s, scope)).toList();
    return CompletableFuture.allOf(views.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> views.stream().flatMap(v -> v.getNow(Optional.empty()).stream()).toList());
  }

  private CompletableFuture<Optional<WarningView>> view(View.Summary summary, Scope scope) {
    if (scope.whole() || summary.points() == 0) {
      return done(Optional.of(WarningView.of(summary)));
    }
    return desk.coverage(summary.id())
        .thenApplyAsync(
            c ->
                c.map(scope::of)
                    .filter(seen -> seen.total() > 0)
                    .map(seen -> WarningView.of(summary, seen)),
            api.work());
  }

  /** Goes on with a warning that exists and that the caller may see; else 404. */
  private CompletionStage<?> seen(
      Request request, BiFunction<View.Summary, WarningView, CompletionStage<?>> next) {
    String id = request.path("id");
    Scope scope = new Scope(request.caller());
    return desk.warning(id)
        .thenComposeAsync(
            found -> {
              View.Summary summary = found.orElseThrow(() -> Problem.unknown("warning", id));
              return view(summary, scope)
                  .thenComposeAsync(
                      view ->
                          next.apply(
                              summary, view.orElseThrow(() -> Problem.unknown("warning", id))),
                      api.work());
            },
            api.work());
  }

  private CompletableFuture<Coverage> covered(Request request) {
    String id = request.path("id");
    Scope scope = new Scope(request.caller());
    return desk.coverage(id)
        .thenApplyAsync(
            c -> scope.of(c.orElseThrow(() -> Problem.unknown("warning", id))), api.work());
  }

  private CompletionStage<?> coverage(Request request) {
    return seen(request, (summary, view) -> covered(request));
  }

  private CompletionStage<?> deliveries(Request request) {
    String point = request.query("point");
    String channel = request.query("channel");
    DeliveryState state = request.query("state", DeliveryState.class);
    return rows(request)
        .thenApply(
            rows ->
                rows.stream()
                    .filter(r -> point.isEmpty() || r.points().contains(point))
                    .filter(r -> channel.isEmpty() || r.channel().equals(channel))
                    .filter(r -> state == null || r.state() == state)
                    .toList());
  }

  private CompletableFuture<List<View.Row>> rows(Request request) {
    String id = request.path("id");
    Scope scope = new Scope(request.caller());
    CompletableFuture<Set<String>> points =
        scope.whole() ? done(Set.of()) : covered(request).thenApply(Scope::ids);
    return desk.deliveries(id)
        .thenCombineAsync(
            points,
            (rows, seen) ->
                rows.orElseThrow(() -> Problem.unknown("warning", id)).stream()
                    .filter(r -> scope.whole() || r.points().stream().anyMatch(seen::contains))
                    .map(scope::of)
                    .toList(),
            api.work());
  }

  private CompletableFuture<List<View.Line>> lines(Request request) {
    String id = request.path("id");
    Scope scope = new Scope(request.caller());
    CompletableFuture<Set<String>> points =
        scope.whole() ? done(Set.of()) : covered(request).thenApply(Scope::names);
    CompletableFuture<Set<Integer>> residents =
        scope.personal() ? done(Set.of()) : rows(request).thenApply(WarningsApi::residents);
    return desk.timeline(id)
        .thenCombineAsync(
            points,
            (lines, seen) ->
                lines.orElseThrow(() -> Problem.unknown("warning", id)).stream()
                    .filter(l -> scope.whole() || sees(seen, l))
                    .toList(),
            api.work())
        .thenCombineAsync(
            residents,
            (lines, of) -> lines.stream().map(l -> scope.of(l, of)).toList(),
            api.work());
  }

  private static boolean sees(Set<String> points, View.Line line) {
    return line.point().isEmpty() ? line.delivery() < 0 : points.contains(line.point());
  }

  private static Set<Integer> residents(List<View.Row> rows) {
    return rows.stream()
        .filter(r -> r.audience() == Audience.RESIDENT)
        .map(View.Row::number)
        .collect(Collectors.toSet());
  }

  private CompletionStage<?> timeline(Request request) {
    return lines(request);
  }

  private CompletionStage<?> csv(Request request) {
    Report.Table asked = request.query("of", Report.Table.class);
    Report.Table table = asked == null ? Report.Table.POINTS : asked;
    return report(request, r -> r.csv(table));
  }

  private CompletionStage<?> report(Request request, Function<Report, Api.Download> form) {
    return seen(
        request,
        (summary, view) ->
            covered(request)
                .thenCombine(rows(request), Map::entry)
                .thenCombineAsync(
                    lines(request),
                    (both, lines) ->
                        form.apply(new Report(view, both.getKey(), both.getValue(), lines, zone)),
                    api.work()));
  }

  private CompletionStage<?> decide(
      Request request, BiFunction<String, String, CompletableFuture<Receipt>> decision) {
    Fields fields = new Fields(request.json());
    String why = fields.text("why", 500, false);
    fields.check();
    return desk.warning(request.path("id"))
        .thenCombine(desk.coverage(request.path("id")), Map::entry)
        .thenComposeAsync(
            found -> {
              String id = request.path("id");
              if (found.getKey().isEmpty()) {
                throw Problem.unknown("warning", id);
              }
              requireAllOf(found.getValue(), request.caller());
              return decision.apply(id, why);
            },
            api.work())
        .thenApply(ReceiptView::of);
  }

  /** A town's account does not decide over what another town is told. */
  private static void requireAllOf(Optional<Coverage> coverage, Caller caller) {
    List<String> others =
        coverage.map(Coverage::points).orElse(List.of()).stream()
            .filter(p -> !caller.sees(p.areaCode()))
            .map(Coverage.At::name)
            .limit(3)
            .toList();
    if (!others.isEmpty()) {
      throw Problem.forbidden(
          "the warning threatens points outside this account's areas: "
              + String.join(", ", others));
    }
  }

  private CompletionStage<?> confirm(Request request) {
    Fields fields = new Fields(request.json());
    String named = fields.text("who", 64, false);
    String how = fields.text("how", 64, true);
    String note = fields.text("note", 1000, false);
    boolean covered = fields.truth("covered", true);
    int moved = fields.number("moved", 0, 1_000_000, -1);
    fields.check();
    String id = request.path("id");
    String point = request.path("point");
    String caller = request.caller().name();
    String who = named.isEmpty() || named.equals(caller) ? caller : named + " (" + caller + ")";
    return desk.coverage(id)
        .thenComposeAsync(
            found -> {
              Coverage.At at =
                  found.orElseThrow(() -> Problem.unknown("warning", id)).points().stream()
                      .filter(p -> p.id().equals(point))
                      .findFirst()
                      .orElseThrow(() -> Problem.unknown("point of this warning", point));
              if (!request.caller().sees(at.areaCode())) {
                throw Problem.forbidden("the point lies outside this account's areas");
              }
              return desk.word(id, point, who, how, note, covered, moved);
            },
            api.work())
        .thenCompose(kept -> desk.coverage(id))
        .thenApplyAsync(
            after ->
                after.map(Coverage::points).orElse(List.of()).stream()
                    .filter(p -> p.id().equals(point))
                    .findFirst()
                    .orElseThrow(() -> Problem.unknown("point of this warning", point)),
            api.work());
  }

  private CompletionStage<?> dutyTasks(Request request) {
    Scope scope = new Scope(request.caller());
    return desk.dutyTasks()
        .thenComposeAsync(tasks -> scoped(tasks, scope), api.work())
        .thenApply(
            tasks ->
                tasks.stream()
                    .sorted(Comparator.comparing(DutyTask::drill).thenComparing(DutyTask::since))
                    .toList());
  }

  private CompletableFuture<List<DutyTask>> scoped(List<DutyTask> tasks, Scope scope) {
    if (scope.whole()) {
      return done(tasks.stream().map(t -> scope.of(t, Set.of())).toList());
    }
    List<CompletableFuture<DutyTask>> seen =
        tasks.stream()
            .map(
                t ->
                    desk.coverage(t.warning())
                        .thenApplyAsync(
                            c -> scope.of(t, c.map(scope::of).map(Scope::ids).orElse(Set.of())),
                            api.work()))
            .toList();
    return CompletableFuture.allOf(seen.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                seen.stream()
                    .map(CompletableFuture::join)
                    .filter(t -> !t.items().isEmpty())
                    .toList());
  }

  private CompletionStage<?> take(Request request) {
    String id = request.path("id");
    Scope scope = new Scope(request.caller());
    return desk.dutyTasks()
        .thenComposeAsync(tasks -> scoped(tasks, scope), api.work())
        .thenComposeAsync(
            tasks -> {
              if (tasks.stream().noneMatch(t -> t.id().equals(id))) {
                throw Problem.unknown("duty task", id);
              }
              return desk.take(id, request.caller().name());
            },
            api.work());
  }

  private static String who(Request request) {
    return request.caller().name();
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
