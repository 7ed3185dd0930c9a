package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;

/** TLS on both links: ending in time, renewed in passing, and devices that show a certificate. */
class CertificatesTest {
  @TempDir static Path folder;
  private final Vertx vertx = Vertx.vertx();
  private static Certificates certificates;
  private LoudspeakerChannel channel;
  private Broker broker;

  @BeforeAll
  static void make() throws IOException {
    certificates = new Certificates(folder);
  }

  @AfterEach
  void close() {
    if (channel != null) {
      channel.close();
    }
    if (broker != null) {
      broker.close();
    }
    vertx.close();
  }

  @Test
  void the_endpoint_says_in_time_that_its_certificate_ends_and_takes_a_new_one() throws Exception {
    Certificates.Pair old = certificates.signed("old", -300, 10);
    Certificates.Pair fresh = certificates.signed("fresh", -1, 300);
    Certificates.Pair used = new Certificates.Pair(at("server.pem"), at("server.key"));
    replace(used, old, 100);
    opens(endpoint(used, null));
    assertThat(part("certificate").state()).isEqualTo(Health.State.DEGRADED);
    assertThat(part("certificate").why()).contains("expires in 9 days", "renew");
    connected("LS-1", channel.passwordOf("LS-1"), null);

    replace(used, fresh, 200);
    assertThat(part("certificate").state()).isEqualTo(Health.State.UP);
    MqttClient later = connected("LS-2", channel.passwordOf("LS-2"), null);
    assertThat(later.isConnected()).isTrue();
    assertThat(shown()).isEqualTo("CN=fresh");
  }

  @Test
  void an_expired_certificate_of_the_endpoint_is_a_part_that_is_down() throws Exception {
    opens(endpoint(certificates.signed("ended", -300, -1), null));
    assertThat(part("certificate").state()).isEqualTo(Health.State.DOWN);
    assertThat(part("certificate").why()).contains("expired on");
  }

  @Test
  void a_device_may_show_a_certificate_instead_of_a_password() throws Exception {
    opens(endpoint(certificates.signed("server", -1, 300), certificates.authority()));
    Certificates.Pair own = certificates.signed("LS-1", -1, 300);
    assertThat(connected(null, null, own).isConnected()).isTrue();
    assertThat(connected("LS-2", channel.passwordOf("LS-2"), null).isConnected()).isTrue();
    assertThatThrownBy(() -> connected("LS-2", channel.passwordOf("LS-2"), own))
        .isInstanceOf(CompletionException.class);
    assertThat(Presences.fact(channel, "LS-1")).contains("certificate of another device, 1 time");
    assertThatThrownBy(() -> connected("LS-3", null, null)).isInstanceOf(CompletionException.class);
  }

  @Test
  void a_broker_whose_certificate_has_expired_is_down_in_words() throws Exception {
    broker = mosquitto(certificates.signed("ended", -300, -1), "");
    opens(towards(null));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                part("link").state() == Health.State.DOWN
                    && part("link").why().contains("the broker's certificate has expired"));
  }

  @Test
  void a_broker_gets_our_certificate_and_its_own_is_watched() throws Exception {
    broker = mosquitto(certificates.signed("broker", -1, 20), "require_certificate true");
    opens(towards(certificates.signed("gateway", -1, 300)));
    await().atMost(Duration.ofSeconds(20)).until(() -> part("link").state() == Health.State.UP);
    assertThat(part("certificate").state()).isEqualTo(Health.State.DEGRADED);
    assertThat(part("certificate").why()).contains("the broker's certificate expires in 19 days");
  }

  private Broker mosquitto(Certificates.Pair pair, String more) throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    return new Mosquitto(
        c ->
            c.replaceFirst(
                "(?m)^(listener .*)$",
                "$1\ncafile %s\ncertfile %s\nkeyfile %s\n%s"
                    .formatted(certificates.authority(), pair.certificate(), pair.key(), more)));
  }

  private LoudspeakerConfig towards(Certificates.Pair own) {
    return new LoudspeakerConfig(
        "mqtts://127.0.0.1:" + broker.port(),
        null,
        0,
        own == null ? null : own.certificate(),
        own == null ? null : own.key(),
        Broker.GATEWAY,
        Broker.PASSWORD,
        null,
        certificates.authority(),
        null,
        null,
        null,
        0,
        0,
        null,
        null,
        false,
        null);
  }

  private static LoudspeakerConfig endpoint(Certificates.Pair pair, Path authority) {
    return new LoudspeakerConfig(
        null,
        "127.0.0.1",
        0,
        pair.certificate(),
        pair.key(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        null,
        authority,
        false,
        null);
  }

  private void opens(LoudspeakerConfig config) throws IOException {
    channel = LoudspeakerChannel.open(config, new MemoryInHeap(), Clock.systemUTC(), vertx);
    Heard.by(channel);
  }

  private MqttClient connected(String user, String password, Certificates.Pair own)
      throws IOException {
    MqttClientOptions options =
        new MqttClientOptions()
            .setClientId(String.valueOf(user))
            .setUsername(user)
            .setPassword(password)
            .setSsl(true)
            .setHostnameVerificationAlgorithm("HTTPS")
            .setTrustOptions(
                new PemTrustOptions().addCertPath(certificates.authority().toString()));
    if (own != null) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .setCertPath(own.certificate().toString())
              .setKeyPath(own.key().toString()));
    }
    MqttClient client = MqttClient.create(vertx, options);
    client
        .connect(channel.port().orElseThrow(), "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    return client;
  }

  /** Whose certificate a new connection to the endpoint is shown. */
  private String shown() throws Exception {
    BrokerTls tls = new BrokerTls(certificates.authority(), null, null);
    try (javax.net.ssl.SSLSocket socket =
        (javax.net.ssl.SSLSocket)
            tls.sockets().createSocket("127.0.0.1", channel.port().orElseThrow())) {
      socket.startHandshake();
      return ((java.security.cert.X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  private static Path at(String name) {
    return folder.resolve(name);
  }

  /** With a time of writing that differs, however coarse the file system's clock is. */
  private static void replace(Certificates.Pair used, Certificates.Pair with, long written)
      throws IOException {
    FileTime time = FileTime.from(Instant.EPOCH.plusSeconds(written));
    Files.copy(with.certificate(), used.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(with.key(), used.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(used.certificate(), time);
    Files.setLastModifiedTime(used.key(), time);
  }

  private Health.Part part(String name) {
    return channel.check().parts().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
