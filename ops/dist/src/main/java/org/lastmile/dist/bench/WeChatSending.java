package org.lastmile.dist.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Speech;
import org.lastmile.channel.wechat.WeChatChannel;
import org.lastmile.channel.wechat.WeChatConfig;
import org.lastmile.channel.wechat.WeComChannel;
import org.lastmile.channel.wechat.WeComConfig;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeComSettings;

/**
 * Sends in a JVM of its own, away from the sandbox: our channels, and by turns a bare loop over
 * {@code java.net.http} with as many requests under way. Writes its figures as one line.
 */
final class WeChatSending {
  static final int CONCURRENCY = WeChatConfig.Limits.DEFAULT.concurrency();
  private static final int BATCH = 1000;
  private static final int WARM = 2000;

  /** With the next, within what the platform lets one member have in a minute. */
  private static final int WARM_BATCHES = 6;

  private static final long ARRIVED_MS = 500;
  private static final int WECOM_ROUNDS = 7;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private WeChatSending(URI base) {
    this.base = base;
  }

  /** What one child measured: messages a second, and bytes of heap before and after ours. */
  record Result(
      double ours, double bare, double wecomOurs, double wecomBare, long before, long after) {}

  static Result measure(URI base, RedisAddress store, int count, int rounds) throws IOException {
    List<String> command =
        Child.java(
            WeChatSending.class,
            List.of(
                base.toString(),
                SendingChild.url(store),
                Integer.toString(count),
                Integer.toString(rounds)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the sender ended without figures, see above");
      }
      String[] f = line.split(" ", -1);
      return new Result(
          Double.parseDouble(f[0]),
          Double.parseDouble(f[1]),
          Double.parseDouble(f[2]),
          Double.parseDouble(f[3]),
          Long.parseLong(f[4]),
          Long.parseLong(f[5]));
    } finally {
      process.destroy();
    }
  }

  static String openid(int number) {
    return String.format(Locale.ROOT, "oBENCH%022d", number);
  }

  static String userid(int number) {
    return "user" + number;
  }

  static WeChatConfig account(URI base) {
    AccountSettings settings = AccountSettings.plain();
    return WeChatConfig.of(
        new WeChatConfig.OfficialAccount(
            base,
            settings.appId(),
            settings.secret(),
            AccountSettings.WARNING_TEMPLATE,
            settings.callbackToken(),
            "",
            "",
            Map.of()));
  }

  private static WeComConfig wecom(URI base) {
    WeComSettings settings = WeComSettings.plain();
    return new WeComConfig(
        base,
        settings.corpId(),
        settings.agentId(),
        settings.secret(),
        settings.callbackToken(),
        settings.aesKey(),
        "",
        Map.of(),
        WeChatConfig.Limits.DEFAULT);
  }

  static Message message(String round, int number, String to, Instant now) {
    return message(content(round, now), round, number, to);
  }

  private static Message message(Content content, String round, int number, String to) {
    return new Message("a" + round + "-" + number + ".1", to, content, Map.of(), Set.of());
  }

  /** As the desk does, one for everybody who is told the same. */
  private static Content content(String round, Instant now) {
    return new Content(
        "c" + round,
        Content.Kind.WARN,
        "w1",
        "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。收到请回复1，去不了回复2。",
        Map.of(
            Field.GRADE, "红色",
            Field.HAZARD, "暴雨",
            Field.PLACE, "上坝滑坡点",
            Field.ACTION, "立即转移到村小学",
            Field.TIME, "2026年11月22日 11:30",
            Field.HEADLINE, "暴雨红色预警",
            Field.LINK, "http://localhost/w/1"),
        Speech.PLAIN,
        now,
        now.plus(Duration.ofDays(1)),
        1,
        false,
        List.of(),
        List.of());
  }

  // What follows runs in the child.

  public static void main(String[] args) throws Exception {
    WeChatSending sending = new WeChatSending(URI.create(args[0]));
    int count = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    try (RedisLedger ledger = new RedisLedger(RedisAddress.parse(args[1]), "bench");
        WeChatChannel account =
            new WeChatChannel(
                account(sending.base),
                ledger.memory("wechat" + sending.base.getPort()),
                Clock.systemUTC(),
                new Random(1));
        WeComChannel wecom =
            new WeComChannel(
                wecom(sending.base),
                ledger.memory("wecom" + sending.base.getPort()),
                Clock.systemUTC(),
                new Random(1))) {
      account.listen(signal -> CompletableFuture.completedFuture(null));
      wecom.listen(signal -> CompletableFuture.completedFuture(null));
      // Both sides pay for the JVM's warming up before the clock starts.
      int few = Math.min(count, WARM);
      sending.bareAccount("warm", few);
      ours(account, "warm", few, WeChatSending::openid);
      for (int i = 0; i < WARM_BATCHES; i++) {
        settled();
        sending.bareWecom("warm" + i, count);
        settled();
        ours(wecom, "warm" + i, count, WeChatSending::userid);
      }
      Samples[] all = {new Samples(), new Samples(), new Samples(), new Samples()};
      long before = used();
      for (int i = 0; i < rounds; i++) {
        all[1].add(sending.bareAccount("bare" + i, count));
        all[0].add(ours(account, "ours" + i, count, WeChatSending::openid));
      }
      long after = used();
      for (int i = 0; i < WECOM_ROUNDS; i++) {
        settled();
        all[3].add(sending.bareWecom("bare" + i, count));
        settled();
        all[2].add(ours(wecom, "ours" + i, count, WeChatSending::userid));
      }
      StringBuilder line = new StringBuilder();
      for (Samples samples : all) {
        line.append(samples.median()).append(' ');
      }
      System.out.println(line.append(before).append(' ').append(after));
      System.out.flush();
    }
    Runtime.getRuntime().halt(0); // the client's idle connections need no farewell
  }

