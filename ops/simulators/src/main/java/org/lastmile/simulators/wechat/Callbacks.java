package org.lastmile.simulators.wechat;

import java.net.URI;
import java.net.URLEncoder;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;
import org.lastmile.simulators.wechat.AccountSettings.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events and texts to a callback: signed, many at once, again after a while when they are not
 * taken. Used on the loop alone.
 */
final class Callbacks {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final int RETRIES = 3;
  private static final int AT_ONCE = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /** What is wrong with a callback; such a one is not repeated. */
  private enum Flaw {
    NONE,
    /** The signature is made with another token. */
    FORGED,
    /** Rightly signed, but the cipher names another receiver. */
    FOREIGN
  }

  /** One callback on its way; {@code reply} gets the plain XML of a passive answer. */
  private record Post(String from, String xml, Consumer<String> reply, int tries, Flaw flaw) {
    Post again() {
      return new Post(from, xml, reply, tries + 1, flaw);
    }
  }

  private final InstantSource clock;
  private final Loop loop;
  private final Random random;
  private final Deque<Post> queue = new ArrayDeque<>();
  private final List<Post> held = new ArrayList<>();
  private volatile CallbackAddress address;
  private volatile CallbackCrypto crypto;
  private CallbackCrypto foreign;
  private HttpRequest last;
  private int underWay;
  private int twice;
  private int forged;
  private int strange;
  private int hold;
  private long posted;
  private long taken;
  private long givenUp;
  private long badAnswers;

  Callbacks(CallbackAddress address, InstantSource clock, Loop loop, Random random) {
    this.clock = clock;
    this.loop = loop;
    this.random = random;
    goTo(address);
  }

  /** From now on they go there, with its keys. */
  void goTo(CallbackAddress there) {
    address = there;
    crypto = new CallbackCrypto(there.aesKey(), there.receiver(), random);
    foreign = new CallbackCrypto(there.aesKey(), "not-" + there.receiver(), random);
  }

  CallbackAddress address() {
    return address;
  }

  /** The next ones are posted twice. */
  void twice(int count) {
    twice = count;
  }

  /** The next ones carry a wrong signature and are not repeated. */
  void forge(int count) {
    forged = count;
  }

  /** The next ones are meant for another receiver and are not repeated. */
  void foreign(int count) {
    strange = count;
  }

  /** The next ones wait for each other and then go out in reverse order. */
  void reverse(int count) {
    release();
    hold = count;
    pump();
  }

  private void release() {
    Collections.reverse(held);
    queue.addAll(held);
    held.clear();
    hold = 0;
  }

  /** The last request once more, octet by octet, as somebody who listened would send it. */
  void replay() {
    if (last == null) {
      throw new IllegalStateException("no callback was posted yet: there is nothing to replay");
    }
    posted++;
    var unused = HTTP.sendAsync(last, HttpResponse.BodyHandlers.discarding());
  }

