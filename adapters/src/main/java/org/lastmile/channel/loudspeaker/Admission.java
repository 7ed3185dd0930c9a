package org.lastmile.channel.loudspeaker;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.vertx.mqtt.MqttAuth;
import io.vertx.mqtt.MqttEndpoint;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.lastmile.channel.Health;

/**
 * Who may connect to the embedded endpoint as which device, and how often. Whom it turned away, and
 * why, it remembers for whoever looks.
 */
final class Admission {
  private static final int REMEMBERED = 50;
  private static final int TAKEOVERS = 6;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long BARRED = TimeUnit.SECONDS.toNanos(30);

  private final DeviceAuth auth;
  private final boolean certificates;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<String, Refused> refused = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, long[]> takeovers = new ConcurrentHashMap<>();
  private final Map<String, Long> barred = new ConcurrentHashMap<>();

  /** Why somebody was turned away; the words stand in the log and in the console. */
  enum Refusal {
    CREDENTIALS(
        "connection with a wrong user name or password",
        MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD,
        MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD),
    CERTIFICATE(
        "connection with the certificate of another device",
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED_5,
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED),
    CONNECTIONS(
        "more than 4 connections of one device",
        MqttConnectReturnCode.CONNECTION_REFUSED_QUOTA_EXCEEDED,
        MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE),
    TAKEOVERS(
        "connections that throw each other out: two devices use this id",
        MqttConnectReturnCode.CONNECTION_REFUSED_CONNECTION_RATE_EXCEEDED,
        MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE),
    FLOOD(
        "connection within half a minute of a flood",
        MqttConnectReturnCode.CONNECTION_REFUSED_CONNECTION_RATE_EXCEEDED,
        MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE),
    REVOKED(
        "credentials revoked while connected",
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED_5,
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);

    final String words;
    final MqttConnectReturnCode five;
    final MqttConnectReturnCode three;

    Refusal(String words, MqttConnectReturnCode five, MqttConnectReturnCode three) {
      this.words = words;
      this.five = five;
      this.three = three;
    }
  }

  private record Refused(String why, int count, Instant last) {}

  /**
   * Who it is, or why not.
   *
   * @param password that it has said; null = it has shown a certificate
   */
  record Verdict(String device, String password, Refusal refusal) {}

  /**
   * Nobody has come yet.
   *
   * @param certificates a device may show a certificate instead of a password
   */
  Admission(DeviceAuth auth, boolean certificates, InstantSource clock, LongSupplier nanos) {
    this.auth = auth;
    this.certificates = certificates;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Who calls: by its certificate, else by its user name and password. */
  Verdict of(MqttEndpoint endpoint) {
    MqttAuth said = endpoint.auth();
    String user = said == null ? null : said.getUsername();
    Optional<String> shown = certificates ? commonName(endpoint) : Optional.empty();
    Refusal refusal = null;
    if (shown.isPresent()) {
      if (!Topics.isDevice(shown.get()) || (user != null && !user.equals(shown.get()))) {
        refusal = Refusal.CERTIFICATE;
      }
      user = shown.get();
    } else if (!Topics.isDevice(user)
        || said.getPassword() == null
        || !auth.admits(user, said.getPassword())) {
      refusal = Refusal.CREDENTIALS;
    }
    Long until = user == null ? null : barred.get(user);
    if (refusal == null && until != null) {
      if (nanos.getAsLong() - until < 0) {
        refusal = Refusal.FLOOD;
      } else {
        barred.remove(user, until);
      }
    }
    String password = shown.isPresent() || said == null ? null : said.getPassword();
    return new Verdict(String.valueOf(user), password, refusal);
  }

  /** Whether what it connected with still holds; null = it has shown a certificate. */
  boolean holds(String device, String password) {
    return password == null || auth.admits(device, password);
  }

  /** Counts a takeover; false when there were too many within a minute, and none may happen now. */
  boolean takesOver(String device) {
    long now = nanos.getAsLong();
    long[] last = takeovers.computeIfAbsent(device, d -> fresh(now));
    synchronized (last) {
      if (now - last[0] < MINUTE) {
        return false;
      }
      System.arraycopy(last, 1, last, 0, TAKEOVERS - 1);
      last[TAKEOVERS - 1] = now;
      return true;
    }
  }

  private static long[] fresh(long now) {
    long[] times = new long[TAKEOVERS];
    Arrays.fill(times, now - MINUTE);
    return times;
  }

  /** It has flooded us: for a moment it stays outside. */
  void bar(String device) {
    barred.put(device, nanos.getAsLong() + BARRED);
  }

  void remember(String device, Refusal why) {
    String id = Topics.isDevice(device) ? device : "(not a device id)";
    synchronized (refused) {
      Refused before = refused.get(id);
      refused.put(
          id, new Refused(why.words, 1 + (before == null ? 0 : before.count()), clock.instant()));
      if (refused.size() > REMEMBERED) {
        refused.remove(refused.keySet().iterator().next());
      }
    }
  }

  /** Whom it turned away; that alone is no fault of the channel. */
  Health.Part part() {
    Map<String, String> facts = new LinkedHashMap<>();
    synchronized (refused) {
      refused.forEach(
          (id, r) ->
              facts.put(
                  id,
                  "%s, %d %s, last %s"
                      .formatted(r.why(), r.count(), r.count() == 1 ? "time" : "times", r.last())));
    }
    return new Health.Part("refused", Health.State.UP, "", facts);
  }

  private static Optional<String> commonName(MqttEndpoint endpoint) {
    if (!endpoint.isSsl()) {
      return Optional.empty();
    }
    try {
      X509Certificate own = (X509Certificate) endpoint.sslSession().getPeerCertificates()[0];
      for (Rdn part : new LdapName(own.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return Optional.of(String.valueOf(part.getValue()));
        }
      }
      return Optional.of("");
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // it showed none, and says its password
    } catch (InvalidNameException e) {
      return Optional.of("");
    }
  }
}
