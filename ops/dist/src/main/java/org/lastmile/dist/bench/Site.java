package org.lastmile.dist.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.lastmile.App;
import org.lastmile.config.Config;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.registry.Registry;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.warning.Loudspeaker;

/**
 * The whole gateway with a township in its registry and three channels: a fleet of loudspeakers on
 * its own MQTT endpoint, a virtual modem on a pseudo-terminal, a WeChat sandbox.
 */
final class Site implements AutoCloseable {
  static final String TOKEN = "token-of-the-benchmark";

  /** What one part of a short message takes on a real modem at its best. */
  private static final Duration PART = Duration.ofSeconds(3);

  private final Smsc smsc = new Smsc();
  private final VirtualModem modem;
  private final WeChatSandbox wechat;
  private final App app;
  private final SpeakerFleet fleet;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI warnings;
  private final SampleTownship township;

  /** Ready when this returns: every loudspeaker is connected. */
  Site(Path folder, SampleTownship township) throws Exception {
    this.township = township;
    modem =
        new VirtualModem(
            folder.resolve("modem"),
            ModemSettings.ofNumber("13800000000").withNetworkDelay(PART),
            smsc);
    AccountSettings account = AccountSettings.plain();
    wechat = new WeChatSandbox(account);
    township.entries().people().stream()
        .map(p -> p.openid())
        .filter(o -> !o.isEmpty())
        .forEach(wechat.account()::follower);
    township.entries().residents().stream()
        .map(r -> r.openid())
        .filter(o -> !o.isEmpty())
        .forEach(wechat.account()::follower);
    Path config = folder.resolve("lastmile.yaml");
    Files.writeString(
        config,
        """
        http: { port: 0, management-port: 0 }
        store: { redis: embedded, data: ./data }
        channels:
          loudspeaker: { broker: embedded, port: 0 }
          sms: { modems: [ { port: %s } ] }
          wechat:
            official-account:
              { base-url: "%s", app-id: %s, secret: %s, template-id: %s,
                callback-token: %s, aes-key: %s }
        """
            .formatted(
                folder.resolve("modem"),
                wechat.baseUrl(),
                account.appId(),
                account.secret(),
                AccountSettings.WARNING_TEMPLATE,
                account.callbackToken(),
                account.aesKey()));
    app = App.start(Config.read(config), Clock.systemUTC(), TOKEN);
    await("the desk", app.desk()::active);
    app.registries().swap(Registry.of(township.entries()));
    warnings = URI.create("http://localhost:" + app.port() + "/api/v1/warnings");
    fleet = fleet();
  }

  private SpeakerFleet fleet() throws InterruptedException {
    var key = app.loudspeakers().publicKey();
    SpeakerFleet devices =
        new SpeakerFleet(
            FleetSettings.of(
                URI.create("mqtt://localhost:" + app.mqttPort().orElseThrow()),
                Map.of(key.kid(), java.util.Base64.getDecoder().decode(key.base64()))));
    for (Loudspeaker speaker : township.entries().loudspeakers()) {
      devices.add(
          SpeakerSettings.of(speaker.id(), speaker.areaCode())
              .withPassword(app.loudspeakers().passwordOf(speaker.id())));
    }
    devices.start();
    int all = township.entries().loudspeakers().size();
    await("the loudspeakers", () -> devices.statistics().online() == all);
    return devices;
  }

  App app() {
    return app;
  }

  SampleTownship township() {
    return township;
  }

  /** Commands that have reached devices so far. */
  long commands() {
    return fleet.statistics().commands();
  }

  /** Hands a warning in as an office does; answers the receipt's body. Throws unless 202. */
  String issue(String cap, String token) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(warnings)
                .header("Content-Type", "application/cap+xml")
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(cap))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 202) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  /** Calls a warning off, so that it burdens nothing that is measured later. */
  void lift(String id) throws IOException, InterruptedException {
    app.desk().lift(id, "bench", "measured").join();
  }

  static void await(String what, BooleanSupplier done) throws InterruptedException {
    long start = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - start > 120e9) {
        throw new IllegalStateException(what + " did not come within two minutes");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    List.<AutoCloseable>of(fleet, app, wechat, modem, smsc)
        .forEach(
            part -> {
              try {
                part.close();
              } catch (Exception e) { // AutoCloseable allows any; the others still have to close
                System.err.println("could not close " + part + ": " + e);
              }
            });
  }
}
