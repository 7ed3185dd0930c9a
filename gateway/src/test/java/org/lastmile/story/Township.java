package org.lastmile.story;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Sms;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.SmscStatistics;
import org.lastmile.simulators.modem.VirtualModem;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.FleetStatistics;
import org.lastmile.simulators.speakers.Play;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.AccountStatistics;
import org.lastmile.simulators.wechat.WeChatFault;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComSettings;

/**
 * Everything that a warning meets on its way, on real wires: a gateway with its store, a modem on a
 * pseudo-terminal, loudspeakers over MQTT, a WeChat over HTTP, and the people behind them.
 */
final class Township implements AutoCloseable {
  /** Only ends a test that has failed. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** The gateway's, where its configuration names none. */
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000;
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 101 % PORTS));

  private final Path folder;
  private final Roster roster;
  private final Papers papers;
  private final Smsc smsc = new Smsc();
  private final List<VirtualModem> modems = new ArrayList<>();
  private final WeChatSandbox wechat;
  private final int port = freePort();
  private final int mqttPort = freePort();
  private final MovedTime time = new MovedTime();
  private String brokerUri = "";
  private String brokerPassword = "";
  private boolean byHand;
  private int gatewayPort = port;
  private Front front;
  private Gateway gateway;
  private SpeakerFleet fleet;

  /**
   * The people, their phones, one modem and WeChat; the gateway and the loudspeakers come with
   * {@link #opens}.
   *
   * @param perPart how long the network takes for one part of an SMS
   */
  Township(Path folder, int points, Duration perPart) {
    this.folder = folder;
    this.roster = new Roster(points);
    this.papers = new Papers(folder);
    smsc.transit(Duration.ofMillis(20));
    modem("modem", "13700000001", perPart);
    wechat =
        new WeChatSandbox(
            AccountSettings.plain()
                .withCallback(
                    URI.create("http://127.0.0.1:" + port + "/wechat/official-account"),
                    AccountSettings.Mode.ENCRYPTED)
                .withTimes(Duration.ofMillis(50), Duration.ofSeconds(2)),
            WeComSettings.plain()
                .withCallback(URI.create("http://127.0.0.1:" + port + "/wechat/wecom"))
                .withTimes(Duration.ofMillis(50), Duration.ofSeconds(2)),
            0,
            InstantSource.system());
    roster.openids().forEach(wechat.account()::follower);
  }

  /** Another modem in reach of the same phones. */
  VirtualModem modem(String name, String number, Duration perPart) {
    ModemSettings settings = ModemSettings.ofNumber(number).withNetworkDelay(perPart);
    VirtualModem modem = new VirtualModem(folder.resolve(name), settings, smsc);
    modems.add(modem);
    return modem;
  }

  // --- before it opens -------------------------------------------------------------------------

  /** Everybody answers what they get, a moment later. */
  Township everybodyAnswers() {
    Duration moment = Duration.ofMillis(30);
    roster.phones().forEach(p -> smsc.phone(p).answers("收到", moment));
    roster.openids().forEach(o -> wechat.account().follower(o).answers("收到", moment));
    return this;
  }

  Township store(String address) {
    papers.store(address);
    return this;
  }

  Township broker(int at, String account, String password) {
    papers.broker(at, account, password);
    brokerUri = "mqtt://127.0.0.1:" + at;
    brokerPassword = password;
    return this;
  }

  /** Nobody plays the loudspeakers but the test. */
  Township loudspeakersByHand() {
    byHand = true;
    return this;
  }

  /** The world's address is not the gateway's own: another one may stand behind it later. */
  Township behindAFront() {
    gatewayPort = freePort();
    front = new Front(port);
    front.leadsTo(gatewayPort);
    return this;
  }

  /** How many WeChat messages are under way at one time. */
  Township wechatAtOnce(int count) {
    papers.wechatAtOnce(count);
    return this;
  }

  /** Every template message is answered by the platform only after that time. */
  Township wechatTakes(Duration time) {
    wechat.account().next(10_000, WeChatFault.delay(time));
    return this;
  }

  /** Whoever has not answered is asked again after that time, e.g. {@code 3s}. */
  Township asksAgainAfter(String time) {
    papers.rung(time);
    return this;
  }

  /** A try of which nothing is known is made again only when no report has come for that long. */
  Township waitsForReports(String time) {
    papers.unknown(time);
    return this;
  }

  /** What a loudspeaker has not begun by then is not worth waking anyone. */
  Township playsBy(String time) {
    papers.playBy(time);
    return this;
  }

  /** All loudspeakers test themselves that much later on the wall's clock. */
  Township testsItselfIn(Duration time) {
    ZonedDateTime at = ZonedDateTime.ofInstant(this.time.instant().plus(time), ZONE);
    papers.selfTest("%02d:%02d".formatted(at.getHour(), at.getMinute()));
    return this;
  }

  MovedTime time() {
    return time;
  }

  /** Opens with a gateway in this JVM. */
  Township opens() throws Exception {
    Path config = papers.write("gateway", gatewayPort, mqttPort, modem().link(), wechat);
    return opens(new GatewayHere(config, roster.loudspeakers(), time));
  }

  /** A gateway with a JVM of its own, which is not started yet. */
  GatewayProcess process() {
    Path config = papers.write("gateway", gatewayPort, mqttPort, modem().link(), wechat);
    return new GatewayProcess(config, roster.loudspeakers());
  }

  /** Another gateway on the same store and broker, with its own modem. */
  GatewayProcess standby(VirtualModem its) {
    Path config = papers.write("standby", freePort(), freePort(), its.link(), wechat);
    return new GatewayProcess(config, roster.loudspeakers());
  }

  /** Opens with a gateway that runs: takes its roster in and connects the loudspeakers. */
  Township opens(Gateway running) {
    gateway = running;
    until(
        "the roster is taken in",
        () -> {
          String path = "/api/v1/registry/import?name=roster.xlsx";
          HttpResponse<String> answer =
              gateway.post(path, "application/octet-stream", roster.workbook());
          return answer.statusCode() == 200;
        });
    connectLoudspeakers(byHand ? List.of() : roster.loudspeakers());
    return this;
  }

  private void connectLoudspeakers(List<String> devices) {
    boolean own = brokerUri.isEmpty();
    URI server = URI.create(own ? "mqtt://127.0.0.1:" + mqttPort : brokerUri);
    Map<String, String> passwords = gateway.passwords();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(server, gateway.keys())
                .withClock(time)
                .withPlayTime(Duration.ofMillis(300))
                .withRetry(Duration.ofMillis(200), Duration.ofSeconds(1)));
    for (String device : devices) {
      fleet.add(
          SpeakerSettings.of(device, Roster.VILLAGE)
              .withPassword(own ? passwords.get(device) : brokerPassword));
    }
    fleet.start();
    until("all loudspeakers are there", () -> fleet.statistics().online() == devices.size());
  }

  // --- while it is open ------------------------------------------------------------------------

  /** Hands an alert in; it has to be accepted. */
  Issued issues(Alert alert) {
    HttpResponse<String> answer = handsIn(alert);
    if (answer.statusCode() != 202) {
      throw new AssertionError("not accepted: " + answer.statusCode() + " " + answer.body());
    }
    return new Issued(this, Gateway.json(answer.body()).path("id").asText());
  }

  /** Hands an alert in and says what was answered. */
  HttpResponse<String> handsIn(Alert alert) {
    return handsIn(gateway, alert);
  }

  /** Hands an alert in to that gateway. */
  HttpResponse<String> handsIn(Gateway to, Alert alert) {
    return to.post("/api/v1/warnings", "application/cap+xml", alert.bytes());
  }

  void lifts(Issued warning) {
    gateway.post(
        "/api/v1/warnings/" + warning.id() + "/lift",
        "application/json",
        "{\"why\":\"雨停了\"}".getBytes(StandardCharsets.UTF_8));
  }

  Person person(String surname) {
    Roster.Responsible who = roster.responsible(surname);
    return new Person(
        who.name(),
        who.phone().isEmpty() ? null : smsc.phone(who.phone()),
        who.openid().isEmpty() ? null : wechat.account().follower(who.openid()));
  }

  Horn speaker(String id) {
    return new Horn(fleet.device(id));
  }

  Gateway gateway() {
    return gateway;
  }

  /** From now on that one is asked, by us and by WeChat. */
  void turnsTo(Gateway other) {
    gateway = other;
    front.leadsTo(other.port());
  }

  Roster roster() {
    return roster;
  }

  Smsc smsc() {
    return smsc;
  }

  VirtualModem modem() {
    return modems.get(0);
  }

  WeChatSandbox wechat() {
    return wechat;
  }

  SpeakerFleet fleet() {
    return fleet;
  }

  int mqttPort() {
    return mqttPort;
  }

  // --- what came of it, as it is seen outside ---------------------------------------------------

  /** Grows with everything that happens on any wire. */
  long happened() {
    SmscStatistics sms = smsc.statistics();
    AccountStatistics account = wechat.account().statistics();
    FleetStatistics devices = fleet.statistics();
    return sms.parts()
        + sms.messages()
        + account.sends()
        + account.callbacksPosted()
        + devices.commands()
        + devices.receipts();
  }

  /** Waits until what was under way on the networks has arrived, with nobody to take more in. */
  void comesToRest() {
    AtomicLong before = new AtomicLong(-1);
    await()
        .atMost(PATIENCE)
        .during(Duration.ofMillis(400))
        .until(
            () -> {
              long now = smsc.statistics().parts() + smsMessages() + wechatMessages();
              return before.getAndSet(now) == now;
            });
  }

  /** Messages that somebody has, by name; for a loudspeaker, what it has played. */
  int messages(String name) {
    for (int n = 1; n <= roster.points(); n++) {
      Roster.Responsible who = roster.responsible(n);
      if (name.equals(who.name())) {
        int sms = who.phone().isEmpty() ? 0 : smsc.phone(who.phone()).inbox().size();
        return sms + (who.openid().isEmpty() ? 0 : follower(who.openid()));
      }
      if (name.equals(n + "号户")) {
        return smsc.phone(roster.household(n)).inbox().size();
      }
      if (name.equals(n + "号大喇叭")) {
        return fleet.device("v" + n).played().size();
      }
    }
    throw new IllegalArgumentException("nobody is called " + name);
  }

  /**
   * The same without the details that follow brief words by SMS: whoever has answered gets them all
   * the same. Brief words fit one part, details here do not.
   */
  int questions(String name) {
    long details =
        Stream.iterate(1, n -> n <= roster.points(), n -> n + 1)
            .map(roster::responsible)
            .filter(who -> name.equals(who.name()) && !who.phone().isEmpty())
            .flatMap(who -> smsc.phone(who.phone()).inbox().stream())
            .filter(sms -> sms.parts().size() > 1)
            .count();
    return messages(name) - (int) details;
  }

  /** Whole SMS that reached phones. */
  long smsMessages() {
    return smsc.statistics().messages();
  }

  /** Template messages that reached followers. */
  long wechatMessages() {
    return wechat.account().followers().stream().mapToLong(f -> f.inbox().size()).sum();
  }

  /** Loudspeakers that were heard. */
  long heard() {
    return fleet.devices().stream()
        .filter(d -> d.played().stream().anyMatch(Play::audible))
        .count();
  }

  /** Waits until everybody has what they should have: nothing was lost. */
  void everybodyWasTold() {
    until("every household has its SMS", () -> missing().isEmpty());
    until("every loudspeaker was heard", () -> heard() == roster.points());
  }

  /** Everybody has theirs now. */
  boolean everybodyWasToldAlready() {
    return missing().isEmpty() && heard() == roster.points();
  }

  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (int n = 1; n <= roster.points(); n++) {
      Roster.Responsible who = roster.responsible(n);
      boolean sms = !who.phone().isEmpty() && !smsc.phone(who.phone()).inbox().isEmpty();
      boolean told = sms || (!who.openid().isEmpty() && follower(who.openid()) > 0);
      if (!told) {
        missing.add(who.name());
      }
      if (smsc.phone(roster.household(n)).inbox().isEmpty()) {
        missing.add(roster.household(n));
      }
    }
    return missing;
  }

  private int follower(String openid) {
    return wechat.account().follower(openid).inbox().size();
  }

  /** Points whose person has answered. */
  static long answered(Issued warning) {
    return warning.deliveries().stream()
        .filter(d -> d.path("audience").asText().equals("RESPONSIBLE_A"))
        .filter(d -> d.path("state").asText().equals("CONFIRMED"))
        .map(d -> d.path("recipient").asText())
        .distinct()
        .count();
  }

  /** Messages that somebody got more than once, and plays that were heard more than once. */
  int copies() {
    int copies = 0;
    for (String phone : roster.phones()) {
      // Who must act gets brief words and then the details: two messages, and no copy.
      List<String> texts = smsc.phone(phone).inbox().stream().map(Sms::text).toList();
      copies += texts.size() - new HashSet<>(texts).size();
    }
    for (String openid : roster.openids()) {
      copies += Math.max(0, follower(openid) - 1);
    }
    for (String device : roster.loudspeakers()) {
      copies += Math.max(0, fleet.device(device).played().size() - 1);
    }
    return copies;
  }

  /** Waits until it is so; what throws or can't be reached is not so yet. */
  static void until(String what, Callable<Boolean> isSo) {
    await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .ignoreException(Gateway.Unreachable.class)
        .until(isSo);
  }

  @Override
  public void close() {
    if (fleet != null) {
      fleet.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    endOrphans();
    if (front != null) {
      front.close();
    }
    wechat.close();
    modems.forEach(VirtualModem::close);
    smsc.close();
  }

  /** kill -9 of the embedded store; nothing where it is down just now. */
  void killsItsStore() {
    stores().forEach(ProcessHandle::destroyForcibly);
  }

  /** An embedded store outlives a gateway that was killed: here it must not outlive its test. */
  private void endOrphans() {
    stores().forEach(ProcessHandle::destroy);
  }

  /** Where the embedded store listens, also while its gateway is dead. */
  RedisAddress ownStore() {
    Path data = folder.resolve("data");
    Properties store = new Properties();
    try (var in = Files.newBufferedReader(data.resolve("store.properties"))) {
      store.load(in);
      String password = Files.readString(data.resolve("password")).strip();
      String place = "@127.0.0.1:" + store.getProperty("port");
      return RedisAddress.parse("redis://:" + password + place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<ProcessHandle> stores() {
    String config = folder.resolve("data").resolve("redis.conf").toString();
    return ProcessHandle.allProcesses()
        .filter(p -> Arrays.asList(p.info().arguments().orElse(new String[0])).contains(config));
  }

  /**
   * Below those that the system gives to whoever asks for any: nobody takes it before a gateway, or
   * while one is down. Processes begin at different places.
   */
  static int freePort() {
    return IntStream.generate(NEXT_PORT::getAndIncrement)
        .limit(PORTS)
        .map(next -> FIRST_PORT + Math.floorMod(next, PORTS))
        .filter(Township::isFree)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
