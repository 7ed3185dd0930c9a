package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.lastmile.channel.Health;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;

/** What works, part by part, and a test message that shows whether it does. */
final class ChannelsApi {
  /** Three parts with Chinese in them: enough to see how long messages arrive. */
  private static final int LONGEST_TEST = 190;

  private final Map<String, Supplier<Health>> channels;
  private final Desk desk;
  private final Audit audit;
  private final InstantSource clock;
  private final Api api;

  private record ChannelView(
      String name, Health.State state, String why, List<Health.Part> parts, boolean tests) {}

  ChannelsApi(
      Map<String, Supplier<Health>> channels,
      Desk desk,
      Audit audit,
      InstantSource clock,
      Api api) {
    this.channels = new TreeMap<>(channels);
    this.desk = desk;
    this.audit = audit;
    this.clock = clock;
    this.api = api;
  }

  void mount() {
    api.on(GET, "/api/v1/channels", Right.SEE, r -> channels());
    api.on(POST, "/api/v1/channels/:channel/test", Right.TEST, this::test);
    api.on(GET, "/api/v1/channels/:channel/test/:id", Right.TEST, this::look);
  }

  private CompletionStage<?> channels() {
    return CompletableFuture.completedFuture(
        channels.entrySet().stream()
            .map(
                c -> {
                  Health health = c.getValue().get();
                  return new ChannelView(
                      c.getKey(),
                      health.state(),
                      health.why(),
                      health.parts(),
                      desk.carriesTests(c.getKey()));
                })
            .toList());
  }

  private CompletionStage<View.Test> test(Request request) {
    String channel = request.path("channel");
    if (!channels.containsKey(channel)) {
      throw Problem.unknown("channel", channel);
    }
    Fields fields = new Fields(request.json());
    String phone = fields.text("phone", 32, true).replaceAll("[\\s()-]", "");
    String text = fields.text("text", LONGEST_TEST, true);
    if (!phone.isEmpty() && !phone.matches("\\+?\\d{3,20}")) {
      fields.wrong("/phone", "is no phone number: 3 to 20 digits");
    }
    fields.check();
    Caller caller = request.caller();
    return desk.test(channel, phone, text)
        .thenApplyAsync(
            test -> {
              String what = "test on " + channel + " to " + Mask.address(phone) + ": " + text;
              audit.take(
                  new Audit.Line(
                      clock.instant(),
                      caller.name(),
                      caller.role().name(),
                      "",
                      what.replaceAll("\\s+", " "),
                      200));
              return test;
            },
            api.work());
  }

  private CompletionStage<View.Test> look(Request request) {
    String id = request.path("id");
    return desk.test(id)
        .thenApply(
            found ->
                found
                    .filter(t -> t.channel().equals(request.path("channel")))
                    .orElseThrow(() -> Problem.unknown("test message", id)));
  }
}
