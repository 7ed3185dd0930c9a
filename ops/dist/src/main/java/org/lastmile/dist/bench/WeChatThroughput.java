package org.lastmile.dist.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.lastmile.channel.Memory;
import org.lastmile.channel.wechat.WeChatCallback;
import org.lastmile.channel.wechat.WeChatChannel;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComSettings;

/**
 * Messages a second through both WeChat platforms beside a bare loop over {@code java.net.http},
 * how often the token is fetched by two nodes, and how long a callback waits until it is kept.
 */
final class WeChatThroughput implements Measure {
  private static final String NAME = "wechat-throughput";
  private static final int A_SECOND = 500;
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(10);

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    run(quick ? 1_000 : 10_000, quick ? List.of(50) : List.of(50, 300), 10, folder, figures);
  }

  /**
   * @param count of messages
   * @param latencies of the platform in milliseconds
   * @param times expiries of the token, and seconds of callbacks
   */
  static void run(
      int count, List<Integer> latencies, int times, Path folder, Consumer<Figure> figures)
      throws Exception {
    try (RawRedis store = new RawRedis(folder.resolve("store"))) {
      for (int latency : latencies) {
        throughput(count, latency, store.address(), figures);
      }
      figures.accept(tokens(times, store.address()));
      callbacks(times, store.address(), figures);
    }
  }

  private static void throughput(
      int count, int latency, RedisAddress store, Consumer<Figure> figures) throws Exception {
    WeComSettings wecom =
        WeComSettings.plain()
            .withLimits(new WeComSettings.Limits(20_000, Integer.MAX_VALUE, Integer.MAX_VALUE));
    try (WeChatSandbox sandbox =
        new WeChatSandbox(AccountSettings.plain(), wecom, 0, Clock.systemUTC())) {
      for (int i = 0; i < count; i++) {
        sandbox.account().follower(WeChatSending.openid(i));
        sandbox.wecom().member(WeChatSending.userid(i));
      }
      sandbox.latency(Duration.ofMillis(latency));
      WeChatSending.Result result =
          WeChatSending.measure(sandbox.baseUrl(), store, count, latency > 100 ? 1 : 3);
      String how = ", " + latency + " ms";
      figures.accept(
          Figure.higher(
              NAME,
              count + " template messages" + how,
              result.ours(),
              result.bare(),
              "messages/s"));
      figures.accept(
          Figure.higher(
              NAME,
              count + " WeCom recipients" + how,
              result.wecomOurs(),
              result.wecomBare(),
              "messages/s"));
      figures.accept(
          Figure.lower(
              NAME,
              "heap after " + count + " template messages against before" + how,
              result.after() / 1e6,
              result.before() / 1e6,
              "MB"));
    }
  }

  /** Two nodes, all 50 threads of each at once, each time the token has ended. */
  private static Figure tokens(int expiries, RedisAddress store) throws Exception {
    MovableClock time = new MovableClock();
    Clock clock = time.withZone(ZoneOffset.UTC);
    long most = 0;
    long all = 0;
    try (WeChatSandbox sandbox =
            new WeChatSandbox(
                AccountSettings.plain().withLimits(TOKEN_LIFE, 100_000),
                WeComSettings.plain(),
                0,
                time);
        RedisLedger one = new RedisLedger(store, "tokens");
        RedisLedger two = new RedisLedger(store, "tokens");
        WeChatChannel first = channel(sandbox, one.memory("tokens"), clock);
        WeChatChannel second = channel(sandbox, two.memory("tokens"), clock)) {
      sandbox.latency(Duration.ofMillis(50));
      sandbox.account().follower(WeChatSending.openid(1));
      for (int expiry = 0; expiry < expiries; expiry++) {
        long before = sandbox.account().statistics().tokenRequests();
        Instant now = clock.instant();
        List<CompletableFuture<?>> sends = new ArrayList<>();
        for (int i = 0; i < WeChatSending.CONCURRENCY; i++) {
          for (WeChatChannel node : List.of(first, second)) {
            String round = "t" + expiry + "-" + sends.size();
            sends.add(
                node.send(WeChatSending.message(round, i, WeChatSending.openid(1), now))
                    .toCompletableFuture());
          }
        }
        CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).join();
        long fetched = sandbox.account().statistics().tokenRequests() - before;
        most = Math.max(most, fetched);
        all += fetched;
        time.move(TOKEN_LIFE.plusSeconds(1));
      }
    }
    return Figure.lower(
            NAME,
            "token fetches an expiry, 2 nodes of 50 threads",
            (double) all / expiries,
            1.0,
            "fetches")
        .with("expiries", expiries)
        .with("most", most);
  }

  private static WeChatChannel channel(WeChatSandbox sandbox, Memory memory, Clock clock) {
    return new WeChatChannel(
        WeChatSending.account(sandbox.baseUrl()), memory, clock, new Random(1));
  }

  /** From the hand-over of a callback to its answer, with two durable writes in between. */
  private static void callbacks(int seconds, RedisAddress store, Consumer<Figure> figures)
      throws Exception {
    ExecutorService desk = Executors.newFixedThreadPool(8);
    Samples took = new Samples();
    AtomicInteger kept = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (WeChatSandbox sandbox = new WeChatSandbox(AccountSettings.plain());
        RedisLedger ledger = new RedisLedger(store, "callbacks");
        WeChatChannel channel = channel(sandbox, ledger.memory("callbacks"), Clock.systemUTC())) {
      Memory signals = ledger.memory("signals");
      channel.listen(
          signal ->
              CompletableFuture.runAsync(
                  () ->
                      signals.put(
                          Integer.toString(kept.incrementAndGet()),
                          signal.toString(),
                          Duration.ofHours(1)),
                  desk));
      // The first second pays for the JVM's warming up.
      pour(channel.callback(), 0, A_SECOND, new Samples(), refused);
      kept.set(0);
      refused.set(0);
      pour(channel.callback(), A_SECOND, seconds * A_SECOND, took, refused);
    } finally {
      desk.shutdown();
    }
    for (double part : new double[] {0.5, 0.99}) {
      figures.accept(
          Figure.lower(
                  NAME,
                  "callback until kept and answered, 500/s, p" + Math.round(part * 100),
                  took.quantile(part),
                  null,
                  "ms")
              .with("callbacks", took.size())
              .with("signals", kept.get())
              .with("refused", refused.get()));
    }
  }

  /** At a fixed rate, whatever the answers take. */
  private static void pour(
      WeChatCallback callback, int from, int count, Samples took, AtomicInteger refused)
      throws Exception {
    List<CompletableFuture<?>> answers = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = start + i * 1_000_000_000L / A_SECOND;
      long early = due - System.nanoTime();
      if (early > 0) {
        Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
      }
      String at = Long.toString(Instant.now().getEpochSecond());
      String nonce = "n" + (from + i);
      String xml =
          """
          <xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\
          <FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%s</CreateTime>\
          <MsgType><![CDATA[text]]></MsgType><Content><![CDATA[上坝的路断了]]></Content>\
          <MsgId>%d</MsgId></xml>"""
              .formatted(WeChatSending.openid(i), at, 1_000_000L + from + i);
      Map<String, String> query =
          Map.of(
              "signature",
              signature(AccountSettings.plain().callbackToken(), at, nonce),
              "timestamp",
              at,
              "nonce",
              nonce);
      answers.add(
          callback
              .receive(query, xml.getBytes(StandardCharsets.UTF_8))
              .toCompletableFuture()
              .thenAccept(
                  reply -> {
                    took.add(Samples.millis(due)); // a late start counts as waiting
                    if (reply.status() != 200) {
                      refused.incrementAndGet();
                    }
                  }));
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
  }

  private static String signature(String... parts) throws Exception {
    Arrays.sort(parts);
    byte[] digest =
        MessageDigest.getInstance("SHA-1")
            .digest(String.join("", parts).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }
}
