package org.lastmile.channel.loudspeaker.speech;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sound for devices that can't speak, or that have a dialect of their own: texts read aloud,
 * recordings of the place, and both one after the other.
 */
public final class Voices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Voices.class);

  /** Between the Mandarin words and the dialect. */
  private static final int PAUSE_MS = 800;

  private static final Spoken ALOUD = new Spoken(true, true, false);

  private final LoudspeakerConfig.Rendering config;
  private final Clips clips;
  private final Narrator narrator;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "speech-sweep");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Recordings recordings = Recordings.none();
  private FileTime listed = FileTime.fromMillis(0);

  private Voices(LoudspeakerConfig.Rendering config, Clips clips, Narrator narrator) {
    this.config = config;
    this.clips = clips;
    this.narrator = narrator;
  }

  /** Opens the folder of clips. Throws naming it when it can't be used. */
  public static Voices open(
      LoudspeakerConfig.Rendering config, InstantSource clock, LongSupplier nanos)
      throws IOException {
    Clips clips = new Clips(config.folder(), config.most(), config.keep(), clock);
    Voices voices = new Voices(config, clips, new Narrator(config, clips, nanos));
    voices.look();
    var unused = voices.timer.scheduleWithFixedDelay(voices::sweep, 1, 1, TimeUnit.MINUTES);
    return voices;
  }

  /** What may be fetched. */
  public Clips clips() {
    return clips;
  }

  LoudspeakerConfig.Rendering config() {
    return config;
  }

  /** Where a device finds it. */
  public String url(Clip clip) {
    return config.url() + "/" + clip.name();
  }

  /** That text read aloud; fails with the reason. */
  public CompletableFuture<Clip> aloud(String text, boolean soon) {
    return narrator.say(ALOUD.say(text), soon);
  }

  /** What a device of that 播报方式 plays for that content; fails with the reason. */
  CompletableFuture<Clip> of(Content content, String playMode, boolean soon) {
    Optional<Recordings.Recording> recording = recordings.find(content, playMode);
    if (recording.isEmpty()) {
      return aloud(content.text(), soon);
    }
    Path file = recording.get().file();
    if (recording.get().instead() || config.format().equals("mp3")) {
      return recorded(file, soon);
    }
    return aloud(content.text(), soon)
        .thenCompose(mandarin -> both(mandarin, file, soon))
        .exceptionallyCompose(
            why -> {
              LOG.warn("the recording {} alone: {}", file.getFileName(), why.getMessage());
              return recorded(file, soon);
            });
  }

  /**
   * What a device of that 播报方式 plays for both contents, when that is one and the same clip; empty =
   * it is not.
   */
  Optional<SpeakingChannel.Ahead> ahead(Content one, Content other, String playMode) {
    Optional<Recordings.Recording> recording = recordings.find(one, playMode);
    if (!recording.equals(recordings.find(other, playMode))) {
      return Optional.empty();
    }
    boolean alone =
        recording.isPresent() && (recording.get().instead() || config.format().equals("mp3"));
    if (!alone && !one.text().equals(other.text())) {
      return Optional.empty();
    }
    String first = alone ? "recording" : narrator.key(ALOUD.say(one.text()));
    String key = recording.map(r -> key(first, r.file())).orElse(first);
    return Optional.of(new SpeakingChannel.Ahead(key, () -> of(one, playMode, false)));
  }

  private CompletableFuture<Clip> recorded(Path file, boolean soon) {
    return narrator.make(
        key("recording", file),
        out -> Files.copy(file, out, StandardCopyOption.REPLACE_EXISTING),
        soon);
  }

  private CompletableFuture<Clip> both(Clip mandarin, Path dialect, boolean soon) {
    return narrator.make(
        key(mandarin.sha256(), dialect),
        out -> Wav.read(mandarin.file()).then(PAUSE_MS, Wav.read(dialect)).write(out),
        soon);
  }

  /** A recording that was made anew under its old name is another one. */
  private static String key(String first, Path file) {
    try {
      return Clips.hash(
          List.of(
              first,
              file.toString(),
              Files.getLastModifiedTime(file).toString(),
              Long.toString(Files.size(file))));
    } catch (IOException e) {
      return Clips.hash(List.of(first, file.toString(), "gone"));
    }
  }

  /** Whether a device of that 播报方式 has recordings in its dialect. */
  boolean speaks(String playMode) {
    return recordings.speaks(playMode);
  }

  Recordings recordings() {
    return recordings;
  }

  private void sweep() {
    try {
      look();
      clips.sweep();
    } catch (RuntimeException e) {
      // A timer that throws is never run again.
      LOG.error("the clips were not looked through", e);
    }
  }

  /** Reads the list of recordings when it is new. */
  void look() {
    if (config.recordings() == null) {
      return;
    }
    try {
      FileTime now = Files.getLastModifiedTime(config.recordings().resolve(Recordings.LIST));
      if (now.equals(listed)) {
        return;
      }
      listed = now;
    } catch (IOException e) {
      LOG.debug("no list of recordings: {}", e.toString());
    }
    Recordings read = Recordings.in(config.recordings());
    read.problems().forEach(problem -> LOG.warn("recordings: {}", problem));
    recordings = read;
  }

  Health.Part health(String more) {
    List<String> why = new ArrayList<>();
    if (config.url().isEmpty()) {
      why.add("devices that need audio get words: set http.public-url, so that they can fetch it");
    }
    if (!narrator.trouble().isEmpty()) {
      why.add("audio is not rendered, words are sent instead: " + narrator.trouble());
    }
    if (why.isEmpty() && !more.isEmpty()) {
      why.add("words are sent instead of audio: " + more);
    }
    why.addAll(recordings.problems());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("clips", Integer.toString(clips.count()));
    facts.put("megabytes", Long.toString(clips.bytes() >> 20));
    facts.put("rendering", Integer.toString(narrator.waiting()));
    facts.put("not rendered", Integer.toString(narrator.failedSoFar()));
    facts.put("recordings", Integer.toString(recordings.lines().size()));
    return new Health.Part(
        "speech",
        why.isEmpty() ? Health.State.UP : Health.State.DEGRADED,
        String.join("; ", why),
        facts);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    narrator.close();
  }
}
