package org.lastmile.story;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.lastmile.App;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.config.Config;

/** A gateway in the test's own JVM. */
final class GatewayHere extends Gateway {
  private final App app;
  private final Collection<String> devices;

  GatewayHere(Path config, Collection<String> devices) throws Exception {
    this(config, devices, new MovedTime());
  }

  GatewayHere(Path config, Collection<String> devices, MovedTime time) throws Exception {
    this.devices = devices;
    app = App.start(Config.read(config), time, time::nanos, TOKEN);
    await().atMost(Duration.ofSeconds(60)).until(app.desk()::active);
  }

  @Override
  Map<String, String> passwords() {
    return devices.stream().collect(Collectors.toMap(d -> d, app.loudspeakers()::passwordOf));
  }

  @Override
  Map<String, byte[]> keys() {
    PublicKey key = app.loudspeakers().publicKey();
    return Map.of(key.kid(), Base64.getDecoder().decode(key.base64()));
  }

  /** The public key of its commands, as openssl reads it. */
  String pem() {
    return app.loudspeakers().publicKey().pem();
  }

  @Override
  int port() {
    return app.port();
  }

  @Override
  public void close() {
    app.close();
  }
}
