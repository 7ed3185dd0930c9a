package org.lastmile.channel.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access token of an account or application: fetched once for all threads and, through {@link
 * Memory}, once for all processes; where the platform has it so, renewed before it ends, and forced
 * only when the platform itself calls it invalid, within the platform's limits. With the store away
 * each process fetches for itself, which is harmless: both platforms give the same token again.
 */
final class AccessToken {
  /** The platform makes the next token 5 minutes before the end; asked earlier, it would not. */
  private static final Duration RENEW_BEFORE_END = Duration.ofMinutes(4);

  /** A token this close to its end is not used any more. */
  private static final Duration TOO_CLOSE = Duration.ofSeconds(2);

  /** Between two tries to renew a token that still works. */
  private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(30);

  /** A failed fetch is everybody's answer for that long, so that waiting threads don't queue up. */
  private static final Duration FAILURE_STANDS = Duration.ofSeconds(2);

  private static final Duration BETWEEN_FORCED = Duration.ofSeconds(30);
  private static final int FORCED_A_DAY = 20;
  private static final long POLL_MS = 50;
  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");
  private static final String TOKEN = "token";
  private static final String CLAIM = "token-claim";
  private static final String FORCED = "token-forced";
  private static final Logger log = LoggerFactory.getLogger(AccessToken.class);

  private final TokenSource source;
  private final Memory memory;
  private final Clock clock;
  private final Duration claimed;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Held held;
  private volatile Instant renewAt = Instant.MIN;
  private Failure failure;

  AccessToken(TokenSource source, WeChatConfig.Limits limits, Memory memory, Clock clock) {
    this.source = source;
    this.memory = memory;
    this.clock = clock;
    // Longer than the two calls that its holder may make.
    Duration call = limits.connect().plus(limits.answer());
    this.claimed = call.multipliedBy(2).plusSeconds(1);
  }

  private record Held(String token, Instant until) {}

  private record Failure(NoToken problem, Instant until) {}

  /** How many refreshes were forced on a day, and when the last: kept for all processes. */
  private record Forced(LocalDate day, int count, Instant last) {}

  /** Why there is no token now, as the outcome of a send. */
  static final class NoToken extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Outcome outcome;
    private final transient Code code;

    NoToken(Outcome outcome, Code code, String why) {
      super(why);
      this.outcome = outcome;
      this.code = code;
    }

    Outcome outcome() {
      return outcome;
    }

