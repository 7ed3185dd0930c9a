package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;

/** What people wrote that was no answer, and phones that want no SMS of the lesser grades. */
final class InboxApi {
  private static final int MOST = 1_000;
  private static final Pattern NUMBERS = Pattern.compile("\\d{7,}");

  private final Desk desk;
  private final Senders senders;
  private final Api api;

  /**
   * One entry as a caller sees it.
   *
   * @param sender who has this phone, as the registry says; null = nobody
   */
  private record Entry(
      long number,
      Instant at,
      String channel,
      String from,
      String to,
      String text,
      View.Words.Kind kind,
      String warning,
      String point,
      String name,
      Senders.Sender sender,
      String seenBy,
      Instant seenAt) {}

  /** How many wait for somebody, and the newest. */
  private record Page(long unseen, long alarms, List<Entry> items) {}

  private record OptOutView(
      String phone, Instant since, String by, String note, Senders.Sender sender) {}

  private record Changed(boolean changed) {}

  InboxApi(Desk desk, Rosters rosters, Api api) {
    this.desk = desk;
    this.senders = new Senders(rosters);
    this.api = api;
  }

  void mount() {
    api.on(GET, "/api/v1/inbox", Right.SEE, this::inbox);
    api.on(POST, "/api/v1/inbox/:number/seen", Right.CONFIRM, this::seen);
    api.on(GET, "/api/v1/opt-outs", Right.SEE, this::optOuts);
    api.on(POST, "/api/v1/opt-outs", Right.CONFIRM, this::optOut);
  }

  private CompletionStage<Page> inbox(Request request) {
    int size = request.query("size", 1, MOST, 50);
    boolean waiting =
        switch (request.query("seen")) {
          case "" -> false;
          case "false" -> true;
          default ->
              throw Problem.invalid(
                  List.of(new Problem.Finding("?seen", "is not false, or left out")));
        };
    return desk.inbox(MOST)
        .thenApplyAsync(
            all -> {
              List<View.Words> here =
                  all.stream().filter(w -> visible(w, request.caller())).toList();
              List<View.Words> unseen = here.stream().filter(w -> w.seenBy().isEmpty()).toList();
              return new Page(
                  unseen.size(),
                  unseen.stream().filter(w -> w.kind() == View.Words.Kind.ALARM).count(),
                  (waiting ? unseen : here)
                      .stream().limit(size).map(w -> entry(w, request.caller())).toList());
            },
            api.work());
  }

  /** Words whose place nobody knows are everybody's: they may be a cry for help. */
  private boolean visible(View.Words words, Caller caller) {
    String area = senders.area(words.point(), words.from());
    return area.isEmpty() || caller.sees(area);
  }

  private Entry entry(View.Words w, Caller caller) {
    boolean personal = caller.may(Right.SEE_PERSONAL);
    Senders.Sender sender = senders.of(w.from());
    boolean resident = sender != null && sender.resident();
    return new Entry(
        w.number(),
        w.at(),
        w.channel(),
        personal ? w.from() : Mask.address(w.from()),
        personal ? w.to() : Mask.address(w.to()),
        personal ? w.text() : NUMBERS.matcher(w.text()).replaceAll("****"),
        w.kind(),
        w.warning(),
        w.point(),
        personal || !resident ? w.name() : Mask.name(w.name()),
        personal || sender == null ? sender : sender.masked(),
        w.seenBy(),
        w.seenAt());
  }

  private CompletionStage<Entry> seen(Request request) {
    String number = request.path("number");
    if (!number.matches("\\d{1,15}")) {
      throw Problem.unknown("entry of the inbox", number);
    }
    long n = Long.parseLong(number);
    return desk.inbox(MOST)
        .thenComposeAsync(
            all -> {
              if (all.stream().noneMatch(w -> w.number() == n && visible(w, request.caller()))) {
                throw Problem.unknown("entry of the inbox", number);
              }
              return desk.seen(n, request.caller().name());
            },
            api.work())
        .thenApplyAsync(
            found ->
                found
                    .map(w -> entry(w, request.caller()))
                    .orElseThrow(() -> Problem.unknown("entry of the inbox", number)),
            api.work());
  }

  private CompletionStage<List<OptOutView>> optOuts(Request request) {
    Caller caller = request.caller();
    boolean personal = caller.may(Right.SEE_PERSONAL);
    return desk.optOuts()
        .thenApplyAsync(
            all ->
                all.stream()
                    .filter(
                        o -> {
                          String area = senders.area("", o.phone());
                          return area.isEmpty() || caller.sees(area);
                        })
                    .map(
                        o -> {
                          Senders.Sender sender = senders.of(o.phone());
                          return new OptOutView(
                              personal ? o.phone() : Mask.address(o.phone()),
                              o.since(),
                              o.by(),
                              o.note(),
                              personal || sender == null ? sender : sender.masked());
                        })
                    .toList(),
            api.work());
  }

  private CompletionStage<Changed> optOut(Request request) {
    Fields fields = new Fields(request.json());
    String phone = fields.text("phone", 32, true).replaceAll("[\\s()-]", "");
    boolean out = fields.truth("out", true);
    String note = fields.text("note", 200, false);
    if (!phone.isEmpty() && !phone.matches("\\+?\\d{5,20}")) {
      fields.wrong("/phone", "is no phone number: 5 to 20 digits");
    }
    fields.check();
    return desk.optOut(phone, out, request.caller().name(), note).thenApply(Changed::new);
  }
}
