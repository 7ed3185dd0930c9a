package org.lastmile.dist.demo;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.dist.Parts;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.simulators.modem.Fault;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.warning.Loudspeaker;

/** All that stands outside the gateway: modems, phones, loudspeakers, WeChat and people. */
final class Town implements AutoCloseable {
  /** What a part costs on a modem; a real GSM network takes three to six seconds. */
  private static final Duration PART = Duration.ofMillis(300);

  private static final Duration PLAY = Duration.ofSeconds(2);
  private static final int PERMANENT_FAILURE = 0x41;

  private final Parts parts = new Parts();
  private final SampleTownship township;
  private final Faults faults;
  private final Settings settings;
  private final List<VirtualModem> modems = new ArrayList<>();
  private final Consumer<String> tell;
  final ScheduledExecutorService time;
  final Smsc smsc;
  final WeChatSandbox wechat;
  SpeakerFleet fleet;

  /**
   * @param dev folder in which the modems' links appear
   * @param gateway where WeChat posts its callbacks
   * @param tell what happens in town, in words
   */
  Town(SampleTownship township, Settings settings, Path dev, URI gateway, Consumer<String> tell) {
    this.township = township;
    this.settings = settings;
    this.tell = tell;
    faults = new Faults(township.entries(), settings.seed());
    time =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "town");
              thread.setDaemon(true);
              return thread;
            });
    parts.add(time::shutdownNow);
    smsc = new Smsc();
    parts.add(smsc);
    for (int i = 0; i < settings.modems(); i++) {
      VirtualModem modem =
          new VirtualModem(
              dev.resolve("ttyUSB" + i),
              ModemSettings.ofNumber("1391000%04d".formatted(i))
                  .withNetworkDelay(PART)
                  .withSeed(settings.seed() + i),
              smsc);
      modems.add(modem);
      parts.add(modem);
    }
    wechat =
        new WeChatSandbox(
            AccountSettings.plain()
                .withCallback(
                    gateway.resolve("/wechat/official-account"), AccountSettings.Mode.ENCRYPTED)
                .withTimes(Duration.ofMillis(300), Duration.ofSeconds(2)));
    parts.add(wechat);
  }

  /** What will go wrong, in words. */
  List<String> faults() {
    return faults.told;
  }

  /** Loudspeakers with the credentials that the gateway gave them; people at their phones. */
  void populate(LoudspeakerChannel channel) {
    PublicKey key = channel.publicKey();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(
                    URI.create("mqtt://127.0.0.1:" + channel.port().orElseThrow()),
                    Map.of(key.kid(), Base64.getDecoder().decode(key.base64())))
                .withPlayTime(PLAY)
                .withConnectWithin(Duration.ofMillis(500))
                .withSeed(settings.seed()));
    parts.add(fleet);
    for (Loudspeaker speaker : township.entries().loudspeakers()) {
      fleet.add(
          SpeakerSettings.of(speaker.id(), speaker.areaCode())
              .withPassword(channel.passwordOf(speaker.id())));
    }
    faults.late.ifPresent(s -> fleet.device(s.id()).startsAfter(Duration.ofDays(1)));
    faults.muted.ifPresent(s -> fleet.device(s.id()).muted(true));
    faults.deadNumber.ifPresent(r -> smsc.phone(r.helperPhone()).failing(PERMANENT_FAILURE));
    People.in(township.entries(), faults, smsc, wechat.account(), time, settings.seed());
    fleet.start();
  }

  /** Loudspeakers that are meant to be there at first. */
  int expectedOnline() {
    return fleet.devices().size() - (faults.late.isPresent() ? 1 : 0);
  }

  /** The storm begins: from here on what goes wrong counts. */
  void begin() {
    if (!modems.isEmpty()) {
      modems.get(0).next(1, Fault.refuse(Faults.CONGESTION));
    }
    faults.late.ifPresent(
        s ->
            in(
                Faults.LATE,
                "loudspeaker " + s.id() + " is switched on",
                () -> fleet.device(s.id()).powerOn()));
    faults.muted.ifPresent(
        s ->
            in(
                Faults.KNOB,
                "somebody turns loudspeaker " + s.id() + " up",
                () -> fleet.device(s.id()).muted(false)));
  }

  private void in(Duration after, String what, Runnable action) {
    time.schedule(
        () -> {
          action.run();
          tell.accept(what);
        },
        after.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    parts.close();
  }
}