  void post(String from, String xml, Consumer<String> reply) {
    if (address.url() == null) {
      return;
    }
    Post post = new Post(from, xml, once(reply), 0, flaw());
    if (hold > 0) {
      held.add(post);
      if (held.size() == hold) {
        release();
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

  /** However often something was brought, the person sees one answer to it. */
  private static Consumer<String> once(Consumer<String> reply) {
    AtomicBoolean seen = new AtomicBoolean();
    return xml -> {
      if (seen.compareAndSet(false, true)) {
        reply.accept(xml);
      }
    };
  }

  private Flaw flaw() {
    if (forged > 0) {
      forged--;
      return Flaw.FORGED;
    }
    if (strange > 0) {
      strange--;
      return Flaw.FOREIGN;
    }
    return Flaw.NONE;
  }

  private void pump() {
    while (underWay < AT_ONCE && !queue.isEmpty()) {
      Post post = queue.remove();
      underWay++;
      posted++;
      last = request(post);
      var unused =
          HTTP.sendAsync(last, HttpResponse.BodyHandlers.ofString())
              .whenComplete((answer, problem) -> loop.run(() -> answered(post, answer, problem)));
    }
  }

  private HttpRequest request(Post post) {
    String encrypted =
        address.mode() == Mode.PLAIN
            ? ""
            : (post.flaw() == Flaw.FOREIGN ? foreign : crypto).encrypt(post.xml());
    return HttpRequest.newBuilder(URI.create(address.url() + "?" + query(post, encrypted)))
        .timeout(PATIENCE)
        .header("Content-Type", "text/xml")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                body(post.xml(), encrypted), StandardCharsets.UTF_8))
        .build();
  }

  private String body(String xml, String encrypted) {
    String sealed = Xml.element("Encrypt", encrypted);
    return switch (address.mode()) {
      case PLAIN -> xml;
      case COMPATIBLE -> xml.replace("</xml>", sealed + "</xml>");
      case ENCRYPTED ->
          "<xml>"
              + Xml.element("ToUserName", address.addressedTo())
              + sealed
              + (address.isWeCom() ? Xml.element("AgentID", address.agentId()) : "")
              + "</xml>";
    };
  }

  private String query(Post post, String encrypted) {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String nonce = Integer.toString(random.nextInt(1_000_000_000));
    String token = post.flaw() == Flaw.FORGED ? "not-" + address.token() : address.token();
    String times = "timestamp=" + timestamp + "&nonce=" + nonce;
    String sealed =
        encrypted.isEmpty()
            ? ""
            : "&msg_signature=" + CallbackCrypto.signature(token, timestamp, nonce, encrypted);
    if (address.isWeCom()) {
      return times + sealed;
    }
    String openid = URLEncoder.encode(post.from(), StandardCharsets.UTF_8);
    String signature = CallbackCrypto.signature(token, timestamp, nonce);
    String plain = "signature=" + signature + "&" + times + "&openid=" + openid;
    return sealed.isEmpty() ? plain : plain + "&encrypt_type=aes" + sealed;
  }

  private void answered(Post post, HttpResponse<String> answer, Throwable problem) {
    underWay--;
    if (problem == null && answer.statusCode() == 200) {
      taken++;
      answer(post, answer.body());
    } else if (post.flaw() != Flaw.NONE || post.tries() == RETRIES) {
      givenUp++;
      LOG.info("callback not taken: {}", problem == null ? answer.statusCode() : problem);
    } else {
      loop.after(
          address.retryAfter(),
          () -> {
            queue.add(post.again());
            pump();
          });
    }
    pump();
  }

  private void answer(Post post, String body) {
    if (body.isEmpty() || body.equals("success")) {
      return;
    }
    try {
      boolean sealed = address.mode() == Mode.ENCRYPTED || body.contains("<Encrypt>");
      post.reply().accept(sealed ? open(body) : body);
    } catch (IllegalArgumentException e) {
      // The platform shows the person nothing then; here it is counted and told.
      badAnswers++;
      LOG.warn("a passive answer can't be read: {}", e.getMessage());
    }
  }

  private String open(String body) {
    String encrypted = Xml.text(body, "Encrypt");
    String wanted =
        CallbackCrypto.signature(
            address.token(), Xml.text(body, "TimeStamp"), Xml.text(body, "Nonce"), encrypted);
    if (!wanted.equals(Xml.text(body, "MsgSignature"))) {
      throw new IllegalArgumentException("it is badly signed");
    }
    return crypto.decrypt(encrypted);
  }

  /**
   * Calls the callback's GET as the platform does when its URL is entered; true when it answers
   * well and in time. From any thread.
   */
  boolean verify() {
    CallbackAddress to = address;
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String nonce = "nonce";
    String echo = Long.toString(9_000_000_000L + timestamp.hashCode());
    String sent = to.isWeCom() ? crypto.encrypt(echo) : echo;
    String signature =
        to.isWeCom()
            ? "msg_signature=" + CallbackCrypto.signature(to.token(), timestamp, nonce, sent)
            : "signature=" + CallbackCrypto.signature(to.token(), timestamp, nonce);
    URI uri =
        URI.create(
            to.url()
                + ("?" + signature + "&timestamp=" + timestamp + "&nonce=" + nonce)
                + ("&echostr=" + URLEncoder.encode(sent, StandardCharsets.UTF_8)));
    try {
      HttpResponse<String> answer =
          HTTP.sendAsync(
                  HttpRequest.newBuilder(uri).timeout(to.verifyWithin()).build(),
                  HttpResponse.BodyHandlers.ofString())
              .join();
      return answer.statusCode() == 200 && answer.body().equals(echo);
    } catch (CompletionException e) {
      LOG.info("the callback's URL does not answer: {}", e.getCause().toString());
      return false;
    }
  }

  CallbackStatistics statistics() {
    return new CallbackStatistics(posted, taken, givenUp, badAnswers);
  }
}
