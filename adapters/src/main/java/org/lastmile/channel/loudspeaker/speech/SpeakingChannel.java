package org.lastmile.channel.loudspeaker.speech;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;
import org.lastmile.channel.Speech;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the loudspeakers and gives each the words, or the audio, that it can say. What is
 * said differently has a content id of its own, so that "same id, same content" stays true;
 * whatever goes wrong with audio, the command goes out with words after a short wait.
 */
public final class SpeakingChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(SpeakingChannel.class);
  private static final int REMEMBERED = 2_048;
  private static final int LONGEST_ID = 64;
  private static final int MOST_SUPERSEDED = 64;

  private final Channel loudspeakers;
  private final Function<String, Device> devices;
  private final Optional<Voices> voices;
  private final Map<Device, SpeakerProfile> profiles = new ConcurrentHashMap<>();
  private final AtomicInteger wordsInstead = new AtomicInteger();
  private volatile String trouble = "";

  private final Map<String, Content> said =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Content> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** What the ledger says of a device: 型号 and 播报方式. */
  public record Device(String model, String playMode) {
    public static final Device UNKNOWN = new Device("", "");
  }

  /**
   * Before those loudspeakers.
   *
   * @param devices the ledger, by device id; called for every message, must not block
   * @param voices makes audio; null = nothing does
   */
  public SpeakingChannel(Channel loudspeakers, Function<String, Device> devices, Voices voices) {
    this.loudspeakers = loudspeakers;
    this.devices = devices;
    this.voices = Optional.ofNullable(voices);
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    Device device = devices.apply(message.address());
    SpeakerProfile profile = profile(device);
    Content content = message.content();
    boolean audio = wantsAudio(profile, device);
    if (content.kind() == Content.Kind.STOP || content.text() == null || content.text().isEmpty()) {
      return loudspeakers.send(with(message, variant(content, profile, audio, null)));
    }
    Content words = words(content, profile, audio);
    if (!audio) {
      return loudspeakers.send(with(message, words));
    }
    if (voices.isEmpty() || voices.get().config().url().isEmpty()) {
      note(
          voices.isEmpty()
              ? "channels.loudspeaker.speech is not configured"
              : "no http.public-url");
      return loudspeakers.send(with(message, words));
    }
    return voices
        .get()
        .of(content, device.playMode(), true)
        .orTimeout(voices.get().config().patience().toMillis(), TimeUnit.MILLISECONDS)
        .handle((clip, failure) -> said(message, words, profile, clip, failure))
        .thenCompose(loudspeakers::send);
  }

  /**
   * A clip that can be made before it is needed.
   *
   * @param key the same for the same clip, 64 hex digits
   */
  public record Ahead(String key, Supplier<CompletableFuture<Clip>> clip) {}

  /** Whether a device of the ledger can't say words by itself. */
  public static boolean needsAudio(Device device) {
    return SpeakerProfile.of(device.model(), device.playMode()).audio();
  }

  /** Whether that device is given audio, and somewhere to fetch it. */
  public boolean givesAudio(String device) {
    Device its = devices.apply(device);
    return voices.filter(v -> !v.config().url().isEmpty()).isPresent()
        && wantsAudio(profile(its), its);
  }

  /**
   * What such a device plays for both of two contents that differ in all that only a warning can
   * tell; empty = not the same, so it can't be known before.
   */
  public Optional<Ahead> ahead(String device, Content one, Content other) {
    Device its = devices.apply(device);
    List<String> formats = profile(its).formats();
    return voices
        .flatMap(v -> v.ahead(one, other, its.playMode()))
        .map(
            ahead ->
                new Ahead(
                    ahead.key(), () -> ahead.clip().get().thenCompose(c -> played(c, formats))));
  }

  private static CompletableFuture<Clip> played(Clip clip, List<String> formats) {
    return formats.contains(clip.format())
        ? CompletableFuture.completedFuture(clip)
        : CompletableFuture.failedFuture(
            new IllegalArgumentException("it does not play " + clip.format()));
  }

  private Message said(
      Message message, Content words, SpeakerProfile profile, Clip clip, Throwable failure) {
    if (failure != null || !profile.formats().contains(clip.format())) {
      note(failure == null ? profile.name() + " does not play " + clip.format() : why(failure));
      return with(message, words);
    }
    trouble = "";
    Speech how = message.content().speech() == null ? Speech.PLAIN : message.content().speech();
    Speech speech =
        new Speech(
            how.repeats(),
            how.pause(),
            how.volume(),
            how.siren(),
            URI.create(voices.orElseThrow().url(clip)),
            clip.sha256());
    return with(message, variant(words, profile, true, speech));
  }

  private static String why(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause instanceof TimeoutException
        ? "a text was not rendered in time"
        : String.valueOf(cause.getMessage());
  }

  private void note(String why) {
    trouble = why;
    int count = wordsInstead.incrementAndGet();
    if (Integer.bitCount(count) == 1) {
      LOG.warn("a loudspeaker that needs audio gets words: {} ({} so far)", why, count);
    }
  }

  private SpeakerProfile profile(Device device) {
    if (profiles.size() > REMEMBERED) {
      profiles.clear();
    }
    return profiles.computeIfAbsent(device, d -> SpeakerProfile.of(d.model(), d.playMode()));
  }

  private boolean wantsAudio(SpeakerProfile profile, Device device) {
    return profile.audio() || voices.filter(v -> v.speaks(device.playMode())).isPresent();
  }

  /** The content in the words of that profile; put together once. */
  private Content words(Content content, SpeakerProfile profile, boolean audio) {
    String key = content.id() + "/" + profile.name() + "/" + audio;
    synchronized (said) {
      Content known = said.get(key);
      if (known != null) {
        return known;
      }
    }
    String text = text(content, profile);
    Content words =
        copy(
            content,
            profile.isGeneric() && !audio ? content.id() : id(content.id(), profile, 't'),
            text,
            content.speech(),
            superseded(content, profile, audio));
    synchronized (said) {
      said.put(key, words);
    }
    return words;
  }

  private static String text(Content content, SpeakerProfile profile) {
    Map<String, String> fields = content.fields();
    return new Shortened(profile)
        .cut(
            profile.words(content.text()),
            fields.getOrDefault(Field.PLACE, ""),
            fields.getOrDefault(Field.ACTION, ""),
            content.drill());
  }

  /**
   * The same with audio, or a STOP for that profile.
   *
   * @param content already in the profile's words when there is a speech
   */
  private static Content variant(
      Content content, SpeakerProfile profile, boolean audio, Speech speech) {
    if (speech != null) {
      return copy(
          content,
          content.id().replaceFirst("\\.t([0-9a-f]{4})$", ".a$1"),
          content.text(),
          speech,
          content.supersedes());
    }
    return profile.isGeneric() && !audio
        ? content
        : copy(
            content,
            id(content.id(), profile, 't'),
            content.text(),
            content.speech(),
            superseded(content, profile, audio));
  }

  /** A device may have heard what is superseded under any of the ids that it has for it. */
  private static List<String> superseded(Content content, SpeakerProfile profile, boolean audio) {
    if (profile.isGeneric() && !audio) {
      return content.supersedes();
    }
    List<String> all = new ArrayList<>(content.supersedes());
    content.supersedes().forEach(old -> all.add(id(old, profile, 't')));
    if (audio) {
      content.supersedes().forEach(old -> all.add(id(old, profile, 'a')));
    }
    return all.size() > MOST_SUPERSEDED ? all.subList(0, MOST_SUPERSEDED) : all;
  }

  /** Always the same for the same content, profile and way, and still an id. */
  static String id(String content, SpeakerProfile profile, char way) {
    String end = "." + way + "%04x".formatted(checksum(profile.name()) & 0xffff);
    if (content.length() + end.length() <= LONGEST_ID) {
      return content + end;
    }
    String whole = "%08x".formatted(checksum(content));
    return content.substring(0, LONGEST_ID - end.length() - whole.length()) + whole + end;
  }

  private static long checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  private static Content copy(
      Content content, String id, String text, Speech speech, List<String> supersedes) {
    return new Content(
        id,
        content.kind(),
        content.about(),
        text,
        content.fields(),
        speech,
        content.issued(),
        content.playBy(),
        content.priority(),
        content.drill(),
        content.targets(),
        supersedes);
  }

  private static Message with(Message message, Content content) {
    return new Message(
        message.attempt(), message.address(), content, message.fields(), message.marks());
  }

  @Override
  public void listen(Sink sink) {
    loudspeakers.listen(sink);
  }

  @Override
  public int room() {
    return loudspeakers.room();
  }

  @Override
  public Health check() {
    Health inner = loudspeakers.check();
    if (voices.isEmpty() && trouble.isEmpty()) {
      return inner;
    }
    Health.Part speech =
        voices
            .map(v -> v.health(trouble))
            .orElseGet(
                () ->
                    new Health.Part(
                        "speech",
                        Health.State.DEGRADED,
                        "loudspeakers that need audio get words: " + trouble,
                        Map.of()));
    List<Health.Part> parts = new ArrayList<>(inner.parts());
    parts.add(speech);
    if (inner.state() == Health.State.DOWN) {
      return new Health(Health.State.DOWN, inner.why(), parts);
    }
    Health.State state = inner.state() == Health.State.UP ? speech.state() : Health.State.DEGRADED;
    String why =
        speech.why().isEmpty()
            ? inner.why()
            : (inner.why().isEmpty() ? "" : inner.why() + "; ") + "speech: " + speech.why();
    return new Health(state, why, parts);
  }

  @Override
  public void close() {
    loudspeakers.close();
    voices.ifPresent(Voices::close);
  }
}
