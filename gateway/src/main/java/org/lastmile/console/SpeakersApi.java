package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;

/**
 * The loudspeakers of the registry as they are now, the points that none of them would be heard at,
 * and what one of them can be told by hand.
 */
final class SpeakersApi {
  private static final String PATH = "/api/v1/registry/speakers";
  private static final int MOST_PAGE = 1000;
  private static final int LOW_VOLUME = 20;
  private static final Speakers.Speaker UNKNOWN =
      new Speakers.Speaker(
          "",
          true,
          Speakers.State.NEVER_SEEN,
          "it has never connected",
          "从未上线",
          null,
          null,
          Map.of(),
          null,
          null);

  private final Rosters rosters;
  private final Speakers speakers;
  private final Audit audit;
  private final InstantSource clock;
  private final Api api;

  /** A device and what the ledger says of it. */
  private record Known(Loudspeaker ledger, Speakers.Speaker now) {}

  /**
   * @param counts of the states before a state is chosen
   */
  private record Page(
      List<JsonNode> items,
      int page,
      int size,
      int total,
      int version,
      Map<Speakers.State, Integer> counts) {}

  /**
   * A point where nobody would hear a loudspeaker.
   *
   * @param why NO_SPEAKER or NONE_WORKS
   */
  private record Gap(
      String id,
      String name,
      String town,
      String village,
      String group,
      int households,
      int people,
      String why,
      List<Broken> speakers) {}

  private record Broken(
      String id, String name, Speakers.State state, String why, String whyZh, Instant since) {}

  /**
   * @param points all that were looked at
   */
  private record Gaps(
      List<Gap> items, int page, int size, int total, int points, int without, int broken) {}

  /**
   * A self-test that has ended.
   *
   * @param bad devices that somebody has to look at
   */
  record Finished(
      LocalDate day, Instant ended, int devices, int bad, Map<String, Integer> counts) {}

  /**
   * @param speakers null = this gateway has none
   */
  SpeakersApi(Rosters rosters, Speakers speakers, Audit audit, InstantSource clock, Api api) {
    this.rosters = rosters;
    this.speakers = speakers;
    this.audit = audit;
    this.clock = clock;
    this.api = api;
  }

  void mount() {
    api.on(GET, PATH, Right.SEE, this::page);
    api.on(GET, PATH + "/gaps", Right.SEE, this::gaps);
    api.on(GET, PATH + "/self-test", Right.SEE, r -> selfTest(r));
    api.on(GET, PATH + "/self-test.csv", Right.SEE, this::selfTestTable);
    api.on(GET, PATH + "/:id", Right.SEE, r -> done(shown(find(r))));
    api.on(POST, PATH + "/:id/test", Right.TEST, this::test);
    api.on(POST, PATH + "/:id/report", Right.TEST, r -> tell(r, speakers()::report));
    api.on(POST, PATH + "/:id/configure", Right.ADMINISTER, this::configure);
  }

  private Speakers speakers() {
    if (speakers == null) {
      throw Problem.of(404, "Unknown", "this gateway has no loudspeakers");
    }
    return speakers;
  }

  /** {@code ?state=SILENT&q=words&order=worst&page=1&size=100}. */
  private CompletionStage<Page> page(Request request) {
    int size = request.query("size", 1, MOST_PAGE, 100);
    int page = request.query("page", 1, 1_000_000, 1);
    Speakers.State state = request.query("state", Speakers.State.class);
    String words = request.query("q");
    Map<Speakers.State, Integer> counts = new LinkedHashMap<>();
    for (Speakers.State s : Speakers.State.values()) {
      counts.put(s, 0);
    }
    List<Known> found = new ArrayList<>();
    for (Known known : known(request.caller())) {
      if (words.isEmpty() || text(known).contains(words)) {
        counts.merge(known.now().state(), 1, Integer::sum);
        if (state == null || known.now().state() == state) {
          found.add(known);
        }
      }
    }
    if (request.query("order").equals("worst")) {
      found.sort(
          Comparator.comparing((Known k) -> k.now().state())
              .thenComparing(k -> k.ledger().village())
              .thenComparing(k -> k.ledger().id()));
    }
    int from = Math.min((page - 1) * size, found.size());
    int to = Math.min(from + size, found.size());
    List<JsonNode> items = new ArrayList<>();
    found.subList(from, to).forEach(k -> items.add(shown(whole(k))));
    return done(new Page(items, page, size, found.size(), rosters.version(), counts));
  }

  private Known whole(Known k) {
    return new Known(
        k.ledger(),
        Optional.ofNullable(speakers).flatMap(s -> s.find(k.ledger().id())).orElse(k.now()));
  }

