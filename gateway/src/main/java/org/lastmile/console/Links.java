package org.lastmile.console;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.lastmile.channel.Memory;

/**
 * Links that only their reader has. The one to a warning is signed instead of stored, since there
 * are as many as messages; the one on which a WeChat account is bound must not show its openid, so
 * the store knows whose it is. All nodes of an office share one key.
 */
public final class Links implements org.lastmile.desk.Links {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SIGNED = 12; // bytes: 96 bits are never guessed
  private static final Duration BINDING = Duration.ofMinutes(15);

  private final Memory memory;
  private final SecureRandom random;
  private final String publicUrl;
  private final byte[] key;

  /**
   * Fetches the key, or makes it.
   *
   * @param publicUrl start of the links; empty = there are none
   * @throws Memory.Away when the store can't be reached
   */
  public Links(Memory memory, SecureRandom random, String publicUrl) {
    this.memory = memory;
    this.random = random;
    this.publicUrl = publicUrl.replaceAll("/+$", "");
    memory.claim("key", Secret.random(random), Memory.FOR_EVER);
    this.key = memory.get("key").orElseThrow().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String warning(String id) {
    return publicUrl.isEmpty() ? "" : publicUrl + "/w/" + id;
  }

  @Override
  public String warning(String id, int delivery) {
    return publicUrl.isEmpty() ? "" : publicUrl + "/w/" + id + "/" + token(id, delivery);
  }

  @Override
  public String binding(String openid) {
    if (publicUrl.isEmpty()) {
      return "";
    }
    String token = Secret.random(random);
    memory.put("binding/" + Secret.digest(token), openid, BINDING);
    return publicUrl + "/bind/" + token;
  }

  String token(String id, int delivery) {
    byte[] signed = Arrays.copyOf(sign(id + "/" + delivery), SIGNED);
    return delivery + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
  }

  /** Number of the delivery that the token was made for; empty = it is not one of ours. */
  OptionalInt delivery(String id, String token) {
    int dash = token.indexOf('-');
    if (dash < 1 || dash > 8 || !token.substring(0, dash).matches("\\d+")) {
      return OptionalInt.empty();
    }
    int delivery = Integer.parseInt(token.substring(0, dash));
    return Secret.same(token(id, delivery), token) ? OptionalInt.of(delivery) : OptionalInt.empty();
  }

  /** Whose account may be bound with that token; empty = nobody's, or too late. */
  Optional<String> openid(String token) {
    return memory.get("binding/" + Secret.digest(token));
  }

  /** That link has done its work. */
  void spend(String token) {
    memory.remove("binding/" + Secret.digest(token));
  }

  private byte[] sign(String words) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(words.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
