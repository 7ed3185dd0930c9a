package org.lastmile.channel.sms;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Speech;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

/** Virtual modems on real pseudo-terminals, a service centre behind them, and a channel on top. */
final class Bench implements AutoCloseable {
  /** As usual, with everything that only waits made short. */
  static final Timing QUICK =
      new Timing(
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          Duration.ofSeconds(4),
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(500),
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));

  static final Duration PATIENCE = Duration.ofSeconds(30);

  final Smsc smsc = new Smsc();
  final List<VirtualModem> modems = new ArrayList<>();
  Memory memory;
  SmsChannel channel;
  ChannelContract.Heard heard;

  private Bench(Memory memory) {
    this.memory = memory;
  }

  static Bench with(Path folder, int modems) {
    return with(folder, modems, UnaryOperator.identity());
  }

  static Bench with(Path folder, int modems, Timing timing) {
    return with(folder, modems, UnaryOperator.identity(), timing);
  }

  static Bench with(Path folder, int modems, UnaryOperator<ModemSettings> settings) {
    return with(folder, modems, settings, QUICK);
  }

  private static Bench with(
      Path folder, int modems, UnaryOperator<ModemSettings> settings, Timing timing) {
    Bench bench = new Bench(new MemoryInHeap());
    bench.smsc.transit(Duration.ofMillis(20));
    List<SmsConfig.Port> ports = new ArrayList<>();
    for (int i = 0; i < modems; i++) {
      Path link = folder.resolve("modem" + i);
      bench.modems.add(
          new VirtualModem(
              link, settings.apply(ModemSettings.ofNumber("1390000000" + i)), bench.smsc));
      ports.add(SmsConfig.Port.of(link.toString()));
    }
    bench.channel = new SmsChannel(new SmsConfig(ports), bench.memory, Clock.systemUTC(), timing);
    return bench;
  }

  /** Listens, and waits until all modems are ready. */
  Bench ready() {
    heard = ChannelContract.Heard.by(channel);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                channel.check().parts().size() == modems.size()
                    && channel.check().state() == Health.State.UP);
    return this;
  }

  /** The same modems and memory under a new channel, as after a restart of the gateway. */
  Bench again(SmsConfig.Budget budget, Timing timing) {
    channel.close();
    SmsConfig config =
        new SmsConfig(modems.stream().map(m -> SmsConfig.Port.of(m.link().toString())).toList());
    channel = new SmsChannel(config.with(budget), memory, Clock.systemUTC(), timing);
    return this;
  }

  /** The same modems on another store. */
  Bench on(Memory other) {
    memory = other;
    return again(SmsConfig.Budget.NONE, QUICK);
  }

  /** Another channel over the same modems, each port as said. */
  SmsChannel channel(Function<String, SmsConfig.Port> port) {
    List<SmsConfig.Port> ports = modems.stream().map(m -> port.apply(m.link().toString())).toList();
    return new SmsChannel(new SmsConfig(ports), memory, Clock.systemUTC(), QUICK);
  }

  SmsConfig.Port port(String path, String smsc, SmsConfig.PowerCycle cycle) {
    return new SmsConfig.Port(path, "", SmsConfig.Port.USUAL_BAUD, "auto", 0, smsc, cycle);
  }

  /** Without waiting for anything. */
  void listen(SmsChannel which) {
    heard = ChannelContract.Heard.by(which);
  }

  VirtualModem modem(int i) {
    return modems.get(i);
  }

  Outcome send(Message message) throws Exception {
    return channel.send(message).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  static Message message(String attempt, String address, String text, Message.Mark... marks) {
    return message(attempt, address, text, 1, marks);
  }

  static Message message(
      String attempt, String address, String text, int priority, Message.Mark... marks) {
    Instant now = Instant.now();
    Content content =
        new Content(
            "c-" + attempt,
            Content.Kind.WARN,
            "w1",
            text,
            Map.of(),
            Speech.PLAIN,
            now,
            now.plus(Duration.ofHours(1)),
            priority,
            false,
            List.of(),
            List.of());
    return new Message(attempt, address, content, Map.of(), Set.of(marks));
  }

  @Override
  public void close() {
    channel.close();
    modems.forEach(VirtualModem::close);
    smsc.close();
  }
}