  /** Registered ones in the ledger's order, then those that nobody has registered. */
  private List<Known> known(Caller caller) {
    Map<String, Speakers.Speaker> now = new HashMap<>();
    if (speakers != null) {
      speakers.all().forEach(s -> now.put(s.id(), s));
    }
    Set<String> points = seen(caller);
    List<Known> all = new ArrayList<>();
    for (Loudspeaker l : rosters.loudspeakers()) {
      Speakers.Speaker there = now.remove(l.id());
      if (caller.areas().isEmpty() || l.points().stream().anyMatch(points::contains)) {
        all.add(new Known(l, there == null ? UNKNOWN : there));
      }
    }
    if (caller.areas().isEmpty()) {
      now.values().stream()
          .filter(s -> s.state() != Speakers.State.NEVER_SEEN)
          .sorted(Comparator.comparing(Speakers.Speaker::id))
          .forEach(s -> all.add(new Known(stranger(s.id()), s)));
    }
    return all;
  }

  private static Loudspeaker stranger(String id) {
    return new Loudspeaker(id, "", "", null, List.of(), "", "");
  }

  private Set<String> seen(Caller caller) {
    return caller.areas().isEmpty()
        ? Set.of()
        : rosters.points().stream()
            .filter(p -> caller.sees(p.areaCode()))
            .map(HazardPoint::id)
            .collect(Collectors.toSet());
  }

  private static String text(Known known) {
    Loudspeaker l = known.ledger();
    Speakers.Speaker now = known.now();
    return String.join(
        " ",
        l.id(),
        l.name(),
        l.village(),
        l.group(),
        l.model(),
        l.areaCode(),
        String.join(" ", l.points()),
        now.state().name(),
        now.why(),
        now.whyZh());
  }

  private static JsonNode shown(Known known) {
    ObjectNode shown = Json.MAPPER.valueToTree(known.ledger());
    ObjectNode now = Json.MAPPER.valueToTree(known.now());
    now.remove("id");
    shown.setAll(now);
    return shown;
  }

  private Known find(Request request) {
    String id = request.path("id");
    return known(request.caller()).stream()
        .filter(k -> k.ledger().id().equals(id))
        .findFirst()
        .map(this::whole)
        .orElseThrow(() -> Problem.unknown("loudspeaker", id));
  }

  /** Points without a loudspeaker that works, the most people first. */
  private CompletionStage<Gaps> gaps(Request request) {
    int size = request.query("size", 1, MOST_PAGE, 100);
    int page = request.query("page", 1, 1_000_000, 1);
    Caller caller = request.caller();
    Map<String, Speakers.Speaker> now = new HashMap<>();
    if (speakers != null) {
      speakers.all().forEach(s -> now.put(s.id(), s));
    }
    Map<String, List<Loudspeaker>> at = new HashMap<>();
    for (Loudspeaker l : rosters.loudspeakers()) {
      l.points().forEach(p -> at.computeIfAbsent(p, x -> new ArrayList<>(1)).add(l));
    }
    List<Gap> gaps = new ArrayList<>();
    int points = 0;
    int without = 0;
    for (HazardPoint point : rosters.points()) {
      if (!caller.sees(point.areaCode())) {
        continue;
      }
      points++;
      List<Loudspeaker> there = at.getOrDefault(point.id(), List.of());
      without += there.isEmpty() ? 1 : 0;
      if (there.stream().noneMatch(l -> now.getOrDefault(l.id(), UNKNOWN).state().works())) {
        gaps.add(gap(point, there, now));
      }
    }
    gaps.sort(
        Comparator.comparing((Gap g) -> -g.people())
            .thenComparing(g -> -g.households())
            .thenComparing(Gap::id));
    int from = Math.min((page - 1) * size, gaps.size());
    int to = Math.min(from + size, gaps.size());
    return done(
        new Gaps(
            gaps.subList(from, to),
            page,
            size,
            gaps.size(),
            points,
            without,
            gaps.size() - without));
  }

  private static Gap gap(
      HazardPoint p, List<Loudspeaker> there, Map<String, Speakers.Speaker> now) {
    return new Gap(
        p.id(),
        p.name(),
        p.town(),
        p.village(),
        p.group(),
        p.households(),
        p.people(),
        there.isEmpty() ? "NO_SPEAKER" : "NONE_WORKS",
        there.stream()
            .map(
                l -> {
                  Speakers.Speaker s = now.getOrDefault(l.id(), UNKNOWN);
                  return new Broken(l.id(), l.name(), s.state(), s.why(), s.whyZh(), s.since());
                })
            .toList());
  }

  private CompletionStage<Speakers.Report> selfTest(Request request) {
    return done(report(request));
  }

  private Speakers.Report report(Request request) {
    return speakers()
        .selfTest()
        .map(report -> seenBy(request.caller(), report))
        .orElseThrow(
            () ->
                Problem.of(
                    404,
                    "There was no self-test yet",
                    "it comes at the time that channels.loudspeaker.self-test names"));
  }

