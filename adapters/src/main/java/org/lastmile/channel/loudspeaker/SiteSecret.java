package org.lastmile.channel.loudspeaker;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.lastmile.channel.Memory;

/**
 * One secret per site, from which each device's password and the proof inside each delivery id are
 * derived, so that neither needs a table.
 */
final class SiteSecret implements DeviceAuth {
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
  private static final int TAG_BYTES = 12;
  private static final int TAG_CHARS = 16;

  /** Never used itself: every receipt takes a copy, which costs less than to look it up anew. */
  private final Mac mac;

  SiteSecret(byte[] secret) {
    if (secret.length < 16) {
      throw new IllegalArgumentException(
          "the site secret has " + secret.length + " bytes; it needs at least 16");
    }
    this.mac = keyed(secret);
  }

  /** The one kept in memory; made at the first start. Blocks. */
  static SiteSecret keptIn(Memory memory) {
    byte[] fresh = new byte[32];
    new SecureRandom().nextBytes(fresh);
    memory.claim("site-secret", TEXT.encodeToString(fresh), Memory.FOR_EVER);
    return new SiteSecret(Base64.getUrlDecoder().decode(memory.get("site-secret").orElseThrow()));
  }

  /** HMAC-SHA256 over the device id, base64url without padding. */
  String password(String device) {
    return TEXT.encodeToString(mac("device-password", device));
  }

  @Override
  public boolean admits(String device, String password) {
    return DeviceAuth.same(password(device), password);
  }

  /** The id that goes to the wire: the attempt, a dot, and a proof that we sent it there. */
  String delivery(String attempt, String device, String content) {
    return attempt + "." + tag(attempt, device, content);
  }

  /** The attempt inside a delivery id, if we made that id for that device and content. */
  Optional<String> attempt(String delivery, String device, String content) {
    int dot = delivery.length() - TAG_CHARS - 1;
    if (dot < 1 || delivery.charAt(dot) != '.') {
      return Optional.empty();
    }
    String attempt = delivery.substring(0, dot);
    byte[] given = delivery.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    byte[] right = tag(attempt, device, content).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(right, given) ? Optional.of(attempt) : Optional.empty();
  }

  /**
   * Id of what keeps a device in order and no desk has asked for; never mistaken for an attempt.
   */
  String upkeep(String kind, String device, String content) {
    return kind + "." + upkeepTag(kind, device, content);
  }

  /** Which kind it was, if we made that id for that device and content. */
  Optional<String> upkeepKind(String delivery, String device, String content) {
    int dot = delivery.length() - TAG_CHARS - 1;
    if (dot < 1 || delivery.charAt(dot) != '.') {
      return Optional.empty();
    }
    String kind = delivery.substring(0, dot);
    byte[] given = delivery.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    byte[] right = upkeepTag(kind, device, content).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(right, given) ? Optional.of(kind) : Optional.empty();
  }

  private String upkeepTag(String kind, String device, String content) {
    return TEXT.encodeToString(
        Arrays.copyOf(mac("upkeep", kind + "\n" + device + "\n" + content), TAG_BYTES));
  }

  private String tag(String attempt, String device, String content) {
    return TEXT.encodeToString(
        Arrays.copyOf(mac("delivery", attempt + "\n" + device + "\n" + content), TAG_BYTES));
  }

  private byte[] mac(String purpose, String what) {
    try {
      Mac copy = (Mac) mac.clone();
      return copy.doFinal((purpose + "\n" + what).getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java runtime can't copy its HmacSHA256", e);
    }
  }

  private static Mac keyed(byte[] secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no HmacSHA256", e);
    }
  }
}
