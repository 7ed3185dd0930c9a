package org.lastmile.channel.wechat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tencent's callback crypto: signatures, and AES-256-CBC whose IV is the first half of the key,
 * over {@code 16 random bytes ‖ length ‖ text ‖ receiver id}, padded to 32.
 */
final class CallbackCrypto {
  private static final int BLOCK = 32;
  private static final int RANDOM = 16;

  private final String receiver;
  private final List<byte[]> keys;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param receiver app id or corp id that every message must end with
   * @param aesKeys EncodingAESKeys, 43 characters each: the current one first; all are accepted
   */
  CallbackCrypto(String receiver, List<String> aesKeys) {
    this.receiver = receiver;
    this.keys = aesKeys.stream().map(key -> Base64.getDecoder().decode(key + "=")).toList();
  }

  /** A message that is not for us, or no message at all. */
  static final class NotOurs extends Exception {
    private static final long serialVersionUID = 1;

    NotOurs(String why) {
      super(why);
    }
  }

  /** Lower-case hex of SHA-1 over the sorted parts, as the platform signs. */
  static String signature(String... parts) {
    String joined = Stream.of(parts).sorted().collect(Collectors.joining());
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(sha1.digest(joined.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /** Compares in a time that does not depend on where the two differ. */
  static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** The text inside {@code encrypted} (base64), by the first key that fits. */
  byte[] decrypt(String encrypted) throws NotOurs {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(encrypted);
    } catch (IllegalArgumentException e) {
      throw new NotOurs("what should be encrypted is not base64");
    }
    NotOurs first = null;
    for (byte[] key : keys) {
      try {
        return open(key, bytes);
      } catch (NotOurs e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new NotOurs("there is no aes-key to open it") : first;
  }

  /** Encrypts with the current key; base64. */
  String encrypt(String text) {
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    byte[] id = receiver.getBytes(StandardCharsets.UTF_8);
    int length = RANDOM + Integer.BYTES + words.length + id.length;
    int padding = BLOCK - length % BLOCK;
    byte[] salt = new byte[RANDOM];
    random.nextBytes(salt);
    ByteBuffer plain = ByteBuffer.allocate(length + padding);
    plain.put(salt).putInt(words.length).put(words).put(id);
    Arrays.fill(plain.array(), length, length + padding, (byte) padding);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keys.get(0)).doFinal(plain.array());
      return Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES could not encrypt", e);
    }
  }

  private byte[] open(byte[] key, byte[] sealed) throws NotOurs {
    byte[] plain;
    try {
      plain = cipher(Cipher.DECRYPT_MODE, key).doFinal(sealed);
    } catch (GeneralSecurityException e) {
      throw new NotOurs("it can't be decrypted");
    }
    int padding = plain.length == 0 ? 0 : plain[plain.length - 1];
    int end = plain.length - padding;
    if (padding < 1 || padding > BLOCK || end < RANDOM + Integer.BYTES) {
      throw new NotOurs("it was encrypted with another aes-key");
    }
    int length = ByteBuffer.wrap(plain, RANDOM, Integer.BYTES).getInt();
    int start = RANDOM + Integer.BYTES;
    if (length < 0 || length > end - start) {
      throw new NotOurs("it was encrypted with another aes-key");
    }
    byte[] id = Arrays.copyOfRange(plain, start + length, end);
    if (!MessageDigest.isEqual(id, receiver.getBytes(StandardCharsets.UTF_8))) {
      throw new NotOurs("it is meant for another receiver id");
    }
    return Arrays.copyOfRange(plain, start, start + length);
  }

  private static Cipher cipher(int mode, byte[] key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(Arrays.copyOf(key, RANDOM)));
    return cipher;
  }
}
