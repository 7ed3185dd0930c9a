package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS towards a broker: whom we trust, who we are, and until when the broker's certificate lasts.
 */
final class BrokerTls {
  private final SSLSocketFactory sockets;
  private volatile Instant expires;

  /**
   * Reads the files.
   *
   * @param authority PEM of the authority behind the broker; null = the runtime's own list
   * @param certificate PEM of our own certificate; null = none
   * @param key PEM of its private key (PKCS 8)
   */
  BrokerTls(Path authority, Path certificate, Path key) throws IOException {
    try {
      KeyStore trusted = null;
      if (authority != null) {
        trusted = empty();
        int n = 0;
        for (X509Certificate c : Pem.certificates("trust", authority)) {
          trusted.setCertificateEntry("authority-" + n++, c);
        }
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManagerFactory own = null;
      if (certificate != null) {
        KeyStore store = empty();
        store.setKeyEntry(
            "gateway",
            Pem.privateKey("certificate-key", key),
            new char[0],
            Pem.certificates("certificate", certificate).toArray(X509Certificate[]::new));
        own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          own == null ? null : own.getKeyManagers(),
          new TrustManager[] {new Watching((X509ExtendedTrustManager) trust.getTrustManagers()[0])},
          null);
      sockets = context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("channels.loudspeaker: TLS: " + e.getMessage(), e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  SSLSocketFactory sockets() {
    return sockets;
  }

  /** Until when the certificate lasts that the broker showed last. */
  Optional<Instant> expires() {
    return Optional.ofNullable(expires);
  }

  /** Decides as the runtime does, and remembers what it was shown. */
  private final class Watching extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager decides;

    Watching(X509ExtendedTrustManager decides) {
      this.decides = decides;
    }

    private void shown(X509Certificate[] chain) {
      expires = chain[0].getNotAfter().toInstant();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      shown(chain);
      decides.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      shown(chain);
      decides.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      shown(chain);
      decides.checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      decides.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      decides.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      decides.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return decides.getAcceptedIssuers();
    }
  }
}
