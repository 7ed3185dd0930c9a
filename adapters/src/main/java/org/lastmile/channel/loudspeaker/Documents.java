package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;

/** The exact bytes of what is signed apart from commands: floors and trust lists. */
final class Documents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Documents() {}

  /** Schema {@code floor}. */
  static byte[] floor(
      String content,
      String device,
      String boot,
      long now,
      Sequence.Place floor,
      List<String> ended) {
    ObjectNode body = of("floor", content);
    body.put("device", device).put("boot", boot).put("now", now);
    body.put("epoch", floor.epoch()).put("seq", floor.seq());
    ArrayNode gone = body.putArray("ended");
    ended.forEach(gone::add);
    return bytes(body);
  }

  /** Schema {@code keys}. */
  static byte[] keys(String content, Edition edition, List<TrustedKey> keys) {
    ObjectNode body = of("keys", content);
    body.put("epoch", edition.epoch()).put("issued", edition.issued());
    list(body, keys);
    return bytes(body);
  }

  /** Schema {@code recovery}. */
  static byte[] recovery(String content, Edition edition, List<TrustedKey> keys, long seqFloor) {
    ObjectNode body = of("recovery", content);
    body.put("epoch", edition.epoch()).put("issued", edition.issued());
    list(body, keys);
    body.put("seqFloor", seqFloor);
    return bytes(body);
  }

  /** Schema {@code body}, of kind CONFIG, or of kind REPORT when there are no settings. */
  static byte[] instruction(
      String content, String device, DeviceSettings settings, Sequence.Place place, Span span) {
    ObjectNode body =
        instruction(settings == null ? "REPORT" : "CONFIG", content, device, 0, place, span);
    if (settings != null) {
      // Of two configurations the later one counts, in whatever order they arrive.
      body.put("about", "config");
      config(body.putObject("config"), settings);
    }
    return bytes(body);
  }

  /** Schema {@code body}, of kind TEST: a short tone. */
  static byte[] test(String content, String device, int volume, Sequence.Place place, Span span) {
    return bytes(instruction("TEST", content, device, volume, place, span));
  }

  private static ObjectNode instruction(
      String kind, String content, String device, int volume, Sequence.Place place, Span span) {
    ObjectNode body = of("command", content);
    body.put("kind", kind).put("about", "");
    body.put("epoch", place.epoch()).put("seq", place.seq()).put("priority", 9);
    body.put("issued", span.issued()).put("notAfter", span.notAfter()).put("drill", false);
    body.putArray("targets").add("device:" + device);
    body.putArray("supersedes");
    body.put("text", "");
    ObjectNode speech = body.putObject("speech");
    speech.put("repeats", 1).put("pauseMs", 0).put("volume", volume);
    speech.put("siren", "").put("audio", "").put("sha256", "");
    return body;
  }

  /** Schema {@code body}, of kind PRELOAD: a clip to fetch and keep. */
  static byte[] preload(
      String content, String device, URI audio, String sha256, Sequence.Place place, Span span) {
    ObjectNode body = of("command", content);
    body.put("kind", "PRELOAD").put("about", "");
    body.put("epoch", place.epoch()).put("seq", place.seq()).put("priority", 9);
    body.put("issued", span.issued()).put("notAfter", span.notAfter()).put("drill", false);
    body.putArray("targets").add("device:" + device);
    body.putArray("supersedes");
    body.put("text", "");
    ObjectNode speech = body.putObject("speech");
    speech.put("repeats", 1).put("pauseMs", 0).put("volume", 0);
    speech.put("siren", "").put("audio", audio.toString()).put("sha256", sha256);
    return bytes(body);
  }

  /** Unix seconds. */
  record Span(long issued, long notAfter) {}

  private static void config(ObjectNode config, DeviceSettings settings) {
    if (settings.volume() != null) {
      config.put("volume", settings.volume());
    }
    if (settings.heartbeat() != null) {
      config.put("heartbeat", settings.heartbeat().toSeconds());
    }
    if (settings.quietFrom() != null) {
      config.put("quietFrom", settings.quietFrom().toSecondOfDay() / 60);
      config.put("quietTo", settings.quietTo().toSecondOfDay() / 60);
    }
    if (settings.groups() != null) {
      ArrayNode groups = config.putArray("groups");
      settings.groups().forEach(groups::add);
    }
  }

  private static ObjectNode of(String type, String content) {
    return JSON.createObjectNode().put("v", 1).put("type", type).put("content", content);
  }

  private static void list(ObjectNode body, List<TrustedKey> keys) {
    ArrayNode list = body.putArray("keys");
    for (TrustedKey key : keys) {
      ObjectNode line = list.addObject();
      line.put("kid", key.key().kid()).put("alg", key.key().alg()).put("use", key.use());
      line.put("public", key.key().base64());
      if (key.notAfter() > 0) {
        line.put("notAfter", key.notAfter());
      }
    }
  }

  private static byte[] bytes(ObjectNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }
}
