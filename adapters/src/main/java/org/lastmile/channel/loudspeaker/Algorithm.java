package org.lastmile.channel.loudspeaker;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.SM2Signer;

/** How a key signs. The key id decides it; nothing on the wire ever names one. */
enum Algorithm {
  /** RFC 8032, pure; keys are the raw 32 bytes, signatures 64. */
  ED25519("Ed25519", 32, "302a300506032b6570032100") {
    @Override
    byte[] publicOf(byte[] secret) {
      return new Ed25519PrivateKeyParameters(secret).generatePublicKey().getEncoded();
    }

    @Override
    UnaryOperator<byte[]> signer(byte[] secret) {
      Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(secret);
      return body -> {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(body, 0, body.length);
        return signer.generateSignature();
      };
    }

    @Override
    boolean verifies(byte[] open, byte[] body, byte[] signature) {
      Ed25519Signer signer = new Ed25519Signer();
      signer.init(false, new Ed25519PublicKeyParameters(open));
      signer.update(body, 0, body.length);
      return signature.length == 64 && signer.verifySignature(signature);
    }
  },

  /**
   * GB/T 32918 with SM3 and the standard's default user id; the public key is the uncompressed
   * point, the signature DER.
   */
  SM2("SM2", 65, "3059301306072a8648ce3d020106082a811ccf5501822d034200") {
    @Override
    byte[] publicOf(byte[] secret) {
      return Sm2.CURVE.getG().multiply(new BigInteger(1, secret)).normalize().getEncoded(false);
    }

    @Override
    UnaryOperator<byte[]> signer(byte[] secret) {
      ECPrivateKeyParameters key = new ECPrivateKeyParameters(new BigInteger(1, secret), Sm2.CURVE);
      return body -> {
        SM2Signer signer = new SM2Signer();
        signer.init(true, new ParametersWithID(key, Sm2.USER));
        signer.update(body, 0, body.length);
        try {
          return signer.generateSignature();
        } catch (CryptoException e) {
          throw new IllegalStateException("SM2 did not sign", e);
        }
      };
    }

    @Override
    boolean verifies(byte[] open, byte[] body, byte[] signature) {
      SM2Signer signer = new SM2Signer();
      signer.init(
          false,
          new ParametersWithID(
              new ECPublicKeyParameters(Sm2.CURVE.getCurve().decodePoint(open), Sm2.CURVE),
              Sm2.USER));
      signer.update(body, 0, body.length);
      return signer.verifySignature(signature);
    }
  };

  private static final int SECRET_BYTES = 32;

  private final String word;
  private final int publicBytes;
  private final String derHeader;

  Algorithm(String word, int publicBytes, String derHeader) {
    this.word = word;
    this.publicBytes = publicBytes;
    this.derHeader = derHeader;
  }

  /** Loaded with the first SM2 key only. */
  private static final class Sm2 {
    static final byte[] USER = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
    static final ECDomainParameters CURVE = curve();

    private Sm2() {}

    private static ECDomainParameters curve() {
      X9ECParameters x9 = GMNamedCurves.getByName("sm2p256v1");
      return new ECDomainParameters(x9.getCurve(), x9.getG(), x9.getN(), x9.getH());
    }
  }

  /** As the contract spells it. */
  String word() {
    return word;
  }

  static Optional<Algorithm> of(String word) {
    return Arrays.stream(values()).filter(a -> a.word.equals(word)).findFirst();
  }

  /** Header of the DER form that openssl reads, in hex, before the bytes of the public key. */
  String derHeader() {
    return derHeader;
  }

  boolean isPublic(byte[] key) {
    return key.length == publicBytes && (this != SM2 || key[0] == 4);
  }

  boolean isSecret(byte[] key) {
    if (key.length != SECRET_BYTES) {
      return false;
    }
    BigInteger d = new BigInteger(1, key);
    return this != SM2
        || (d.signum() > 0 && d.compareTo(Sm2.CURVE.getN().subtract(BigInteger.ONE)) < 0);
  }

  byte[] freshSecret(SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    do {
      random.nextBytes(secret);
    } while (!isSecret(secret));
    return secret;
  }

  abstract byte[] publicOf(byte[] secret);

  /** Signs from any thread. */
  abstract UnaryOperator<byte[]> signer(byte[] secret);

  abstract boolean verifies(byte[] open, byte[] body, byte[] signature);
}
