package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.lastmile.channel.Content;
import org.lastmile.channel.Speech;

/**
 * Turns contents into signed bodies, once per content: ten thousand loudspeakers cost one
 * signature. A content without targets is meant for its address alone and is signed for that.
 * Blocks on the store now and then; one thread at a time.
 */
final class Signer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REMEMBERED = 512;

  /** A content superseded by one that was signed by another process, which knows its end. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private final Supplier<SigningKey> key;
  private final Sequence sequence;
  private boolean ended;

  private final Map<String, Signed> cache =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Signed> eldest) {
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

  Signer(Supplier<SigningKey> key, Sequence sequence) {
    this.key = key;
    this.sequence = sequence;
  }

  /** A signed body, ready for any number of wrappers. Base64 where the wrapper has base64. */
  record Signed(String kid, String sig, String body) {

    static Signed by(SigningKey key, byte[] body) {
      Base64.Encoder base64 = Base64.getEncoder();
      return new Signed(
          key.kid(), base64.encodeToString(key.sign(body)), base64.encodeToString(body));
    }

    /** The bytes for the wire. */
    byte[] wrap(String delivery) {
      ObjectNode wrapper = JSON.createObjectNode();
      wrapper.put("v", 1).put("id", delivery).put("kid", kid).put("sig", sig).put("body", body);
      return bytes(wrapper);
    }
  }

  Signed sign(Content content, String device) {
    String name = cacheKey(content, device);
    Signed known = cache.get(name);
    if (known != null) {
      return known;
    }
    byte[] body = body(content, device, sequence.next(content.playBy()));
    Signed signed = Signed.by(key.get(), body);
    cache.put(name, signed);
    ends(content);
    contents.put(content.id(), content);
    return signed;
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
    if (all && by.about() != null && !by.about().isEmpty()) {
      // Each ends once: ten thousand devices are told of a lift one by one.
      contents
          .values()
          .removeIf(
              c -> {
                boolean ends = by.about().equals(c.about()) && !c.id().equals(by.id());
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
    Speech speech = content.speech() == null ? Speech.PLAIN : content.speech();
    boolean stop = content.kind() == Content.Kind.STOP;
    ObjectNode body = JSON.createObjectNode();
    body.put("v", 1).put("type", "command").put("content", content.id());
    body.put("kind", content.kind().name());
    body.put("about", content.about() == null ? "" : content.about());
    body.put("epoch", place.epoch()).put("seq", place.seq());
    body.put("priority", content.priority());
    body.put("issued", content.issued().getEpochSecond());
    body.put("notAfter", content.playBy().getEpochSecond());
    body.put("drill", content.drill());
    List<String> targets = content.targets();
    ArrayNode named = body.putArray("targets");
    (targets.isEmpty() ? List.of("device:" + device) : targets).forEach(named::add);
    ArrayNode superseded = body.putArray("supersedes");
    content.supersedes().forEach(superseded::add);
    body.put("text", stop || content.text() == null ? "" : content.text());
    ObjectNode spoken = body.putObject("speech");
    spoken.put("repeats", Math.min(1000, Math.max(1, speech.repeats())));
    spoken.put("pauseMs", Math.min(3_600_000, Math.max(0, speech.pause().toMillis())));
    spoken.put("volume", Math.min(100, Math.max(0, speech.volume())));
    spoken.put("siren", speech.siren() == null ? "" : speech.siren());
    spoken.put("audio", speech.audio() == null ? "" : speech.audio().toString());
    spoken.put("sha256", speech.sha256() == null ? "" : speech.sha256());
    return bytes(body);
  }

  private static String cacheKey(Content content, String device) {
    return content.targets().isEmpty() ? content.id() + "/" + device : content.id();
  }

  private static byte[] bytes(ObjectNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }
}
