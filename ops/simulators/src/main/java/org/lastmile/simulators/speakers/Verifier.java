package org.lastmile.simulators.speakers;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Whether a signature is right, by the algorithm of the key and nothing that came with it. */
final class Verifier {
  private static final byte[] SM2_HEADER =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a811ccf5501822d034200");
  private static final int ED25519_SIGNATURE = 64;

  private final Provider sm2 = new BouncyCastleProvider();

  boolean isRight(TrustList.Key key, byte[] signed, byte[] signature) {
    byte[] open = Base64.getDecoder().decode(key.open());
    return key.alg().equals("SM2")
        ? isSm2(open, signed, signature)
        : isEd25519(open, signed, signature);
  }

  private static boolean isEd25519(byte[] open, byte[] signed, byte[] signature) {
    Ed25519Signer ed25519 = new Ed25519Signer();
    ed25519.init(false, new Ed25519PublicKeyParameters(open));
    ed25519.update(signed, 0, signed.length);
    return signature.length == ED25519_SIGNATURE && ed25519.verifySignature(signature);
  }

  /** The provider's own default is the standard's user id, 1234567812345678. */
  private boolean isSm2(byte[] open, byte[] signed, byte[] signature) {
    byte[] x509 = new byte[SM2_HEADER.length + open.length];
    System.arraycopy(SM2_HEADER, 0, x509, 0, SM2_HEADER.length);
    System.arraycopy(open, 0, x509, SM2_HEADER.length, open.length);
    try {
      PublicKey key =
          KeyFactory.getInstance("EC", sm2).generatePublic(new X509EncodedKeySpec(x509));
      Signature verifier = Signature.getInstance("SM3withSM2", sm2);
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // Not a point, or not DER: somebody's forgery, and no reason to stumble.
      return false;
    }
  }
}
