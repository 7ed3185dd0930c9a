package org.lastmile.channel.loudspeaker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.lastmile.channel.Health;

/**
 * Finds out whether a broker would lose receipts. What it says of its limits tells half of it; how
 * much it keeps for a gateway that is away for a moment it tells nobody, so that is tried: some
 * thousand small messages to ourselves, with the reader away, and then counted.
 */
final class BrokerProbe {
  /** More than the usual default of 1,000; a tenth of a second's work for a broker. */
  static final int MESSAGES = 3000;

  private static final int FEW_AT_ONCE = 200;
  private static final int SMALL_PACKET = 10_000;
  private static final int SHORT_SESSION = 3600;
  private static final int AT_ONCE = 100;
  private static final long ANSWER_SECONDS = 20;
  private static final long SILENCE_SECONDS = 3;
  private static final int NOT_AUTHORIZED = 0x87;

  private final BrokerClient.Login login;
  private final Function<BrokerClient.Login, BrokerClient> clients;
  private final String topic;

  /**
   * What was found.
   *
   * @param kept of {@link #MESSAGES}; negative = not known
   * @param trouble why it is not known; empty when it is
   */
  record Finding(int kept, String trouble) {
    static final Finding NONE = new Finding(-1, "not tried yet");

    boolean known() {
      return kept >= 0;
    }

    boolean loses() {
      return known() && kept < MESSAGES;
    }
  }

  /**
   * Nothing is done yet.
   *
   * @param login the gateway's own
   */
  BrokerProbe(BrokerClient.Login login, Function<BrokerClient.Login, BrokerClient> clients) {
    this.login = login;
    this.clients = clients;
    this.topic = "lm/v1/gateway/" + login.clientId().replaceAll("[#+/\\s]", "-") + "/probe";
  }

  /** Blocks for some seconds at most; disturbs no other topic. */
  Finding run() throws InterruptedException {
    String reader = login.clientId() + "-probe";
    String mark = Long.toHexString(System.nanoTime());
    List<BrokerClient> opened = new ArrayList<>();
    try {
      BrokerClient first =
          open(login.as(reader, 120), opened, new LinkedBlockingQueue<>()).client();
      int code = answer(first.subscribe(Map.of(topic, 1)));
      if (code >= BrokerClient.REFUSED) {
        return notAllowed(code);
      }
      first.disconnect();
      Opened writer = open(login.as(reader + "-writer", 0), opened, new LinkedBlockingQueue<>());
      code = publish(writer, mark);
      if (code >= BrokerClient.REFUSED) {
        return code == NOT_AUTHORIZED
            ? notAllowed(code)
            : new Finding(-1, "the broker refuses a burst of messages (MQTT " + code + ")");
      }
      return new Finding(count(reader, mark, opened), "");
    } catch (ExecutionException e) {
      return new Finding(-1, ConnectTrouble.words(e.getCause()));
    } catch (TimeoutException e) {
      return new Finding(-1, "no answer within " + ANSWER_SECONDS + " s");
    } finally {
      opened.forEach(BrokerClient::disconnect);
      opened.forEach(BrokerClient::close);
    }
  }

  private record Came(String text, int id, int qos) {}

  private record Opened(BrokerClient client, BrokerClient.Granted granted) {}

  private Opened open(
      BrokerClient.Login as, List<BrokerClient> opened, BlockingQueue<Came> arriving)
      throws ExecutionException, TimeoutException, InterruptedException {
    BrokerClient client = clients.apply(as);
    opened.add(client);
    BrokerClient.Granted granted =
        answer(
            client.connect(
                new BrokerClient.Events() {
                  @Override
                  public void arrived(
                      String at, byte[] payload, int id, int qos, boolean retained) {
                    arriving.add(new Came(new String(payload, StandardCharsets.UTF_8), id, qos));
                  }

                  @Override
                  public void lost(String why) {
                    // What is waited for then times out, or the count says what has come.
                  }
                }));
    return new Opened(client, granted);
  }

