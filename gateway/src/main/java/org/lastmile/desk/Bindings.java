package org.lastmile.desk;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;

/**
 * Whose WeChat account is whose phone. An openid can't be found from a phone, so people tell us
 * themselves and prove it; they can take it back, and what they take back is forgotten. Beside them
 * the company's accounts, which the platform does tell by phone, and openids that were told to be
 * dead.
 */
final class Bindings {
  private final Shards shards;
  private final Shards deadShards;
  private final Shards wecomShards;
  private final Map<String, View.Binding> bound = new ConcurrentHashMap<>();
  private final Map<String, String> byPhone = new ConcurrentHashMap<>();
  private final Set<String> dead = ConcurrentHashMap.newKeySet();
  private final Map<String, String> wecom = new ConcurrentHashMap<>();

  Bindings(Memory memory) {
    this.shards = new Shards(memory, "bound");
    this.deadShards = new Shards(memory, "dead");
    this.wecomShards = new Shards(memory, "wecom");
  }

  /** Takes up what is kept; throws {@link Memory.Away} when the store can't be reached. */
  void load() {
    bound.clear();
    byPhone.clear();
    dead.clear();
    wecom.clear();
    shards.load().forEach((openid, line) -> index(read(openid, line)));
    dead.addAll(deadShards.load().keySet());
    wecom.putAll(wecomShards.load());
  }

  /**
   * Binds, in the place of what that account or that phone was bound to before: who has the phone
   * in their hands now is whom it reaches.
   */
  View.Binding bind(String openid, String phone, String village, String how, Instant now) {
    String key = phone(phone);
    String before = byPhone.get(key);
    if (before != null && !before.equals(openid)) {
      unbind(before);
    }
    View.Binding binding = new View.Binding(openid, key, line(village), now, how, true);
    keep(binding);
    alive(openid);
    return binding;
  }

  /** Forgets it; false when there was nothing. */
  boolean unbind(String openid) {
    View.Binding before = bound.get(openid);
    if (before == null) {
      return false;
    }
    shards.put(openid, null);
    bound.remove(openid);
    byPhone.remove(before.phone(), openid);
    return true;
  }

  /** The account does not follow, or does not exist: nothing is sent there any more. */
  void die(String openid) {
    unbind(openid);
    if (dead.add(openid)) {
      deadShards.put(openid, "");
    }
  }

  /** It follows. */
  void alive(String openid) {
    if (dead.remove(openid)) {
      deadShards.put(openid, null);
    }
  }

  /** The person takes, or refuses, messages beside those that need no consent. */
  void takes(String openid, boolean takes) {
    View.Binding b = bound.get(openid);
    if (b != null && b.takes() != takes) {
      keep(new View.Binding(openid, b.phone(), b.village(), b.since(), b.how(), takes));
    }
  }

  Optional<View.Binding> of(String openid) {
    return Optional.ofNullable(bound.get(openid));
  }

  /** Empty = none. */
  String openid(String phone) {
    return byPhone.getOrDefault(phone(phone), "");
  }

  boolean dead(String openid) {
    return dead.contains(openid);
  }

  /** Newest first. */
  List<View.Binding> all() {
    return bound.values().stream()
        .sorted(Comparator.comparing(View.Binding::since).reversed())
        .toList();
  }

  /** The company's account of a phone; empty = none is known. */
  String wecom(String phone) {
    return wecom.getOrDefault(phone(phone), "");
  }

  /** Phones that the company's platform says an account is of. */
  Set<String> phonesOf(String userid) {
    return wecom.entrySet().stream()
        .filter(e -> e.getValue().equalsIgnoreCase(userid))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** What the company's platform said of a phone; an empty userid = nobody. */
  void wecom(String phone, String userid) {
    String key = phone(phone);
    if (userid.equals(wecom(key))) {
      return;
    }
    if (userid.isEmpty()) {
      wecomShards.put(key, null);
      wecom.remove(key);
    } else {
      wecomShards.put(key, line(userid));
      wecom.put(key, line(userid));
    }
  }

  /** The company knows no such account: whoever had it is asked for again. */
  void nobodys(String userid) {
    phonesOf(userid).forEach(phone -> wecom(phone, ""));
  }

  private void keep(View.Binding binding) {
    shards.put(
        binding.openid(),
        String.join(
            "\t",
            binding.phone(),
            binding.village(),
            binding.since().toString(),
            binding.how(),
            Boolean.toString(binding.takes())));
    index(binding);
  }

  private void index(View.Binding binding) {
    View.Binding before = bound.put(binding.openid(), binding);
    if (before != null) {
      byPhone.remove(before.phone(), before.openid());
    }
    byPhone.put(binding.phone(), binding.openid());
  }

  private static View.Binding read(String openid, String line) {
    String[] f = line.split("\t", 5);
    return new View.Binding(
        openid, f[0], f[1], Instant.parse(f[2]), f[3], Boolean.parseBoolean(f[4]));
  }

  /** The same for every way of writing one number. */
  static String phone(String phone) {
    String digits = phone.replaceAll("[\\s()\\-]", "");
    return digits.startsWith("+86") ? digits.substring(3) : digits;
  }

  private static String line(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