  /** What a turn has sent arrives on the sandbox's phones after it, at the next one's cost. */
  private static void settled() throws InterruptedException {
    Thread.sleep(ARRIVED_MS);
  }

  private static long used() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private interface Names {
    String of(int number);
  }

  /** As a lane does: no more than there is room for, and more as soon as one is out. */
  private static double ours(Channel channel, String round, int count, Names to) throws Exception {
    Semaphore room = new Semaphore(Math.max(1, channel.room()));
    Semaphore done = new Semaphore(0);
    AtomicInteger good = new AtomicInteger();
    long start = System.nanoTime();
    Content content = content(round, Instant.now());
    for (int i = 0; i < count; i++) {
      room.acquire();
      channel
          .send(message(content, round, i, to.of(i)))
          .whenComplete(
              (outcome, problem) -> {
                if (outcome instanceof Outcome.Accepted) {
                  good.incrementAndGet();
                } else if (done.availablePermits() == 0) {
                  System.err.println("not sent: " + outcome + " " + problem);
                }
                room.release();
                done.release();
              });
    }
    done.acquire(count);
    return rate(good.get(), count, start);
  }

  private double bareAccount(String round, int count) throws Exception {
    AccountSettings settings = AccountSettings.plain();
    String token =
        JSON.readTree(
                post(
                    "/cgi-bin/stable_token",
                    JSON.createObjectNode()
                        .put("grant_type", "client_credential")
                        .put("appid", settings.appId())
                        .put("secret", settings.secret())
                        .toString()))
            .path("access_token")
            .asText();
    List<Supplier<String>> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String openid = openid(i);
      String id = round + "-" + i;
      bodies.add(() -> body(openid, id));
    }
    return bare("/cgi-bin/message/template/send?access_token=" + token, bodies, count);
  }

  private static String body(String openid, String id) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("touser", openid)
            .put("template_id", AccountSettings.WARNING_TEMPLATE)
            .put("client_msg_id", id)
            .put("url", "http://localhost/w/1");
    ObjectNode data = body.putObject("data");
    Map.of(
            "thing1", "暴雨",
            "phrase2", "红色",
            "thing3", "上坝滑坡点",
            "time4", "2026年11月22日 11:30",
            "thing5", "立即转移到村小学")
        .forEach((name, value) -> data.putObject(name).put("value", value));
    return body.toString();
  }

  private double bareWecom(String round, int count) throws Exception {
    WeComSettings settings = WeComSettings.plain();
    String query = "?corpid=" + settings.corpId() + "&corpsecret=" + settings.secret();
    HttpRequest ask = HttpRequest.newBuilder(base.resolve("/cgi-bin/gettoken" + query)).build();
    String token =
        JSON.readTree(http.send(ask, HttpResponse.BodyHandlers.ofString()).body())
            .path("access_token")
            .asText();
    List<Supplier<String>> bodies = new ArrayList<>();
    for (int from = 0; from < count; from += BATCH) {
      int first = from;
      int last = Math.min(count, from + BATCH);
      bodies.add(() -> card(round, first, last));
    }
    return bare("/cgi-bin/message/send?access_token=" + token, bodies, count);
  }

  /** The same lines as our card has. */
  private static String card(String round, int first, int last) {
    String to =
        IntStream.range(first, last)
            .mapToObj(WeChatSending::userid)
            .collect(Collectors.joining("|"));
    ObjectNode body =
        JSON.createObjectNode()
            .put("touser", to)
            .put("msgtype", "template_card")
            .put("agentid", WeComSettings.plain().agentId())
            .put("enable_duplicate_check", 1)
            .put("duplicate_check_interval", 1800);
    ObjectNode card =
        body.putObject("template_card")
            .put("card_type", "button_interaction")
            .put("task_id", round + "-" + first);
    card.putObject("main_title").put("title", "暴雨红色预警").put("desc", "上坝滑坡点");
    card.put("sub_title_text", "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。收到请回复1，去不了回复2。");
    ArrayNode lines = card.putArray("horizontal_content_list");
    lines.addObject().put("keyname", "行动").put("value", "立即转移到村小学");
    lines.addObject().put("keyname", "时间").put("value", "2026年11月22日 11:30");
    card.putObject("card_action").put("type", 1).put("url", "http://localhost/w/1");
    ArrayNode buttons = card.putArray("button_list");
    buttons.addObject().put("type", 0).put("text", "已收到").put("style", 1).put("key", "ACK");
    buttons.addObject().put("type", 0).put("text", "去不了").put("style", 2).put("key", "NO");
    return body.toString();
  }

  /** Each thread makes a body, posts it, and takes the next. */
  private double bare(String path, List<Supplier<String>> bodies, int count) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONCURRENCY);
    try {
      List<Callable<String>> work = new ArrayList<>();
      for (Supplier<String> body : bodies) {
        work.add(() -> post(path, body.get()));
      }
      int good = 0;
      long start = System.nanoTime();
      for (Future<String> answer : threads.invokeAll(work)) {
        if (answer.get().replace(" ", "").contains("\"errcode\":0")) {
          good++;
        } else if (good == 0) {
          System.err.println("the bare loop got " + answer.get());
        }
      }
      return rate(good, bodies.size(), start) * count / bodies.size();
    } finally {
      threads.shutdown();
    }
  }

  private String post(String path, String body) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Of those that were taken; a loss must not look like speed. */
  private static double rate(int good, int all, long start) {
    double seconds = Samples.millis(start) / 1_000;
    if (good < all) {
      throw new IllegalStateException("only " + good + " of " + all + " were taken");
    }
    return good / seconds;
  }
}
