package org.lastmile.channel.loudspeaker;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint's certificate and key. Files that were replaced are taken at the next handshake, so
 * that a certificate is renewed without cutting a county's loudspeakers off.
 */
final class ServerIdentity extends X509ExtendedKeyManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);

  private final Vertx vertx;
  private final Path certificate;
  private final Path key;
  private volatile Held held;

  private record Held(X509KeyManager keys, Instant end, List<FileTime> written) {}

  /** Reads the files. */
  ServerIdentity(Vertx vertx, Path certificate, Path key) throws IOException {
    this.vertx = vertx;
    this.certificate = certificate;
    this.key = key;
    this.held = read();
  }

  /** Until when the certificate lasts. */
  Instant end() {
    return current().end();
  }

  private Held current() {
    try {
      if (!written().equals(held.written())) {
        held = read();
        LOG.info("certificate {} was replaced; it lasts until {}", certificate, held.end());
      }
    } catch (IOException e) {
      LOG.warn("the new certificate can't be used, the old one goes on: {}", e.getMessage());
    }
    return held;
  }

  private List<FileTime> written() throws IOException {
    return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
  }

  private Held read() throws IOException {
    List<FileTime> written = written();
    Instant end = Pem.certificates("certificate", certificate).get(0).getNotAfter().toInstant();
    try {
      X509KeyManager keys =
          (X509KeyManager)
              new PemKeyCertOptions()
                  .setCertPath(certificate.toString())
                  .setKeyPath(key.toString())
                  .getKeyManagerFactory(vertx)
                  .getKeyManagers()[0];
      return new Held(keys, end, written);
    } catch (Exception e) { // Vert.x declares all of them; each means that the files are wrong
      throw new IOException(
          "channels.loudspeaker.certificate: %s with %s: %s"
              .formatted(certificate, key, e.getMessage()),
          e);
    }
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    X509KeyManager keys = current().keys();
    return keys instanceof X509ExtendedKeyManager more
        ? more.chooseEngineServerAlias(type, issuers, engine)
        : keys.chooseServerAlias(type, issuers, null);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return current().keys().chooseServerAlias(type, issuers, socket);
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return held.keys().getServerAliases(type, issuers);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return held.keys().getCertificateChain(alias);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return held.keys().getPrivateKey(alias);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public String chooseClientAlias(String[] type, Principal[] issuers, Socket socket) {
    return null; // we are nobody's client here
  }
}
