package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificates and keys as administrators have them; what is wrong with a file names its key. */
final class Pem {
  private static final Logger LOG = LoggerFactory.getLogger(Pem.class);
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private Pem() {}

  /**
   * The certificates of a file, in its order; at least one.
   *
   * @param setting last part of the configuration's key
   */
  static List<X509Certificate> certificates(String setting, Path file) throws IOException {
    List<X509Certificate> all = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        all.add((X509Certificate) c);
      }
    } catch (CertificateException e) {
      throw new IOException(where(setting, file) + e.getMessage(), e);
    }
    if (all.isEmpty()) {
      throw new IOException(where(setting, file) + "has no certificate in it");
    }
    return all;
  }

  static PrivateKey privateKey(String setting, Path file) throws IOException {
    Matcher m = PKCS8.matcher(Files.readString(file));
    if (!m.find()) {
      throw new IOException(
          where(setting, file)
              + "has no 'BEGIN PRIVATE KEY'; openssl pkcs8 -topk8 -nocrypt turns others into one");
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(m.group(1)));
    for (String kind : new String[] {"RSA", "EC", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        LOG.debug("{} is no {} key", file, kind);
      } catch (GeneralSecurityException e) {
        throw new IOException(where(setting, file) + e.getMessage(), e);
      }
    }
    throw new IOException(where(setting, file) + "is neither an RSA nor an EC nor an Ed25519 key");
  }

  private static String where(String setting, Path file) {
    return "channels.loudspeaker." + setting + ": " + file + " ";
  }
}
