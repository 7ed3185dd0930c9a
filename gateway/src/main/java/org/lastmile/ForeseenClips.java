package org.lastmile;

import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.lastmile.channel.loudspeaker.Preloads;
import org.lastmile.channel.loudspeaker.speech.Clip;
import org.lastmile.channel.loudspeaker.speech.SpeakingChannel;
import org.lastmile.channel.loudspeaker.speech.Voices;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Foresight;
import org.lastmile.warning.Wording;

/**
 * The clips that each loudspeaker will play in a storm, as far as the registry and the office's own
 * texts tell them before. Asked by one thread.
 */
final class ForeseenClips implements Preloads.Library {
  /** A device keeps 16 clips or more: some room is left for what only a storm brings. */
  private static final int MOST = 12;

  private final SpeakingChannel speaking;
  private final Voices voices;
  private final Supplier<Registry> registry;
  private final Supplier<Wording> wording;
  private Registry seen;
  private Foresight foresight;

  ForeseenClips(
      SpeakingChannel speaking,
      Voices voices,
      Supplier<Registry> registry,
      Supplier<Wording> wording) {
    this.speaking = speaking;
    this.voices = voices;
    this.registry = registry;
    this.wording = wording;
  }

  @Override
  public List<Preloads.Wish> of(String device) {
    if (!speaking.givesAudio(device)) {
      return List.of();
    }
    Map<String, SpeakingChannel.Ahead> ahead = new LinkedHashMap<>();
    for (Foresight.Pair pair : foresight().of(device)) {
      speaking
          .ahead(device, pair.one(), pair.other())
          .ifPresent(clip -> ahead.putIfAbsent(clip.key(), clip));
    }
    return ahead.values().stream()
        .limit(MOST)
        .map(clip -> new Preloads.Wish(clip.key(), () -> clip.clip().get().thenApply(this::piece)))
        .toList();
  }

  private Preloads.Piece piece(Clip clip) {
    return new Preloads.Piece(URI.create(voices.url(clip)), clip.sha256());
  }

  private Foresight foresight() {
    Registry now = registry.get();
    if (now != seen) {
      Set<String> areas = new HashSet<>();
      now.points().forEach(point -> areas.add(point.areaCode()));
      now.loudspeakers().forEach(speaker -> areas.add(speaker.areaCode()));
      now.areas().forEach(area -> areas.add(area.code()));
      foresight = new Foresight(now::threatened, areas, wording.get());
      seen = now;
    }
    return foresight;
  }
}
