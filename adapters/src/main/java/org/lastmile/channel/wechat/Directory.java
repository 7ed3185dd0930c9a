package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.lastmile.channel.wechat.WeComChannel.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mobile number → userid. The platform blocks this question for a day when too many numbers are
 * unknown, so that answers are kept, misses too, and asking stops after some misses a day.
 */
final class Directory {
  private static final Duration KEEP_FOUND = Duration.ofDays(30);
  private static final Duration KEEP_MISS = Duration.ofDays(7);
  private static final Duration BLOCKED = Duration.ofHours(1);

  /**
   * The platform's own limit is a fifth of the corporation's people, whose number we don't know.
   */
  private static final int MOST_MISSES_A_DAY = 50;

  private static final String STOPPED = "mobile-stopped";
  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");
  private static final Logger log = LoggerFactory.getLogger(Directory.class);

  private final Calls calls;
  private final Memory memory;
  private final Clock clock;

  Directory(Calls calls, Memory memory, Clock clock) {
    this.calls = calls;
    this.memory = memory;
    this.clock = clock;
  }

  /** Blocks; call it from one thread, so that no number is asked for twice. */
  Lookup find(String mobile) {
    String number = mobile.replaceAll("[\\s()-]", "").replaceFirst("^(\\+|00)86", "");
    if (!number.matches("\\+?\\d{5,20}")) {
      return new Lookup.Nobody();
    }
    String key = "mobile/" + Attempts.hash(number);
    try {
      Optional<String> known = memory.get(key).filter(userid -> !gone(userid));
      if (known.isPresent()) {
        return known.get().isEmpty() ? new Lookup.Nobody() : new Lookup.Found(known.get());
      }
      Optional<String> stopped = memory.get(STOPPED);
      return stopped.isPresent() ? new Lookup.NotNow(stopped.get()) : ask(number, key);
    } catch (Memory.Away e) {
      return new Lookup.NotNow("the store is away: without it a miss would not be remembered");
    } catch (AccessToken.NoToken e) {
      return new Lookup.NotNow(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Lookup.NotNow("the channel was closed");
    }
  }

  /** The platform calls it dead: whoever was found under it is asked for again. */
  void forget(String userid) {
    try {
      memory.put(goneKey(userid), "", KEEP_FOUND);
    } catch (Memory.Away e) {
      // Said again when the next message to it is refused.
      log.warn("A dead userid stays in the directory: {}", e.getMessage());
    }
  }

  private boolean gone(String userid) {
    return !userid.isEmpty() && memory.get(goneKey(userid)).isPresent();
  }

  private static String goneKey(String userid) {
    return "gone/" + Attempts.hash(Task.key(userid));
  }

  private Lookup ask(String number, String key) throws AccessToken.NoToken, InterruptedException {
    ObjectNode ask = Wire.JSON.createObjectNode().put("mobile", number);
    Wire.Answer answer = calls.post("/cgi-bin/user/getuserid", ask);
    if (!(answer instanceof Wire.Answer.Json json)) {
      return new Lookup.NotNow("the platform could not be asked");
    }
    String userid = json.body().path("userid").asText("");
    if (json.code() == 0 && !userid.isEmpty()) {
      memory.put(key, userid, KEEP_FOUND);
      memory.remove(goneKey(userid));
      return new Lookup.Found(userid);
    }
    Code code = calls.code(json);
    String why = json.code() + ": " + code.meaning();
    return switch (code.act()) {
      case GIVE_UP_ADDRESS -> {
        memory.put(key, "", KEEP_MISS);
        countMiss();
        yield new Lookup.Nobody();
      }
      case WAIT_60_SECONDS -> {
        log.warn("No mobile numbers are looked up for an hour: {}", why);
        memory.put(STOPPED, why + " for mobile numbers; asked again after an hour", BLOCKED);
        yield new Lookup.NotNow(why);
      }
      default -> new Lookup.NotNow(why);
    };
  }

  private void countMiss() {
    String today = LocalDate.ofInstant(clock.instant(), BEIJING).toString();
    String[] before = memory.get("mobile-misses").orElse(today + " 0").split(" ", 2);
    int misses = before[0].equals(today) ? Integer.parseInt(before[1]) + 1 : 1;
    memory.put("mobile-misses", today + " " + misses, Duration.ofDays(2));
    if (misses >= MOST_MISSES_A_DAY) {
      Duration rest =
          Duration.between(
              clock.instant(),
              LocalDate.parse(today).plusDays(1).atStartOfDay(BEIJING).toInstant());
      log.warn("{} mobile numbers were unknown today: no more are looked up today", misses);
      memory.put(STOPPED, misses + " numbers were unknown today; asked again tomorrow", rest);
    }
  }
}
