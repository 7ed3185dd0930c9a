package org.lastmile.channel.loudspeaker;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection to a broker in one version of MQTT, used once. What it calls back comes on the
 * library's threads: nobody may wait there.
 */
interface BrokerClient {

  /** A PUBACK that says: taken, and nobody is subscribed. */
  int NO_MATCHING_SUBSCRIBERS = 0x10;

  /** From here on a reason code is a refusal. */
  int REFUSED = 0x80;

  /**
   * Who calls.
   *
   * @param address as Paho writes it: {@code tcp://} or {@code ssl://}
   * @param tls null = the runtime's own
   * @param sessionSeconds how long the broker keeps what comes while we are away; 0 = not at all
   */
  record Login(
      String address,
      String clientId,
      String username,
      String password,
      SSLSocketFactory tls,
      long sessionSeconds) {

    Login as(String otherId, long otherSession) {
      return new Login(address, otherId, username, password, tls, otherSession);
    }
  }

  /**
   * What the broker grants; where it says nothing, what its silence means.
   *
   * @param protocol 5, or 4 for MQTT 3.1.1
   * @param receiveMaximum publishes that it takes at once
   * @param sessionSeconds how long it keeps the session, where that is not as we asked
   * @param keepAlive seconds, as the broker wants it; 0 = as we said
   */
  record Granted(
      int protocol,
      int receiveMaximum,
      int maximumQos,
      long maximumPacket,
      long sessionSeconds,
      int keepAlive,
      boolean retains) {

    /** What MQTT 3.1.1 lets a client know, which is nothing. */
    static final Granted UNSAID =
        new Granted(4, 65_535, 1, Long.MAX_VALUE, Long.MAX_VALUE, 0, true);
  }

  /** What comes from the broker. */
  interface Events {
    void arrived(String topic, byte[] payload, int id, int qos, boolean retained);

    void lost(String why);
  }

  /** Fails with the library's own exception, which {@link ConnectTrouble} puts into words. */
  CompletionStage<Granted> connect(Events events);

  /**
   * The worst reason code.
   *
   * @param filters with the highest QoS that each is wanted at
   */
  CompletionStage<Integer> subscribe(Map<String, Integer> filters);

  /**
   * QoS 1, not retained; completes with the PUBACK's reason code. Fails with {@link NotWritten}
   * when nothing has left.
   */
  CompletionStage<Integer> publish(String topic, byte[] payload, long expirySeconds);

  /** Acknowledges what arrived with that id. */
  void acknowledge(int id, int qos);

  /** Ends the connection without waiting for what is under way. */
  void disconnect();

  /** Frees what is left; some time after {@link #disconnect}. */
  void close();

  /** The library refused it before anything was written. */
  final class NotWritten extends Exception {
    private static final long serialVersionUID = 1;

    NotWritten(String why, Throwable cause) {
      super(why, cause);
    }
  }
}
