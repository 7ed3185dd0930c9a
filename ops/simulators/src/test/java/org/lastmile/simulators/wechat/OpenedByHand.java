package org.lastmile.simulators.wechat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Opens a callback's cipher text step by step as the platform's documents tell it. */
final class OpenedByHand {
  private OpenedByHand() {}

  static String open(String encrypted, String aesKey, String receiver)
      throws GeneralSecurityException {
    byte[] key = Base64.getDecoder().decode(aesKey + "=");
    Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
    aes.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(key, "AES"),
        new IvParameterSpec(Arrays.copyOf(key, 16)));
    byte[] plain = aes.doFinal(Base64.getDecoder().decode(encrypted));
    int length = ByteBuffer.wrap(plain, 16, 4).getInt();
    int end = plain.length - plain[plain.length - 1];
    String to = new String(plain, 20 + length, end - 20 - length, StandardCharsets.UTF_8);
    if (!to.equals(receiver)) {
      throw new GeneralSecurityException("written for " + to);
    }
    return new String(plain, 20, length, StandardCharsets.UTF_8);
  }
}
