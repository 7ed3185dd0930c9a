package org.lastmile.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.desk.Desk;
import org.lastmile.desk.Issuer;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.notices.Departments;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;

/** A whole desk with its console on a real server, whose channels the test plays. */
final class House implements AutoCloseable {
  static final String BOOTSTRAP = "bootstrap-token-of-the-test";
  static final String PASSWORD = "correct horse battery";
  static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  final SetClock clock = new SetClock();
  final Vertx vertx = Vertx.vertx();
  final MemoryLedger ledger = new MemoryLedger(clock);
  final Memory memory = ledger.memory("console");

  /** How the modems are. */
  volatile Health modems = part("modem-1", Health.State.UP, "");

  final Map<String, Supplier<Health>> channels = new LinkedHashMap<>();

  final Links links = new Links(ledger.memory("links"), new SecureRandom(), "http://localhost");

  final TestDeviceKeys deviceKeys = new TestDeviceKeys();

  final TestSpeakers speakers = new TestSpeakers();

  /** The company's accounts, by phone. */
  final Map<String, String> userids = new ConcurrentHashMap<>();

  final TestRosters rosters = new TestRosters();
  final Desk desk;

  /** What people were answered in the chat. */
  final List<Message> replies = new CopyOnWriteArrayList<>();

  /** No RED or ORANGE warning holds anywhere. */
  final Departments departments;

  final Accounts accounts;
  final Console console;
  final HttpClient http = HttpClient.newHttpClient();
  final int port;
  private HttpServer server;

  House() {
    this(Map.of());
  }

  House(Map<String, Callback> callbacks) {
    this(
        callbacks,
        Map.of("sms", Planner.Address.PHONE, "loudspeaker", Planner.Address.DEVICE),
        Township.points());
  }

  /** With WeChat beside the modems and the loudspeakers. */
  static House withWeChat() {
    return withWeChat(Township.points());
  }

  /** And with these points threatened. */
  static House withWeChat(List<Threat.AtPoint> threatened) {
    return new House(
        Map.of(),
        Map.of(
            "sms", Planner.Address.PHONE,
            "loudspeaker", Planner.Address.DEVICE,
            "wechat", Planner.Address.OPENID,
            "wecom", Planner.Address.WECOM),
        threatened);
  }

  private House(
      Map<String, Callback> callbacks,
      Map<String, Planner.Address> addresses,
      List<Threat.AtPoint> threatened) {
    channels.put("sms", () -> modems);
    channels.put("loudspeaker", () -> part("broker", Health.State.DOWN, "no connection"));
    addresses.keySet().stream()
        .filter(name -> !channels.containsKey(name))
        .sorted()
        .forEach(name -> channels.put(name, () -> part("account", Health.State.UP, "")));
    SecureRandom random = new SecureRandom();
    rosters.threatened = threatened;
    desk =
        new Desk(
            ledger,
            warning -> new Threat(1, threatened, List.of()),
            Policy::defaults,
            () -> Wording.defaults(ZONE),
            clock,
            new Desk.Setup("test", Duration.ofSeconds(10), ZONE, links, addresses));
    desk.onReply((channel, message) -> replies.add(message));
    desk.start();
    departments = new Departments(ledger.memory("notices"), device -> false, clock, ZONE);
    accounts = new Accounts(memory, random, clock, BOOTSTRAP);
    console =
        new Console(
            vertx,
            new Console.Parts(
                desk,
                memory,
                accounts,
                rosters,
                channels,
                w -> "<alert><identifier>" + w.identity().identifier() + "</identifier></alert>",
                callbacks,
                clock,
                random,
                ZONE,
                "http://localhost",
                links,
                mobile -> CompletableFuture.completedFuture(userids.getOrDefault(mobile, "")),
                deviceKeys,
                departments,
                speakers));
    departments.load();
    server = vertx.createHttpServer().requestHandler(console.router());
    port = join(server.listen(0)).actualPort();
  }

  private static Health part(String name, Health.State state, String why) {
    return Health.of(List.of(new Health.Part(name, state, why, Map.of("signal", "21"))));
  }

  /** A released warning; returns its id. */
  String release(Warning warning) {
    return get(desk.accept(warning, new Issuer("台", true, Grade.RED, List.of()))).id();
  }

  /** A warning handed in by a person: it waits for another. */
  String handIn(Warning warning) {
    return get(desk.accept(warning, new Issuer("周科员", false, null, List.of()))).id();
  }

  /** Hands what is due to the carriers, who take it all. */
  List<Message> carry(String channel) {
    List<Message> messages = get(desk.due(channel, 1000));
    messages.forEach(
        m -> get(desk.outcome(m.attempt(), new Outcome.Accepted(List.of(m.attempt())))));
    return messages;
  }

  /** Somebody writes to one of our SIMs. */
  void writes(String phone, String text) {
    get(desk.signal("sms", new Signal.Inbound("", phone, "", text, clock.instant())));
  }

  /** Somebody writes to our official account. */
  void writesOnWeChat(String openid, String text) {
    get(desk.signal("wechat", new Signal.Inbound("", openid, "gh_1", text, clock.instant())));
  }

  /** The path of the link in a message. */
  static String link(Message message) {
    return message.field(Field.LINK).substring("http://localhost".length());
  }

  void evidence(String channel, Message message, Signal.Evidence evidence) {
    get(
        desk.signal(
            channel,
            new Signal.Confirmation(
                message.attempt(), evidence, "", clock.instant(), Map.of("volume", "80"))));
  }

  /** The network to the gateway breaks. */
  void disconnect() {
    join(server.close());
  }

  void reconnect() {
    server = vertx.createHttpServer().requestHandler(console.router());
    join(server.listen(port));
  }

  String url(String path) {
    return "http://localhost:" + port + path;
  }

  /** A request as somebody with a token. */
  HttpRequest.Builder as(String token, String path) {
    return HttpRequest.newBuilder(URI.create(url(path))).header("Authorization", "Bearer " + token);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> fetch(String token, String path) throws IOException, InterruptedException {
    return send(as(token, path));
  }

  HttpResponse<String> post(String token, String path, String json)
      throws IOException, InterruptedException {
    return send(
        as(token, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  JsonNode json(String token, String path) throws IOException, InterruptedException {
    HttpResponse<String> response = fetch(token, path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return Json.MAPPER.readTree(response.body());
  }

  /** A token of that role, for these areas. */
  String token(Role role, String... areas) {
    return accounts.makeToken("t-" + role, role, List.of(areas), Grade.RED).secret();
  }

  static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static <T> T join(Future<T> future) {
    return get(future.toCompletionStage().toCompletableFuture());
  }

  @Override
  public void close() {
    join(server.close());
    console.close();
    desk.close();
    join(vertx.close());
    ledger.close();
  }
}
