package org.lastmile.console;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Loudspeakers in whatever state a test puts them; remembers what they were told. */
final class TestSpeakers implements Speakers {
  static final Instant SINCE = Instant.parse("2026-07-01T02:00:00Z");

  final Map<String, Speaker> all = new ConcurrentSkipListMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile String refusal = "";
  volatile Report report;

  void put(String id, State state, String why, String whyZh) {
    Map<String, String> facts =
        state == State.NEVER_SEEN ? Map.of() : Map.of("volume", "70", "battery", "55");
    Instant seen = state == State.NEVER_SEEN ? null : SINCE.plusSeconds(60);
    all.put(id, new Speaker(id, true, state, why, whyZh, SINCE, seen, facts, null, null));
  }

  @Override
  public List<Speaker> all() {
    return List.copyOf(all.values());
  }

  @Override
  public Optional<Speaker> find(String id) {
    return Optional.ofNullable(all.get(id));
  }

  @Override
  public CompletionStage<Handed> test(String id, int volume) {
    return asked("test " + id + " " + volume);
  }

  @Override
  public CompletionStage<Handed> report(String id) {
    return asked("report " + id);
  }

  @Override
  public CompletionStage<Handed> configure(String id, Settings settings) {
    if (settings.quietFrom() != null && settings.quietTo() == null) {
      throw new IllegalArgumentException("quiet hours: give both ends or neither");
    }
    return asked("configure " + id + " " + settings);
  }

  @Override
  public Optional<Report> selfTest() {
    return Optional.ofNullable(report);
  }

  private CompletionStage<Handed> asked(String what) {
    asked.add(what);
    return CompletableFuture.completedFuture(new Handed("c-" + asked.size(), refusal));
  }
}
