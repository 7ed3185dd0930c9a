package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Content;
import org.lastmile.channel.Speech;

/**
 * Writes contents as bodies to be signed, once per content: ten thousand loudspeakers that are told
 * the same share one. A content without targets is meant for its address alone and is written for
 * that. Blocks on the store now and then; one thread at a time.
 */
final class Signer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int REMEMBERED = 512;

  /** A content superseded by one that was signed by another process, which knows its end. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private final Sequence sequence;
  private boolean ended;

  /** Of what was ended last, until something is said about it again. */
  private String over = "";

  private final Map<String, Sheet> cache =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sheet> eldest) {
          return size() > REMEMBERED;
        }
      };

  private final Map<String, Content> contents =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Content> eldest) {
          return size() > REMEMBERED;
        }
      };

  Signer(Sequence sequence) {
    this.sequence = sequence;
  }

  /** Its signature comes, if it has none yet, with those of the same round. */
  Sheet write(Content content, String device) {
    String name = cacheKey(content, device);
    Sheet known = cache.get(name);
    if (known != null) {
      return known;
    }
    Sheet sheet = new Sheet(body(content, device, sequence.next(content.playBy())));
    cache.put(name, sheet);
    ends(content);
    contents.put(content.id(), content);
    return sheet;
  }

  /** What is signed from now on is signed anew: by another key, or in another epoch. */
  void forget() {
    cache.clear();
  }

  /** It gets a new place when it is signed next. */
  void forget(Content content, String device) {
    cache.remove(cacheKey(content, device));
  }

  /** Whether something ended since this was asked last. */
  boolean hasEnded() {
    boolean was = ended;
    ended = false;
    return was;
  }

  /** What this content ends must not sound again on a device that never heard of either. */
  private void ends(Content by) {
    Horizon horizon = sequence.horizon();
    ended |= by.kind() == Content.Kind.LIFT || !by.supersedes().isEmpty();
    for (String id : by.supersedes()) {
      Content known = contents.get(id);
      horizon.ended(id, known == null ? by.issued().plus(LONGEST) : known.playBy());
    }
    boolean all =
        by.kind() == Content.Kind.LIFT
            || (by.kind() == Content.Kind.STOP && by.supersedes().isEmpty());
    if (!all) {
      over = by.about() != null && by.about().equals(over) ? "" : over;
    } else if (by.about() != null && !by.about().isEmpty() && !by.about().equals(over)) {
      // Once: ten thousand devices are told of a lift one by one, in words that differ.
      over = by.about();
      contents
          .values()
          .removeIf(
              c -> {
                boolean ends = by.about().equals(c.about()) && c.kind() != by.kind();
                if (ends) {
                  horizon.ended(c.id(), c.playBy());
                }
                return ends;
              });
    }
  }

  /** A device reports the last place it has obeyed; true when that began a new epoch. */
  boolean seen(Sequence.Place place) {
    Optional<Sequence.Restored> before = sequence.restored();
    if (sequence.beyond(place)) {
      cache.clear();
    }
    return !before.equals(sequence.restored());
  }

  /** The exact bytes that are signed: schema {@code body}. */
  static byte[] body(Content content, String device, Sequence.Place place) {
    String text = content.text() == null ? "" : content.text();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 + 3 * text.length());
    try (JsonGenerator body = JSON.createGenerator(bytes)) {
      body.writeStartObject();
      body.writeNumberField("v", 1);
      body.writeStringField("type", "command");
      body.writeStringField("content", content.id());
      body.writeStringField("kind", content.kind().name());
      body.writeStringField("about", content.about() == null ? "" : content.about());
      body.writeNumberField("epoch", place.epoch());
      body.writeNumberField("seq", place.seq());
      body.writeNumberField("priority", content.priority());
      body.writeNumberField("issued", content.issued().getEpochSecond());
      body.writeNumberField("notAfter", content.playBy().getEpochSecond());
      body.writeBooleanField("drill", content.drill());
      List<String> targets = content.targets();
      list(body, "targets", targets.isEmpty() ? List.of("device:" + device) : targets);
      list(body, "supersedes", content.supersedes());
      body.writeStringField("text", content.kind() == Content.Kind.STOP ? "" : text);
      speech(body, content.speech() == null ? Speech.PLAIN : content.speech());
      body.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("texts and numbers did not become JSON", e);
    }
    return bytes.toByteArray();
  }

  private static void list(JsonGenerator body, String name, List<String> words) throws IOException {
    body.writeArrayFieldStart(name);
    for (String word : words) {
      body.writeString(word);
    }
    body.writeEndArray();
  }

  private static void speech(JsonGenerator body, Speech speech) throws IOException {
    body.writeObjectFieldStart("speech");
    body.writeNumberField("repeats", Math.min(1000, Math.max(1, speech.repeats())));
    body.writeNumberField("pauseMs", Math.min(3_600_000, Math.max(0, speech.pause().toMillis())));
    body.writeNumberField("volume", Math.min(100, Math.max(0, speech.volume())));
    body.writeStringField("siren", speech.siren() == null ? "" : speech.siren());
    body.writeStringField("audio", speech.audio() == null ? "" : speech.audio().toString());
    body.writeStringField("sha256", speech.sha256() == null ? "" : speech.sha256());
    body.writeEndObject();
  }

  private static String cacheKey(Content content, String device) {
    return content.targets().isEmpty() ? content.id() + "/" + device : content.id();
  }
}