  /** The last self-test in one line, as that caller sees it; empty = none of it is theirs. */
  Optional<Finished> finished(Caller caller) {
    return Optional.ofNullable(speakers)
        .flatMap(Speakers::selfTest)
        .map(report -> seenBy(caller, report))
        .filter(report -> !report.lines().isEmpty())
        .map(
            report ->
                new Finished(
                    report.day(),
                    report.ended(),
                    report.lines().size(),
                    (int) report.lines().stream().filter(Speakers.Line::bad).count(),
                    report.counts()));
  }

  private Speakers.Report seenBy(Caller caller, Speakers.Report report) {
    if (caller.areas().isEmpty()) {
      return report;
    }
    Set<String> visible =
        known(caller).stream().map(k -> k.ledger().id()).collect(Collectors.toSet());
    List<Speakers.Line> lines =
        report.lines().stream().filter(l -> visible.contains(l.id())).toList();
    Map<String, Integer> counts =
        lines.stream().collect(Collectors.toMap(Speakers.Line::result, l -> 1, Integer::sum));
    return new Speakers.Report(report.day(), report.began(), report.ended(), counts, lines);
  }

  private CompletionStage<Api.Download> selfTestTable(Request request) {
    Speakers.Report report = report(request);
    Map<String, Loudspeaker> ledger = new HashMap<>();
    rosters.loudspeakers().forEach(l -> ledger.put(l.id(), l));
    // Excel takes UTF-8 for such only with the mark in front.
    StringBuilder csv = new StringBuilder("\uFEFF设备编号,名称,村,结果,需处理,时间,说明\r\n");
    for (Speakers.Line line : report.lines()) {
      Loudspeaker l = ledger.getOrDefault(line.id(), stranger(line.id()));
      csv.append(
          Stream.of(
                  line.id(),
                  l.name(),
                  l.village(),
                  line.result(),
                  line.bad() ? "是" : "",
                  line.at().toString(),
                  line.why())
              .map(SpeakersApi::cell)
              .collect(Collectors.joining(",", "", "\r\n")));
    }
    return done(
        new Api.Download(
            "self-test-" + report.day() + ".csv",
            "text/csv; charset=utf-8",
            Buffer.buffer(csv.toString())));
  }

  /** Nothing that a spreadsheet would run as a formula. */
  private static String cell(String text) {
    String safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return "\"" + safe.replace("\"", "\"\"") + "\"";
  }

  private CompletionStage<Speakers.Handed> test(Request request) {
    Fields fields = new Fields(request.json());
    int volume = fields.number("volume", 1, 100, LOW_VOLUME);
    fields.check();
    return tell(request, id -> speakers().test(id, volume));
  }

  private CompletionStage<Speakers.Handed> configure(Request request) {
    JsonNode body = request.json();
    Fields fields = new Fields(body);
    int volume = fields.number("volume", 0, 100, -1);
    int heartbeat = fields.number("heartbeat", 10, 60, -1);
    String from = fields.text("quietFrom", 5, false);
    String to = fields.text("quietTo", 5, false);
    List<String> groups = null;
    if (body.has("groups")) {
      groups = new ArrayList<>();
      for (JsonNode group : body.path("groups")) {
        groups.add(group.asText());
      }
    }
    if (volume < 0 && heartbeat < 0 && from.isEmpty() && to.isEmpty() && groups == null) {
      fields.wrong("/", "names nothing: volume, heartbeat, quietFrom with quietTo, groups");
    }
    fields.check();
    Speakers.Settings settings =
        new Speakers.Settings(
            volume < 0 ? null : Integer.valueOf(volume),
            heartbeat < 0 ? null : Integer.valueOf(heartbeat),
            from.isEmpty() ? null : from,
            to.isEmpty() ? null : to,
            groups);
    try {
      CompletionStage<Speakers.Handed> handed =
          tell(request, id -> speakers().configure(id, settings));
      note(request, "configure " + request.path("id") + ": " + Json.text(settings));
      return handed;
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(List.of(new Problem.Finding("/", e.getMessage())));
    }
  }

  private void note(Request request, String what) {
    Caller caller = request.caller();
    audit.take(new Audit.Line(clock.instant(), caller.name(), caller.role().name(), "", what, 200));
  }

  private CompletionStage<Speakers.Handed> tell(
      Request request, Function<String, CompletionStage<Speakers.Handed>> what) {
    Known known = find(request);
    return what.apply(known.ledger().id())
        .thenApply(
            handed -> {
              if (!handed.why().isEmpty()) {
                throw Problem.of(409, "The loudspeaker did not take it", handed.why());
              }
              return handed;
            });
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
