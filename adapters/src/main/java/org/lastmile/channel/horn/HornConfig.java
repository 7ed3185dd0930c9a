package org.lastmile.channel.horn;

import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a platform for horns is spoken to. Values stand in braces, see {@link Template}.
 *
 * @param url of the platform; values in it are escaped as parts of a URL
 * @param method {@code POST} or {@code PUT}
 * @param headers with their values, secrets among them
 * @param type content type of the body; it decides how values are escaped
 * @param body template of a message, {@code stop} of a STOP; empty = the platform can't stop
 * @param kinds the platform's words for ours, by {@code WARN}, {@code UPDATE}…; where one is
 *     missing ours is used
 * @param answer what its answer says
 * @param receipts how it tells what became of a message; null = it never does, and a message only
 *     counts as handed over
 * @param patience how long an answer may take
 * @param inFlight requests at once
 */
public record HornConfig(
    String url,
    String method,
    Map<String, String> headers,
    String type,
    String body,
    String stop,
    Map<String, String> kinds,
    Answer answer,
    Receipts receipts,
    Devices devices,
    Duration patience,
    int inFlight,
    ZoneId zone) {

  public HornConfig {
    headers = Map.copyOf(headers);
    kinds = Map.copyOf(kinds);
  }

  /**
   * What the platform's answer says.
   *
   * @param code JSON pointer to its own code in a 2xx answer; empty = the status says all
   * @param good values of it that mean taken
   * @param refused values that mean: never, for this device or text; all others are tried again
   * @param reference JSON pointer to the platform's own number, for people; empty = none
   */
  public record Answer(String code, Set<String> good, Set<String> refused, String reference) {
    public Answer {
      good = Set.copyOf(good);
      refused = Set.copyOf(refused);
    }
  }

  /**
   * What the platform calls back with, as JSON.
   *
   * @param token in the callback's path; whoever knows it is believed
   * @param id JSON pointer to the {@code {id}} that we gave
   * @param outcome JSON pointer to what became of it
   * @param played values of it that mean played to the end; likewise the others
   */
  public record Receipts(
      String token,
      String id,
      String outcome,
      Set<String> received,
      Set<String> playing,
      Set<String> played,
      Set<String> failed) {
    public Receipts {
      received = Set.copyOf(received);
      playing = Set.copyOf(playing);
      played = Set.copyOf(played);
      failed = Set.copyOf(failed);
    }

    /** The token is a secret. */
    @Override
    public String toString() {
      return "Receipts[" + id + ", " + outcome + "]";
    }
  }

  /**
   * Which devices of the ledger the platform has; one match is enough.
   *
   * @param prefixes beginnings of device ids
   * @param words that the ledger's 型号 or 播报方式 contains
   */
  public record Devices(List<String> prefixes, List<String> words) {
    public Devices {
      prefixes = List.copyOf(prefixes);
      words = List.copyOf(words);
    }

    /** Whether a device is one of them. */
    public boolean has(String id, String model, String playMode) {
      return prefixes.stream().anyMatch(id::startsWith)
          || words.stream().anyMatch(w -> model.contains(w) || playMode.contains(w));
    }
  }

  /** What is wrong, by key. */
  public Map<String, String> problems() {
    Map<String, String> problems = new LinkedHashMap<>();
    if (!url.matches("https?://[^/]+(?:/.*)?")) {
      problems.put("url", "is missing, or no http:// or https:// address");
    }
    if (!List.of("POST", "PUT").contains(method)) {
      problems.put("method", "'" + method + "' is neither POST nor PUT");
    }
    if (body.isBlank()) {
      problems.put("body", "is missing");
    }
    Template.Escape escape = Template.Escape.forType(type);
    Map.of("body", body, "stop", stop)
        .forEach(
            (key, template) -> {
              List<String> its =
                  template.isBlank() ? List.of() : Template.problems(template, escape);
              if (!its.isEmpty()) {
                problems.put(key, String.join("; ", its));
              }
            });
    List.of(answer.code(), answer.reference()).stream()
        .filter(pointer -> !pointer.isEmpty() && !pointer.startsWith("/"))
        .forEach(p -> problems.put("answer", "'" + p + "' is no JSON pointer such as /code"));
    if (receipts != null && receipts.token().length() < 16) {
      problems.put("receipts.token", "has less than 16 characters: it is all that protects them");
    }
    if (receipts != null && !(receipts.id() + receipts.outcome()).matches("/.+/.+")) {
      problems.put("receipts", "id and outcome are not both JSON pointers such as /id");
    }
    return problems;
  }

  /** Where it is, without what may be secret. */
  String where() {
    try {
      URI uri = URI.create(url.replaceAll("[{][^}]*[}]", "x").replaceAll("[?].*", ""));
      return uri.getScheme()
          + "://"
          + uri.getHost()
          + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    } catch (IllegalArgumentException e) {
      return "the platform"; // said by the configuration's check
    }
  }

  /** Headers and URL may carry secrets. */
  @Override
  public String toString() {
    return "HornConfig[" + where() + "]";
  }
}
