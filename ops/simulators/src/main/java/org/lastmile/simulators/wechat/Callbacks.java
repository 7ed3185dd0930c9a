package org.lastmile.simulators.wechat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events and texts to the account's callback: signed, many at once, again after a while when
 * they are not taken. Used on the loop alone.
 */
final class Callbacks {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final int RETRIES = 3;
  private static final int AT_ONCE = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /** One callback on its way; {@code reply} gets the words of a passive answer. */
  private record Post(
      String openid, String xml, Consumer<String> reply, int tries, boolean forged) {
    Post again() {
      return new Post(openid, xml, reply, tries + 1, forged);
    }
  }

  private final AccountSettings settings;
  private final InstantSource clock;
  private final Loop loop;
  private final Random random;
  private final CallbackCrypto crypto;
  private final Deque<Post> queue = new ArrayDeque<>();
  private final List<Post> held = new ArrayList<>();
  private int underWay;
  private int twice;
  private int forge;
  private int hold;
  private long posted;
  private long taken;
  private long givenUp;

  Callbacks(AccountSettings settings, InstantSource clock, Loop loop, Random random) {
    this.settings = settings;
    this.clock = clock;
    this.loop = loop;
    this.random = random;
    crypto = new CallbackCrypto(settings.aesKey(), settings.appId(), random);
  }

  /** The next ones are posted twice. */
  void twice(int count) {
    twice = count;
  }

  /** The next ones carry a wrong signature and are not repeated. */
  void forge(int count) {
    forge = count;
  }

  /** The next ones wait for each other and then go out in reverse order. */
  void reverse(int count) {
    hold = count;
  }

  void post(String openid, String xml, Consumer<String> reply) {
    if (settings.callback() == null) {
      return;
    }
    Post post = new Post(openid, xml, reply, 0, forge > 0);
    forge = Math.max(0, forge - 1);
    if (hold > 0) {
      held.add(post);
      if (held.size() == hold) {
        Collections.reverse(held);
        queue.addAll(held);
        held.clear();
        hold = 0;
      }
    } else {
      queue.add(post);
      if (twice > 0) {
        twice--;
        queue.add(post);
      }
    }
    pump();
  }

  private void pump() {
    while (underWay < AT_ONCE && !queue.isEmpty()) {
      Post post = queue.remove();
      underWay++;
      posted++;
      var unused =
          HTTP.sendAsync(request(post), HttpResponse.BodyHandlers.ofString())
              .whenComplete((answer, problem) -> loop.run(() -> answered(post, answer, problem)));
    }
  }

  private HttpRequest request(Post post) {
    String body = body(post.xml());
    return HttpRequest.newBuilder(URI.create(settings.callback() + "?" + query(post, body)))
        .timeout(PATIENCE)
        .header("Content-Type", "text/xml")
        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
        .build();
  }

  private String body(String xml) {
    if (settings.mode() == AccountSettings.Mode.PLAIN) {
      return xml;
    }
    String encrypted = "<Encrypt><![CDATA[" + crypto.encrypt(xml) + "]]></Encrypt>";
    if (settings.mode() == AccountSettings.Mode.COMPATIBLE) {
      return xml.replace("</xml>", encrypted + "</xml>");
    }
    return "<xml><ToUserName><![CDATA["
        + settings.originalId()
        + "]]></ToUserName>"
        + encrypted
        + "</xml>";
  }

  private String query(Post post, String body) {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String nonce = Integer.toString(random.nextInt(1_000_000_000));
    String token = post.forged() ? "not-" + settings.callbackToken() : settings.callbackToken();
    String query =
        "signature="
            + CallbackCrypto.signature(token, timestamp, nonce)
            + "&timestamp="
            + timestamp
            + "&nonce="
            + nonce
            + "&openid="
            + post.openid();
    if (settings.mode() == AccountSettings.Mode.PLAIN) {
      return query;
    }
    String encrypted = Xml.text(body, "Encrypt");
    return query
        + "&encrypt_type=aes&msg_signature="
        + CallbackCrypto.signature(token, timestamp, nonce, encrypted);
  }

  private void answered(Post post, HttpResponse<String> answer, Throwable problem) {
    underWay--;
    if (problem == null && answer.statusCode() == 200) {
      taken++;
      reply(post, answer.body());
    } else if (post.forged() || post.tries() == RETRIES) {
      givenUp++;
      LOG.info("callback not taken: {}", problem == null ? answer.statusCode() : problem);
    } else {
      loop.after(
          settings.retryAfter(),
          () -> {
            queue.add(post.again());
            pump();
          });
    }
    pump();
  }

  private void reply(Post post, String body) {
    if (body.isEmpty() || body.equals("success")) {
      return;
    }
    String xml = body;
    if (settings.mode() == AccountSettings.Mode.ENCRYPTED) {
      String encrypted = Xml.text(body, "Encrypt");
      String wanted =
          CallbackCrypto.signature(
              settings.callbackToken(),
              Xml.text(body, "TimeStamp"),
              Xml.text(body, "Nonce"),
              encrypted);
      if (!wanted.equals(Xml.text(body, "MsgSignature"))) {
        throw new IllegalArgumentException("the passive answer is badly signed: " + body);
      }
      xml = crypto.decrypt(encrypted);
    }
    post.reply().accept(Xml.text(xml, "Content"));
  }

  /** Calls the callback's GET as WeChat does when its URL is entered. */
  boolean verify() {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String nonce = "nonce";
    String echo = Long.toString(9_000_000_000L + timestamp.hashCode());
    String signature = CallbackCrypto.signature(settings.callbackToken(), timestamp, nonce);
    URI uri =
        URI.create(
            settings.callback()
                + ("?signature=" + signature + "&timestamp=" + timestamp)
                + ("&nonce=" + nonce + "&echostr=" + echo));
    HttpResponse<String> answer =
        HTTP.sendAsync(
                HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString())
            .join();
    return answer.statusCode() == 200 && answer.body().equals(echo);
  }

  long posted() {
    return posted;
  }

  long taken() {
    return taken;
  }

  long givenUp() {
    return givenUp;
  }
}
