package org.lastmile.simulators.wechat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Signatures and cipher of callbacks, from the platform's side. */
final class CallbackCrypto {
  private static final int BLOCK = 32;
  private static final int RANDOM = 16;

  private final byte[] key;
  private final String receiver;
  private final Random random;

  /**
   * @param encodingAesKey 43 characters
   * @param receiver app id or corp id behind the text
   */
  CallbackCrypto(String encodingAesKey, String receiver, Random random) {
    key = Base64.getDecoder().decode(encodingAesKey + "=");
    if (key.length != 32) {
      throw new IllegalArgumentException("the AES key is not 43 characters of base64");
    }
    this.receiver = receiver;
    this.random = random;
  }

  /** Lower-case SHA-1 over the sorted, joined parts. */
  static String signature(String... parts) {
    String joined = Stream.of(parts).sorted().collect(Collectors.joining());
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(sha1.digest(joined.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-1", e);
    }
  }

  /** Sixteen random octets, the length, the text, the receiver, padded to 32, AES-256-CBC. */
  String encrypt(String text) {
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    byte[] to = receiver.getBytes(StandardCharsets.UTF_8);
    int length = RANDOM + 4 + words.length + to.length;
    int padding = BLOCK - length % BLOCK;
    ByteBuffer plain = ByteBuffer.allocate(length + padding);
    byte[] salt = new byte[RANDOM];
    random.nextBytes(salt);
    plain.put(salt).putInt(words.length).put(words).put(to);
    while (plain.hasRemaining()) {
      plain.put((byte) padding);
    }
    return Base64.getEncoder().encodeToString(cipher(Cipher.ENCRYPT_MODE, plain.array()));
  }

  /** The text inside; refuses a wrong length, padding or receiver. */
  String decrypt(String encrypted) {
    byte[] plain = cipher(Cipher.DECRYPT_MODE, Base64.getDecoder().decode(encrypted));
    int padding = plain.length == 0 ? 0 : plain[plain.length - 1];
    if (padding < 1 || padding > BLOCK || padding > plain.length - RANDOM - 4) {
      throw new IllegalArgumentException("padding " + padding);
    }
    ByteBuffer buffer = ByteBuffer.wrap(plain, RANDOM, plain.length - RANDOM - padding);
    int length = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new IllegalArgumentException("length " + length);
    }
    byte[] words = new byte[length];
    buffer.get(words);
    byte[] to = new byte[buffer.remaining()];
    buffer.get(to);
    if (!receiver.equals(new String(to, StandardCharsets.UTF_8))) {
      throw new IllegalArgumentException("written for another receiver");
    }
    return new String(words, StandardCharsets.UTF_8);
  }

  private byte[] cipher(int mode, byte[] data) {
    try {
      Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
      IvParameterSpec start = new IvParameterSpec(Arrays.copyOf(key, 16));
      aes.init(mode, new SecretKeySpec(key, "AES"), start);
      return aes.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not decipherable: " + e.getMessage(), e);
    }
  }
}
