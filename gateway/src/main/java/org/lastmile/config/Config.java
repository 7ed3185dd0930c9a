package org.lastmile.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.lastmile.channel.horn.HornConfig;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.PreloadPlan;
import org.lastmile.channel.loudspeaker.SelfTestPlan;
import org.lastmile.channel.sms.SmsConfig;
import org.lastmile.channel.wechat.WeChatConfig;
import org.lastmile.channel.wechat.WeChatConfig.OfficialAccount.Via;
import org.lastmile.channel.wechat.WeComConfig;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Planner;

/**
 * The program's configuration, whole and checked. A channel that is null is off.
 *
 * @param jurisdiction names this office in the store; letters, digits, dots, dashes
 * @param zone local time of the office
 * @param selfTest of the loudspeakers, daily; null = off
 * @param carriers channels made of a Camel endpoint, by name
 * @param horn the platform that has some of the loudspeakers; null = none
 * @param policy the office's own practice; the shipped defaults where it has none
 */
public record Config(
    String jurisdiction,
    ZoneId zone,
    Http http,
    Store store,
    SmsConfig sms,
    LoudspeakerConfig loudspeaker,
    SelfTestPlan selfTest,
    WeChatConfig wechat,
    WeComConfig wecom,
    Map<String, Carrier> carriers,
    HornConfig horn,
    Intake intake,
    Desk desk,
    Practice policy) {

  public Config {
    carriers = Map.copyOf(carriers);
  }

  private static final int USUAL_RESERVE = WeChatConfig.OfficialAccount.USUAL_RESERVE;
  private static final int LARGEST_RESERVE = WeChatConfig.OfficialAccount.LARGEST_RESERVE;

  private static final Duration SHORTEST_TERM = Duration.ofSeconds(2);

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Where people and machines reach the gateway.
   *
   * @param host address to listen on
   * @param port 0 = any free one
   * @param managementPort on localhost only; 0 = any free one
   * @param publicUrl start of the links in messages; empty = http://localhost:PORT
   */
  public record Http(String host, int port, int managementPort, String publicUrl, int bodyLimit) {}

  /**
   * Where the ledger is.
   *
   * @param redis {@code embedded}, or a redis:// or rediss:// address
   * @param data folder of the embedded server
   * @param server redis-server to start; empty = the one on the PATH, else the one that is shipped
   */
  public record Store(String redis, Path data, String server) {
    public boolean embedded() {
      return redis.equals("embedded");
    }

    /** An address may carry a password. */
    @Override
    public String toString() {
      return "Store[" + redis.replaceAll("//[^@/]*@", "//***@") + ", " + data + "]";
    }
  }

  /**
   * A channel that is a Camel endpoint.
   *
   * @param uri any endpoint, e.g. {@code smtp:…}, {@code smpp:…}
   * @param address which address of a person it takes
   * @param perMinute most messages a minute; 0 = no limit
   */
  public record Carrier(String uri, Planner.Address address, int perMinute) {
    /** A URI may carry a password. */
    @Override
    public String toString() {
      return "Carrier[" + uri.replaceAll("[:?].*", ":…") + "]";
    }
  }

  /**
   * Warnings that come as files.
   *
   * @param folder watched; null = none
   * @param mayRelease files go out without a second person
   * @param upTo worst grade that they may release; null = any
   * @param areas area codes that they may warn; empty = all
   */
  public record Intake(Path folder, boolean mayRelease, Grade upTo, List<String> areas) {
    public Intake {
      areas = List.copyOf(areas);
    }
  }

  /**
   * The desk among its standbys.
   *
   * @param owner name of this process; empty = host name and process id
   * @param term how long the lease lasts without renewal: a standby takes over after it
   */
  public record Desk(String owner, Duration term) {}

  /** The file can't be used; every problem with its path. */
  public static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<String> problems;

    public Unusable(List<String> problems) {
      super(String.join("\n", problems));
      this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
      return problems;
    }
  }

  /** Reads a file. Throws {@link Unusable} with every problem. */
  public static Config read(Path file) {
    return read(file, System::getenv);
  }

  static Config read(Path file, Function<String, String> environment) {
    List<String> problems = new ArrayList<>();
    Path base = file.toAbsolutePath().getParent();
    Config config =
        config(tree(file, problems), file.toString(), base, environment, problems, null);
    if (!problems.isEmpty()) {
      throw new Unusable(problems);
    }
    return config;
  }

  /** Without a file: embedded store and MQTT endpoint, no modem, below that folder. */
  public static Config defaults(Path base) {
    List<String> problems = new ArrayList<>();
    ObjectNode tree = YAML.createObjectNode();
    tree.putObject("channels").putObject("loudspeaker").put("broker", "embedded");
    return config(tree, "defaults", base, System::getenv, problems, null);
  }

  /**
   * Every key there is, as asked for when everything is configured; for the documentation's test.
   */
  static List<Keys.Key> keys(JsonNode everything) {
    List<Keys.Key> keys = new ArrayList<>();
    config(everything, "all", Path.of(""), name -> "x", new ArrayList<>(), keys);
    return keys;
  }

  static JsonNode tree(Path file, List<String> problems) {
    try {
      JsonNode tree = YAML.readTree(Files.readString(file));
      return tree == null ? MissingNode.getInstance() : tree;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      problems.add(
          file + ": line " + line + ": " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      problems.add(
          file
              + (e instanceof NoSuchFileException
                  ? ": there is no such file"
                  : ": can't be read: " + e.getClass().getSimpleName()));
    }
    return MissingNode.getInstance();
  }

  private static Config config(
      JsonNode tree,
      String file,
      Path base,
      Function<String, String> environment,
      List<String> problems,
      List<Keys.Key> seen) {
    List<Keys.Key> keys = seen == null ? new ArrayList<>() : seen;
    Keys root = Keys.root(tree, new Keys.Report(file, base, environment, problems, keys));

    String jurisdiction = root.text("jurisdiction", "default");
    if (!jurisdiction.matches("[A-Za-z0-9._-]{1,64}")) {
      root.problem(
          "jurisdiction", "'" + jurisdiction + "' is not letters, digits, dots and dashes");
    }
    ZoneId zone = zone(root);

    Keys http = root.section("http");
    Http served =
        new Http(
            http.text("host", "0.0.0.0"),
            http.number("port", 8080, 0, 65_535),
            http.number("management-port", 9090, 0, 65_535),
            http.text("public-url", "").replaceAll("/+$", ""),
            http.number("body-limit", 8 * 1024 * 1024, 64 * 1024, 256 * 1024 * 1024));
    http.done();

    Keys store = root.section("store");
    Store kept =
        new Store(
            store.address("redis", "embedded"),
            store.path("data", base.resolve("data")),
            store.text("server", ""));
    if (!kept.embedded()) {
      try {
        RedisAddress.parse(kept.redis());
      } catch (IllegalArgumentException e) {
        store.problem("redis", "is not 'embedded', and " + e.getMessage());
      }
    }
    store.done();

    Keys channels = root.section("channels");
    SmsConfig sms = sms(channels.section("sms"));
    Keys speakers = channels.section("loudspeaker");
    SelfTestPlan selfTest =
        speakers.present() ? selfTest(speakers.section("self-test"), zone) : null;
    LoudspeakerConfig loudspeaker = loudspeaker(speakers, base, served.publicUrl(), zone);
    Keys accounts = channels.section("wechat");
    WeChatConfig.Limits limits = limits(accounts.section("limits"));
    WeChatConfig wechat = wechat(accounts, limits);
    WeComConfig wecom = wecom(accounts, limits);
    if (accounts.present() && wechat == null && wecom == null) {
      accounts.problem("", "names neither an official-account nor wecom");
    }
    accounts.done();
    Map<String, Carrier> carriers = new LinkedHashMap<>();
    channels
        .sections("carriers")
        .forEach(
            (name, carrier) -> {
              carriers.put(
                  name,
                  new Carrier(
                      carrier.neededAddress("uri"),
                      carrier.choice("address", Planner.Address.class, Planner.Address.PHONE),
                      carrier.number("per-minute", 0, 0, 1_000_000)));
              if (!name.matches("[a-z][a-z0-9-]*")
                  || List.of("sms", "loudspeaker", "wechat", "wecom", "horn").contains(name)) {
                carrier.problem("", "needs a name of its own in small letters");
              }
              carrier.done();
            });
    HornConfig horn = horn(channels.section("horn"), zone);
    channels.done();

    Keys intake = root.section("intake");
    Intake files =
        new Intake(
            intake.path("folder", null),
            intake.flag("may-release", true),
            intake.choice("up-to", Grade.class, null),
            intake.texts("areas", List.of()));
    files.areas().stream()
        .filter(a -> !a.matches("\\d{12}"))
        .forEach(a -> intake.problem("areas", "'" + a + "' is not a 12-digit area code"));
    intake.done();

    Keys desk = root.section("desk");
    Desk decides = new Desk(desk.text("owner", ""), desk.duration("term", Duration.ofSeconds(15)));
    if (decides.term().compareTo(SHORTEST_TERM) < 0) {
      desk.problem("term", "is shorter than 2s: the desk could not renew it in time");
    }
    desk.done();

    Path policyFile = root.path("policy", null);
    Practice practice =
        policyFile == null ? Practice.defaults(zone) : Practice.read(policyFile, zone, problems);
    if (loudspeaker != null) {
      practice.audible(
          loudspeaker.audible(),
          (at, what) ->
              problems.add((policyFile == null ? file : policyFile) + ": " + at + ": " + what));
    }
    root.done();
    return new Config(
        jurisdiction,
        zone,
        served,
        kept,
        sms,
        loudspeaker,
        selfTest,
        wechat,
        wecom,
        carriers,
        horn,
        files,
        decides,
        practice);
  }

  private static ZoneId zone(Keys root) {
    String name = root.text("time-zone", "Asia/Shanghai");
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      root.problem("time-zone", "'" + name + "' is not a time zone such as Asia/Shanghai");
      return ZoneId.of("Asia/Shanghai");
    }
  }

  private static SmsConfig sms(Keys sms) {
    if (!sms.present()) {
      return null;
    }
    List<SmsConfig.Port> ports = new ArrayList<>();
    List<Keys> modems = sms.list("modems");
    for (Keys modem : modems) {
      String port = modem.needed("port");
      String pin = modem.secret("pin");
      int baud = modem.number("baud", SmsConfig.Port.USUAL_BAUD, 1_200, 4_000_000);
      String profile = modem.text("profile", "auto");
      int perMinute = modem.number("per-minute", 0, 0, 600);
      String smsc = modem.text("smsc", "");
      SmsConfig.PowerCycle powerCycle = powerCycle(modem.section("power-cycle"));
      modem.done();
      Optional<String> unreadable = SmsConfig.Port.problem(port);
      unreadable.ifPresent(what -> modem.problem("port", what));
      boolean pinFits = pin.matches("\\d{0,8}");
      if (!pinFits) {
        modem.problem("pin", "is not 4 to 8 digits");
      }
      boolean smscFits = smsc.matches("(?:\\+?\\d{3,20})?");
      if (!smscFits) {
        modem.problem("smsc", "'" + smsc + "' is no number such as +8613800100500");
      }
      if (pinFits && smscFits && unreadable.isEmpty() && !port.isBlank()) {
        ports.add(new SmsConfig.Port(port, pin, baud, profile, perMinute, smsc, powerCycle));
      }
    }
    if (modems.isEmpty()) {
      sms.problem("modems", "names no modem");
    }
    Keys budget = sms.section("budget");
    SmsConfig.Budget usual = SmsConfig.Budget.USUAL;
    SmsConfig.Budget parts =
        new SmsConfig.Budget(
            budget.number("per-hour", usual.perHour(), 0, 1_000_000),
            budget.number("per-day", usual.perDay(), 0, 1_000_000),
            budget.number("reserve", usual.reserve(), 0, 90));
    budget.done();
    int bits = sms.number("reference-bits", SmsConfig.USUAL_REFERENCE_BITS, 8, 16);
    if (bits != 8 && bits != 16) {
      sms.problem("reference-bits", "is neither 8 nor 16");
      bits = SmsConfig.USUAL_REFERENCE_BITS;
    }
    Path locks = sms.path("lock-folder", SmsConfig.USUAL_LOCKS);
    sms.done();
    return new SmsConfig(ports, parts, bits, locks);
  }

  private static SmsConfig.PowerCycle powerCycle(Keys keys) {
    SmsConfig.PowerCycle usual = SmsConfig.PowerCycle.NONE;
    SmsConfig.PowerCycle powerCycle =
        new SmsConfig.PowerCycle(
            keys.texts("command", usual.command()),
            keys.someTime("limit", usual.limit()),
            keys.someTime("every", usual.every()));
    if (powerCycle.every().compareTo(Duration.ofMinutes(1)) < 0) {
      keys.problem("every", "is less than a minute: a modem needs that long to be back");
    }
    keys.done();
    return powerCycle;
  }

  private static SelfTestPlan selfTest(Keys keys, ZoneId zone) {
    boolean enabled = keys.flag("enabled", true);
    LocalTime at = keys.time("at", LocalTime.of(10, 30));
    Duration spread = keys.duration("spread", Duration.ofMinutes(30));
    int volume = keys.number("volume", 20, 0, 100);
    if (spread.compareTo(Duration.ofHours(12)) > 0) {
      keys.problem("spread", "is longer than 12h");
      spread = Duration.ofHours(12);
    }
    keys.done();
    return enabled ? new SelfTestPlan(at, zone, spread, volume) : null;
  }

  private static LoudspeakerConfig loudspeaker(
      Keys keys, Path base, String publicUrl, ZoneId zone) {
    if (!keys.present()) {
      return null;
    }
    String broker = keys.text("broker", LoudspeakerConfig.EMBEDDED);
    String host = keys.text("host", "0.0.0.0");
    int port = keys.number("port", 1883, 0, 65_535);
    Path certificate = keys.path("certificate", null);
    Path certificateKey = keys.path("certificate-key", null);
    String username = keys.text("username", "");
    String password = keys.secret("password");
    String clientId = keys.text("client-id", "lastmile-gateway");
    Path trust = keys.path("trust", null);
    Path signingKey = keys.path("signing-key", null);
    Duration silence = keys.duration("silence", Duration.ofSeconds(90));
    int audible = keys.number("audible", 30, 1, 100);
    int inFlight = keys.number("in-flight", 0, 0, 60_000);
    Duration patience = keys.duration("patience", Duration.ofSeconds(20));
    Path clientAuthority = keys.path("client-authority", null);
    LoudspeakerConfig.Rendering rendering =
        rendering(keys.section("speech"), base, publicUrl, zone);
    keys.done();
    try {
      return new LoudspeakerConfig(
          broker,
          host,
          port,
          certificate,
          certificateKey,
          username,
          password,
          clientId,
          trust,
          signingKey,
          null,
          silence,
          audible,
          inFlight,
          patience,
          clientAuthority,
          false,
          rendering);
    } catch (IllegalArgumentException e) {
      List.of(e.getMessage().replace("channels.loudspeaker: ", "").split("; ", -1))
          .forEach(p -> told(keys, p));
      return null;
    }
  }

  private static HornConfig horn(Keys keys, ZoneId zone) {
    Map<String, String> kinds = new LinkedHashMap<>();
    keys.textLists("kinds").forEach((kind, words) -> kinds.put(kind, String.join("", words)));
    Keys answer = keys.section("answer");
    HornConfig.Answer answered =
        new HornConfig.Answer(
            answer.text("code", ""),
            Set.copyOf(answer.texts("good", List.of("0"))),
            Set.copyOf(answer.texts("refused", List.of())),
            answer.text("reference", ""));
    answer.done();
    Keys receipts = keys.section("receipts");
    HornConfig.Receipts called =
        new HornConfig.Receipts(
            receipts.secret("token"),
            receipts.text("id", "/id"),
            receipts.text("outcome", "/outcome"),
            Set.copyOf(receipts.texts("received", List.of())),
            Set.copyOf(receipts.texts("playing", List.of())),
            Set.copyOf(receipts.texts("played", List.of())),
            Set.copyOf(receipts.texts("failed", List.of())));
    receipts.done();
    Keys devices = keys.section("devices");
    HornConfig.Devices its =
        new HornConfig.Devices(
            devices.texts("prefixes", List.of()), devices.texts("words", List.of("平台")));
    devices.done();
    HornConfig horn =
        new HornConfig(
            keys.address("url", ""),
            keys.text("method", "POST"),
            keys.secrets("headers"),
            keys.text("content-type", "application/json"),
            keys.text("body", ""),
            keys.text("stop", ""),
            kinds,
            answered,
            receipts.present() ? called : null,
            its,
            keys.someTime("patience", Duration.ofSeconds(10)),
            keys.number("in-flight", 8, 1, 500),
            zone);
    keys.done();
    if (!keys.present()) {
      return null;
    }
    horn.problems().forEach(keys::problem);
    return horn;
  }

  private static LoudspeakerConfig.Rendering rendering(
      Keys keys, Path base, String publicUrl, ZoneId zone) {
    LoudspeakerConfig.Rendering usual =
        LoudspeakerConfig.Rendering.into(
            base.resolve("data/clips"), publicUrl.isEmpty() ? "" : publicUrl + "/audio");
    List<String> command = keys.texts("command", usual.command());
    String format = keys.text("format", usual.format());
    String url = keys.text("url", "").replaceAll("/+$", "");
    LoudspeakerConfig.Rendering rendering =
        new LoudspeakerConfig.Rendering(
            command,
            format,
            keys.path("folder", usual.folder()),
            url.isEmpty() ? usual.url() : url,
            keys.someTime("limit", usual.limit()),
            keys.someTime("patience", usual.patience()),
            keys.number("workers", usual.workers(), 1, 32),
            1024L * 1024 * keys.number("megabytes", (int) (usual.most() >> 20), 1, 1_000_000),
            keys.someTime("keep", usual.keep()),
            keys.path("recordings", null),
            preload(keys.section("preload"), zone));
    if (command.isEmpty() || command.get(0).isBlank()) {
      keys.problem("command", "names no program");
    }
    if (!List.of("wav", "mp3").contains(format)) {
      keys.problem("format", "'" + format + "' is neither wav nor mp3");
    }
    if (!url.isEmpty() && !url.matches("https?://[^/?#]+(?:/[^?#]*)?")) {
      keys.problem("url", "'" + url + "' is no http:// or https:// address");
    }
    keys.done();
    return keys.present() ? rendering : null;
  }

  private static PreloadPlan preload(Keys keys, ZoneId zone) {
    boolean enabled = keys.flag("enabled", true);
    LocalTime at = keys.time("at", LocalTime.of(13, 30));
    Duration spread = keys.duration("spread", Duration.ofHours(1));
    if (spread.compareTo(Duration.ofHours(12)) > 0) {
      keys.problem("spread", "is longer than 12h");
      spread = Duration.ofHours(12);
    }
    keys.done();
    return enabled ? new PreloadPlan(at, zone, spread) : null;
  }

  private static WeChatConfig wechat(Keys keys, WeChatConfig.Limits limits) {
    Keys account = keys.section("official-account");
    if (!account.present()) {
      return null;
    }
    URI uri = url(account, "https://api.weixin.qq.com");
    WeChatConfig.OfficialAccount official =
        new WeChatConfig.OfficialAccount(
            uri,
            account.text("app-id", ""),
            account.secret("secret"),
            account.text("template-id", ""),
            account.secret("callback-token"),
            account.secret("aes-key"),
            account.secret("previous-aes-key"),
            account.textLists("template"),
            account.choice("send", Via.class, Via.TEMPLATE),
            account.number("reserve", USUAL_RESERVE, 0, LARGEST_RESERVE));
    account.done();
    WeChatConfig config = new WeChatConfig(official, limits);
    if (uri != null) {
      config.problems().forEach(p -> told(keys, p));
    }
    return config;
  }

  private static WeComConfig wecom(Keys keys, WeChatConfig.Limits limits) {
    Keys application = keys.section("wecom");
    if (!application.present()) {
      return null;
    }
    URI uri = url(application, "https://qyapi.weixin.qq.com");
    String agent = application.text("agent-id", "");
    WeComConfig config =
        new WeComConfig(
            uri,
            application.text("corp-id", ""),
            agent.matches("\\d{1,9}") ? Long.parseLong(agent) : 0,
            application.secret("secret"),
            application.secret("callback-token"),
            application.secret("aes-key"),
            application.secret("previous-aes-key"),
            application.secrets("robots"),
            limits);
    application.done();
    boolean said = keys.has("official-account"); // of limits that both share
    if (uri != null) {
      config.problems().stream()
          .filter(p -> !said || !p.startsWith("limits."))
          .forEach(p -> told(keys, p));
    }
    return config;
  }

  private static URI url(Keys account, String usual) {
    String url = account.text("base-url", usual);
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      account.problem("base-url", "'" + url + "' is not an address");
      return null;
    }
  }

  private static WeChatConfig.Limits limits(Keys limits) {
    WeChatConfig.Limits usual = WeChatConfig.Limits.DEFAULT;
    WeChatConfig.Limits set =
        new WeChatConfig.Limits(
            limits.number("concurrency", usual.concurrency(), 1, 500),
            limits.duration("connect", usual.connect()),
            limits.duration("answer", usual.answer()),
            limits.duration("busy-pause", usual.busyPause()),
            limits.duration("kept", usual.kept()),
            limits.duration("clock-skew", usual.clockSkew()));
    limits.done();
    return set;
  }

  /** What a channel says of its own configuration: {@code key: what}. */
  private static void told(Keys keys, String problem) {
    int colon = problem.indexOf(": ");
    keys.problem(problem.substring(0, colon), problem.substring(colon + 2));
  }
}
