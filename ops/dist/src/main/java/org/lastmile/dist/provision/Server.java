package org.lastmile.dist.provision;

import java.nio.file.Path;

/**
 * Where devices connect to.
 *
 * @param authority PEM file of the authority behind the server's certificate; null = the device's
 *     own list
 */
public record Server(String host, int port, boolean tls, Path authority) {

  /** The authority's name inside a bundle; empty when it has none. */
  String ca() {
    return authority == null ? "" : "ca.pem";
  }
}
