package org.lastmile.console;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where loudspeakers fetch audio. Public, for a device has no account: whoever knows the hash of a
 * clip may have it, and nothing else can be asked for. Slow links fetch in pieces (Range).
 */
public final class ClipPage {
  private static final Logger log = LoggerFactory.getLogger(ClipPage.class);
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
  private static final Map<String, String> TYPES = Map.of("wav", "audio/wav", "mp3", "audio/mpeg");

  /** At once, over all and from one address: a village may share one. */
  private static final int MOST = 512;

  private static final int MOST_FROM_ONE = 64;

  private final Function<String, Optional<Clip>> clips;
  private final AtomicInteger all = new AtomicInteger();
  private final Map<String, Integer> from = new ConcurrentHashMap<>();

  /** A file that may be fetched. */
  public record Clip(Path file, String sha256, String format, long size) {}

  /** Bytes {@code first} to {@code last}. */
  private record Part(long first, long last) {
    long length() {
      return last - first + 1;
    }
  }

  /**
   * For those clips.
   *
   * @param clips by the last part of the path, without waiting; empty for every name it does not
   *     know
   */
  public ClipPage(Function<String, Optional<Clip>> clips) {
    this.clips = clips;
  }

  /** Before the routes that are there already. */
  public void mount(Router router) {
    router.get("/audio/:name").order(-2).handler(this::answer);
    router.head("/audio/:name").order(-1).handler(this::answer);
  }

  private void answer(RoutingContext request) {
    HttpServerResponse response = request.response();
    response.putHeader("X-Content-Type-Options", "nosniff");
    Optional<Clip> found = clips.apply(request.pathParam("name"));
    if (found.isEmpty()) {
      response.setStatusCode(404).putHeader("Cache-Control", "no-store").end();
      return;
    }
    Clip clip = found.get();
    String tag = "\"" + clip.sha256() + "\"";
    response
        .putHeader("ETag", tag)
        .putHeader("Cache-Control", "public, max-age=31536000, immutable")
        .putHeader("Accept-Ranges", "bytes")
        .putHeader("Content-Type", TYPES.get(clip.format()));
    String known = request.request().getHeader("If-None-Match");
    if (known != null && (known.equals("*") || known.contains(tag))) {
      response.setStatusCode(304).end();
      return;
    }
    Part whole = new Part(0, clip.size() - 1);
    Optional<Part> part = part(request, tag, clip.size());
    if (part.isPresent() && part.get().length() <= 0) {
      response
          .setStatusCode(416)
          .putHeader("Content-Range", "bytes */" + clip.size())
          .putHeader("Cache-Control", "no-store")
          .end();
      return;
    }
    part.ifPresent(
        p ->
            response
                .setStatusCode(206)
                .putHeader(
                    "Content-Range", "bytes " + p.first() + "-" + p.last() + "/" + clip.size()));
    send(request, clip, part.orElse(whole));
  }

  /** What of it is asked for; empty = all of it, a part without length = what it does not have. */
  private static Optional<Part> part(RoutingContext request, String tag, long size) {
    String range = request.request().getHeader("Range");
    String when = request.request().getHeader("If-Range");
    if (range == null || (when != null && !when.equals(tag))) {
      return Optional.empty();
    }
    Matcher matcher = RANGE.matcher(range.strip());
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return Optional.empty(); // several parts, or not a range: the whole is a right answer
    }
    if (matcher.group(1).isEmpty()) {
      long last = Math.min(size, Long.parseLong(matcher.group(2)));
      return Optional.of(new Part(size - last, size - 1));
    }
    long first = Long.parseLong(matcher.group(1));
    long last = matcher.group(2).isEmpty() ? size - 1 : Long.parseLong(matcher.group(2));
    if (last < first && first < size) {
      return Optional.empty(); // the wrong way round is not a range
    }
    return Optional.of(new Part(first, Math.min(last, size - 1)));
  }

  private void send(RoutingContext request, Clip clip, Part part) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Length", Long.toString(part.length()));
    if (request.request().method().name().equals("HEAD")) {
      response.end();
      return;
    }
    String address = request.request().remoteAddress().hostAddress();
    if (!enter(address)) {
      response.headers().remove("Content-Length").remove("Content-Range").remove("ETag");
      response
          .setStatusCode(503)
          .putHeader("Cache-Control", "no-store")
          .putHeader("Retry-After", "3")
          .end();
      return;
    }
    request.addEndHandler(done -> leave(address));
    response
        .sendFile(clip.file().toString(), part.first(), part.length())
        .onFailure(
            e -> {
              log.debug("clip {} not sent to its end: {}", clip.sha256(), e.toString());
              if (!response.headWritten() && !response.closed()) {
                request.fail(e);
              }
            });
  }

  private boolean enter(String address) {
    int here = from.merge(address, 1, Integer::sum);
    if (all.incrementAndGet() <= MOST && here <= MOST_FROM_ONE) {
      return true;
    }
    leave(address);
    return false;
  }

  private void leave(String address) {
    all.decrementAndGet();
    from.computeIfPresent(address, (a, n) -> n <= 1 ? null : n - 1);
  }
}