  /** The worst reason code; at most some messages at once, as for commands. */
  private int publish(Opened writer, String mark)
      throws ExecutionException, TimeoutException, InterruptedException {
    byte[] payload = mark.getBytes(StandardCharsets.UTF_8);
    int most = writer.granted().receiveMaximum();
    int window = Math.max(1, Math.min(AT_ONCE, most - most / 10 - 1));
    Deque<CompletionStage<Integer>> underWay = new ArrayDeque<>();
    int worst = 0;
    for (int n = 0; n < MESSAGES && worst < BrokerClient.REFUSED; n++) {
      if (underWay.size() >= window) {
        worst = Math.max(worst, answer(underWay.remove()));
      }
      underWay.add(writer.client().publish(topic, payload, 120));
    }
    while (!underWay.isEmpty()) {
      worst = Math.max(worst, answer(underWay.remove()));
    }
    return worst;
  }

  private int count(String reader, String mark, List<BrokerClient> opened)
      throws ExecutionException, TimeoutException, InterruptedException {
    BlockingQueue<Came> arriving = new LinkedBlockingQueue<>();
    BrokerClient again = open(login.as(reader, 1), opened, arriving).client();
    int kept = 0;
    while (kept < MESSAGES) {
      Came one = arriving.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
      if (one == null) {
        break;
      }
      kept += one.text().equals(mark) ? 1 : 0;
      again.acknowledge(one.id(), one.qos());
    }
    again.disconnect();
    // Without a session: whatever is left of ours at the broker goes.
    open(login.as(reader, 0), opened, new LinkedBlockingQueue<>()).client().disconnect();
    return kept;
  }

  private static Finding notAllowed(int code) {
    return new Finding(
        -1,
        "the access list does not let the gateway publish and read lm/v1/gateway/# (MQTT "
            + code
            + "), so nobody knows whether receipts get lost; see ops/mosquitto/lastmile.acl");
  }

  private static <T> T answer(CompletionStage<T> stage)
      throws ExecutionException, TimeoutException, InterruptedException {
    return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  /** What stands in the console: every setting that would lose receipts or hold commands up. */
  static Health.Part part(BrokerClient.Granted granted, Finding finding) {
    List<String> wrong = new ArrayList<>();
    if (finding.loses()) {
      wrong.add(
          ("the broker keeps only %d of %d receipts for a gateway that is away for a moment and"
                  + " drops the others without a word: set max_queued_messages 1000000 and"
                  + " max_queued_bytes 0 (Mosquitto), mqtt.max_mqueue_len (EMQX),"
                  + " queued-messages.max-queue-size (HiveMQ)")
              .formatted(finding.kept(), MESSAGES));
    }
    if (granted.receiveMaximum() < FEW_AT_ONCE) {
      wrong.add(
          ("the broker takes only %d commands at once, so that a warning to thousands is slow: set"
                  + " max_inflight_messages 1000 (Mosquitto), mqtt.max_inflight (EMQX),"
                  + " receive-maximum.server-receive-maximum (HiveMQ)")
              .formatted(granted.receiveMaximum()));
    }
    if (granted.maximumQos() < 1) {
      wrong.add("the broker grants QoS 0 only, with which commands and receipts get lost unseen");
    }
    if (granted.maximumPacket() < SMALL_PACKET) {
      wrong.add(
          "the broker takes %d bytes at most; a command may have 8192 and its wrapping: set max_packet_size 65536"
              .formatted(granted.maximumPacket()));
    }
    if (granted.sessionSeconds() < SHORT_SESSION) {
      wrong.add(
          "the broker forgets a gateway that is away for %d s, and its receipts: let sessions last a day"
              .formatted(granted.sessionSeconds()));
    }
    if (!granted.retains()) {
      wrong.add(
          "the broker retains nothing: after its restart or ours every loudspeaker is unknown until"
              + " it speaks");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("protocol", granted.protocol() == 5 ? "MQTT 5" : "MQTT 3.1.1");
    facts.put("receive maximum", Integer.toString(granted.receiveMaximum()));
    if (granted.keepAlive() > 0) {
      facts.put("keep-alive of the broker", granted.keepAlive() + " s");
    }
    facts.put(
        "receipts kept while away",
        finding.known() ? finding.kept() + " of " + MESSAGES : "not known: " + finding.trouble());
    return new Health.Part(
        "broker",
        wrong.isEmpty() ? Health.State.UP : Health.State.DEGRADED,
        String.join("; ", wrong),
        facts);
  }
}