    /** The platform's code; OTHER when it never answered. */
    Code code() {
      return code;
    }
  }

  /** A token that works as far as anybody knows; blocks while it is being fetched. */
  String get() throws NoToken {
    Held now = held;
    if (usable(now, "")) {
      if (!clock.instant().isBefore(renewAt) && lock.tryLock()) {
        try {
          renewEarly();
        } finally {
          lock.unlock();
        }
        now = held;
      }
      return now.token();
    }
    return acquire("");
  }

  /** Another token than the one the platform refused. */
  String replace(String refused) throws NoToken {
    Held now = held;
    return usable(now, refused) ? now.token() : acquire(refused);
  }

  /**
   * Whether the platform answers at all, asked with what does no harm however often it arrives: the
   * question for the token, which stays the same. Empty = it answers; else why not. Blocks.
   */
  Optional<String> unanswered() {
    return source.ask(false) instanceof Wire.Answer.Missing missing
        ? Optional.of(missing.why())
        : Optional.empty();
  }

  /** The end of the token that is held, for the operator. */
  Optional<Instant> until() {
    return Optional.ofNullable(held).map(Held::until);
  }

  private void renewEarly() {
    Instant now = clock.instant();
    if (now.isBefore(renewAt)) {
      return;
    }
    renewAt = now.plus(BETWEEN_RENEWALS);
    try {
      Optional<Held> stored = stored("");
      if (stored.isPresent() && stored.get().until().isAfter(held.until())) {
        hold(stored.get());
      } else {
        String me = UUID.randomUUID().toString();
        if (memory.claim(CLAIM, me, claimed)) {
          try {
            keep(fetch(false));
          } finally {
            release(me);
          }
        }
      }
    } catch (NoToken | Memory.Away e) {
      log.warn("The token could not be renewed early; the old one is still used: {}", words(e));
    }
  }

  private String acquire(String refused) throws NoToken {
    lock.lock();
    try {
      if (usable(held, refused)) {
        return held.token();
      }
      if (failure != null && clock.instant().isBefore(failure.until())) {
        throw failure.problem();
      }
      try {
        hold(together(refused));
        failure = null;
        return held.token();
      } catch (NoToken e) {
        failure = new Failure(e, clock.instant().plus(FAILURE_STANDS));
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  /** One process fetches, the others wait for what it stores. */
  private Held together(String refused) throws NoToken {
    long giveUp = System.nanoTime() + claimed.toNanos();
    String me = UUID.randomUUID().toString();
    try {
      while (System.nanoTime() < giveUp) {
        Optional<Held> stored = stored(refused);
        if (stored.isPresent()) {
          return stored.get();
        }
        if (memory.claim(CLAIM, me, claimed)) {
          try {
            // Somebody may have stored one between the look and the claim.
            stored = stored(refused);
            return stored.isPresent() ? stored.get() : keep(fetchOther(refused));
          } finally {
            release(me);
          }
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
      log.warn("Another process has been fetching the token for too long; fetching it here");
    } catch (Memory.Away e) {
      log.warn("The store is away; the token is fetched for this process alone: {}", words(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw down("the channel was closed while it waited for a token");
    }
    return fetchOther(refused);
  }

  /** A claim that ended during a slow fetch may be another process's by now: then it stays. */
  private void release(String me) {
    try {
      if (memory.get(CLAIM).filter(me::equals).isPresent()) {
        memory.remove(CLAIM);
      }
    } catch (Memory.Away e) {
      log.warn("The claim on fetching the token stands until it ends by itself: {}", words(e));
    }
  }

  private Held fetchOther(String refused) throws NoToken {
    Held fetched = fetch(false);
    if (!fetched.token().equals(refused)) {
      return fetched;
    }
    if (!source.renews()) {
      throw down("the platform refuses the token that it gives");
    }
    // The platform gives back the very token that it refuses: only force helps.
    spendForced();
    return fetch(true);
  }

  private Held fetch(boolean force) throws NoToken {
    Instant asked = clock.instant();
    Wire.Answer answer = source.ask(force);
    if (answer instanceof Wire.Answer.Json json) {
      if (json.code() != 0) {
        throw refused(json);
      }
      JsonNode token = json.body().path("access_token");
      if (token.isTextual() && !token.textValue().isBlank()) {
        log.info("Got {} token for {}", force ? "a forced" : "the", source.owner());
        long seconds = json.body().path("expires_in").asLong(0);
        // One that can't be renewed early is asked for again only when it has ended for sure.
        Instant from = source.renews() ? asked : clock.instant();
        return new Held(token.textValue(), from.plusSeconds(seconds));
      }
      throw down("the platform's answer holds no token");
    }
    if (answer instanceof Wire.Answer.SlowDown slow) {
      String why = "no token: " + slow.why();
      throw new NoToken(new Outcome.Retry(slow.after(), why), ErrorCode.OTHER, why);
    }
    throw down("no token: " + ((Wire.Answer.Missing) answer).why());
  }

  private NoToken refused(Wire.Answer.Json json) {
    Code code = source.code(json.code());
    String why = "no token: " + json.code() + ": " + code.meaning();
    Outcome outcome =
        code.act() == Code.Act.REPEAT
            ? new Outcome.Retry(BETWEEN_RENEWALS, why)
            : new Outcome.LaneDown(why);
    return new NoToken(outcome, code, why);
  }

  private static NoToken down(String why) {
    return new NoToken(new Outcome.LaneDown(why), ErrorCode.OTHER, why);
  }

  /** Takes one forced refresh from the day's 20, or says why there is none. */
  private void spendForced() throws NoToken {
    Instant now = clock.instant();
    LocalDate today = LocalDate.ofInstant(now, BEIJING);
    Forced before;
    try {
      before =
          memory.get(FORCED).map(AccessToken::forced).orElse(new Forced(today, 0, Instant.MIN));
    } catch (Memory.Away e) {
      throw down("the token is refused, and with the store away none is forced");
    }
    int count = before.day().equals(today) ? before.count() : 0;
    if (count >= FORCED_A_DAY) {
      throw down(
          "the token is refused, and the day's "
              + FORCED_A_DAY
              + " forced refreshes are spent; is another program using this account's secret?");
    }
    if (before.last().isAfter(now.minus(BETWEEN_FORCED))) {
      throw down("the token is refused, and the last forced refresh was less than 30 s ago");
    }
    try {
      memory.put(FORCED, today + " " + (count + 1) + " " + now.toEpochMilli(), Duration.ofDays(2));
    } catch (Memory.Away e) {
      throw down("the token is refused, and with the store away none is forced");
    }
  }

  private static Forced forced(String text) {
    String[] parts = text.split(" ", -1);
    return new Forced(
        LocalDate.parse(parts[0]),
        Integer.parseInt(parts[1]),
        Instant.ofEpochMilli(Long.parseLong(parts[2])));
  }

  private Held keep(Held fetched) {
    hold(fetched);
    String text =
        Wire.JSON
            .createObjectNode()
            .put("token", fetched.token())
            .put("until", fetched.until().toEpochMilli())
            .toString();
    Duration left = Duration.between(clock.instant(), fetched.until());
    if (left.isNegative() || left.isZero()) {
      return fetched;
    }
    try {
      memory.put(TOKEN, text, left);
    } catch (Memory.Away e) {
      log.warn("The token could not be shared with other processes: {}", words(e));
    }
    return fetched;
  }

  private Optional<Held> stored(String refused) {
    return memory
        .get(TOKEN)
        .flatMap(
            text -> {
              try {
                JsonNode node = Wire.JSON.readTree(text);
                return Optional.of(
                    new Held(
                        node.path("token").asText(),
                        Instant.ofEpochMilli(node.path("until").asLong())));
              } catch (JsonProcessingException e) {
                log.warn("The stored token is unreadable and is fetched anew");
                return Optional.empty();
              }
            })
        .filter(stored -> usable(stored, refused));
  }

  private void hold(Held fresh) {
    held = fresh;
    Instant early = source.renews() ? fresh.until().minus(RENEW_BEFORE_END) : Instant.MAX;
    Instant soonest = clock.instant().plus(BETWEEN_RENEWALS);
    renewAt = early.isAfter(soonest) ? early : soonest;
  }

  private boolean usable(Held token, String refused) {
    return token != null
        && !token.token().equals(refused)
        && clock
            .instant()
            .isBefore(source.renews() ? token.until().minus(TOO_CLOSE) : token.until());
  }

  private static String words(Exception e) {
    return e.getMessage();
  }
}
