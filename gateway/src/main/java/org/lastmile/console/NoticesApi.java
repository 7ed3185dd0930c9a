package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.lastmile.channel.Memory;
import org.lastmile.desk.Desk;
import org.lastmile.notices.Departments;
import org.lastmile.notices.Heard;
import org.lastmile.notices.Notice;
import org.lastmile.notices.Targets;

/**
 * What departments say over the loudspeakers: hand in, look, stop. A department speaks within its
 * areas and terms, and sees and stops its own; others see what reaches their areas.
 */
final class NoticesApi {
  private static final String PATH = "/api/v1/notices";
  private static final int LONGEST_TEXT = 1_000;
  private static final int MOST_TARGETS = 1_000;
  private static final int MOST_REPEATS = 5;
  private static final int MOST_SHOWN = 200;

  private final Departments departments;
  private final Desk desk;
  private final Rosters rosters;
  private final ZoneId zone;
  private final Api api;
  private final Pace pace;

  /** A notice as it is listed. */
  private record Line(
      String id,
      String department,
      Departments.Status status,
      String text,
      List<String> targets,
      int devices,
      Instant accepted,
      Instant from,
      Instant until,
      int repeats,
      int volume,
      int priority,
      int seconds,
      String stoppedBy,
      Map<Heard, Integer> counts) {

    static Line of(Departments.View v) {
      Notice n = v.notice();
      return new Line(
          n.id(),
          n.department(),
          v.status(),
          n.text(),
          n.targets(),
          n.devices().size(),
          n.accepted(),
          n.from(),
          n.until(),
          n.repeats(),
          n.volume(),
          n.priority(),
          v.seconds(),
          v.stoppedBy(),
          v.counts());
    }
  }

  /** The same with what became of it on each loudspeaker. */
  private record Whole(Line notice, List<Departments.View.Play> plays) {}

  /**
   * @param departments null = there are no loudspeakers
   */
  NoticesApi(
      Departments departments,
      Desk desk,
      Rosters rosters,
      InstantSource clock,
      ZoneId zone,
      Api api) {
    this.departments = departments;
    this.desk = desk;
    this.rosters = rosters;
    this.zone = zone;
    this.api = api;
    this.pace = new Pace(clock);
  }

  void mount() {
    api.on(POST, PATH, Right.SPEAK, this::speak);
    api.on(
        GET,
        PATH,
        Right.SEE_NOTICES,
        r -> done(all(r.caller(), r.query("size", 1, 1_000, MOST_SHOWN))));
    api.on(GET, PATH + "/:id", Right.SEE_NOTICES, r -> done(whole(one(r))));
    api.on(DELETE, PATH + "/:id", Right.STOP_NOTICE, this::stop);
  }

  private CompletionStage<?> speak(Request request) {
    Caller caller = request.caller();
    Departments here = active();
    pace.take(caller.name());
    JsonNode body = request.json();
    Fields fields = new Fields(body);
    String text = fields.text("text", LONGEST_TEXT, true);
    List<String> targets = targets(fields, body.path("targets"));
    Instant from = time(fields, "from");
    Instant until = time(fields, "until");
    int repeats = fields.number("repeats", 1, MOST_REPEATS, 2);
    int volume = fields.number("volume", 1, 100, 80);
    int priority = fields.number("priority", 6, 9, 7);
    List<String> devices =
        new Targets(rosters.points(), rosters.loudspeakers())
            .devices(targets, caller::sees, what -> fields.wrong("/targets", what));
    Departments.Wish wish =
        new Departments.Wish(text, targets, devices, from, until, repeats, volume, priority);
    try {
      here.check(caller.name(), caller.terms(), wish)
          .forEach((field, all) -> all.forEach(what -> fields.wrong("/" + field, what)));
      fields.check();
      return here.speak(caller.name(), caller.terms(), wish)
          .thenApply(view -> new Api.Accepted(PATH + "/" + view.notice().id(), Line.of(view)));
    } catch (Departments.Refused e) {
      e.problems().forEach((field, all) -> all.forEach(what -> fields.wrong("/" + field, what)));
      fields.check();
      throw e;
    }
  }

  private static List<String> targets(Fields fields, JsonNode given) {
    List<String> targets = new ArrayList<>();
    given.forEach(t -> targets.add(t.asText().strip()));
    if (!given.isArray() || targets.isEmpty()) {
      fields.wrong("/targets", "is missing: a list of area codes, points or loudspeakers");
    } else if (targets.size() > MOST_TARGETS) {
      fields.wrong("/targets", "has more than " + MOST_TARGETS + " entries");
      return List.of();
    }
    return targets;
  }

  /** With an offset, or as the clocks of the place show it; null = absent. */
  private Instant time(Fields fields, String name) {
    String text = fields.text(name, 40, false);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return text.matches(".*T.*([Zz]|[+-]\\d\\d:?\\d\\d)")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      fields.wrong("/" + name, "'" + text + "' is not a time such as 2026-11-26T09:30:00+08:00");
      return null;
    }
  }

  private List<Line> all(Caller caller, int most) {
    return active().newest(seenBy(caller), most).stream().map(Line::of).toList();
  }

  private Departments.View one(Request request) {
    return active()
        .one(request.path("id"))
        .filter(v -> seenBy(request.caller()).test(v.notice()))
        .orElseThrow(() -> Problem.unknown("notice", request.path("id")));
  }

  private static Whole whole(Departments.View view) {
    return new Whole(Line.of(view), view.plays());
  }

  private CompletionStage<?> stop(Request request) {
    Departments.View view = one(request);
    return active()
        .stop(view.notice().id(), request.caller().name())
        .orElseThrow(() -> Problem.unknown("notice", view.notice().id()))
        .thenApply(Line::of);
  }

  /** A department its own; whoever is limited to areas those that reach one of their devices. */
  private Predicate<Notice> seenBy(Caller caller) {
    if (caller.role() == Role.DEPARTMENT) {
      return notice -> notice.department().equals(caller.name());
    }
    if (caller.areas().isEmpty()) {
      return notice -> true;
    }
    Set<String> near = new Targets(rosters.points(), rosters.loudspeakers()).within(caller::sees);
    return notice -> notice.devices().stream().anyMatch(near::contains);
  }

  /** Notices live where the desk is active: a standby does not know them. */
  private Departments active() {
    if (departments == null) {
      throw Problem.of(404, "Unknown", "this gateway has no loudspeakers");
    }
    if (!desk.active()) {
      throw new Memory.Standby("this desk is a standby", null);
    }
    if (!departments.loaded()) {
      throw new Memory.Away("earlier notices are still being read", null);
    }
    return departments;
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
