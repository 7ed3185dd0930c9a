package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.lastmile.notices.Terms;
import org.lastmile.warning.Grade;

/** Accounts, tokens and the audit, for administrators. A secret is shown once, when it is made. */
final class AccountsApi {
  private final Accounts accounts;
  private final Audit audit;
  private final Gate gate;
  private final Api api;

  private record UserView(
      String name, Role role, List<String> areas, Instant since, boolean active) {}

  AccountsApi(Accounts accounts, Audit audit, Gate gate, Api api) {
    this.accounts = accounts;
    this.audit = audit;
    this.gate = gate;
    this.api = api;
  }

  void mount() {
    api.on(GET, "/api/v1/users", Right.ADMINISTER, r -> done(users()));
    api.on(POST, "/api/v1/users", Right.ADMINISTER, this::putUser);
    api.on(DELETE, "/api/v1/users/:name", Right.ADMINISTER, this::endUser);
    api.on(GET, "/api/v1/tokens", Right.ADMINISTER, r -> done(accounts.tokens()));
    api.on(POST, "/api/v1/tokens", Right.ADMINISTER, this::makeToken);
    api.on(DELETE, "/api/v1/tokens/:id", Right.ADMINISTER, this::endToken);
    api.on(
        GET,
        "/api/v1/audit",
        Right.ADMINISTER,
        r -> done(audit.newest(r.query("size", 1, 10_000, 200))));
  }

  private List<UserView> users() {
    return accounts.users().stream()
        .map(u -> new UserView(u.name(), u.role(), u.areas(), u.since(), u.active()))
        .toList();
  }

  private CompletionStage<?> putUser(Request request) {
    Fields fields = new Fields(request.json());
    String name = fields.text("name", 32, true);
    Role role = fields.oneOf("role", Role.class, true);
    String password = fields.text("password", 200, false);
    List<String> areas = fields.areas("areas");
    if (role == Role.DEPARTMENT) {
      fields.wrong("/role", "is for programs: make a token");
    }
    fields.check();
    Accounts.Made made = accounts.putUser(name, role, password.isEmpty() ? null : password, areas);
    gate.forgetAll();
    return done(made);
  }

  private CompletionStage<?> endUser(Request request) {
    String name = request.path("name");
    if (name.equals(request.caller().name()) && !request.caller().machine()) {
      throw Problem.of(409, "That can't be done now", "nobody can end their own account");
    }
    if (!accounts.endUser(name)) {
      throw Problem.unknown("user", name);
    }
    gate.forgetAll();
    return done(null);
  }

  private CompletionStage<?> makeToken(Request request) {
    Fields fields = new Fields(request.json());
    String name = fields.text("name", 32, true);
    Role role = fields.oneOf("role", Role.class, true);
    List<String> areas = fields.areas("areas");
    String upTo = fields.text("upTo", 8, false);
    Grade grade =
        upTo.equalsIgnoreCase("none")
            ? null
            : upTo.isEmpty() ? Grade.RED : fields.oneOf("upTo", Grade.class, true);
    Terms terms = terms(fields, role);
    if (role == Role.DEPARTMENT && areas.isEmpty()) {
      fields.wrong("/areas", "is missing: a department speaks in its own area");
    }
    fields.check();
    return done(accounts.makeToken(name, role, areas, grade, terms));
  }

  /** When and how much a department may speak; null for other roles, which have none. */
  private static Terms terms(Fields fields, Role role) {
    Terms usual = Terms.USUAL;
    Terms limits =
        new Terms(
            usual.from(),
            usual.to(),
            usual.firstDay(),
            usual.lastDay(),
            fields.number("perDay", 1, 100_000, usual.perDay()),
            fields.number("secondsPerDay", 1, 86_400, usual.secondsPerDay()),
            fields.number("devices", 1, 100_000, usual.devices()),
            fields.number("characters", 1, 1_000, usual.characters()));
    String hours = fields.text("hours", 11, false);
    String days = fields.text("days", 3, false);
    try {
      limits = hours.isEmpty() ? limits : limits.hours(hours);
    } catch (IllegalArgumentException e) {
      fields.wrong("/hours", e.getMessage());
    }
    try {
      limits = days.isEmpty() ? limits : limits.days(days);
    } catch (IllegalArgumentException e) {
      fields.wrong("/days", e.getMessage());
    }
    return role == Role.DEPARTMENT ? limits : null;
  }

  private CompletionStage<?> endToken(Request request) {
    if (!accounts.endToken(request.path("id"))) {
      throw Problem.unknown("token", request.path("id"));
    }
    gate.forgetAll();
    return done(null);
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
