package org.lastmile.warning;

/** A place in WGS-84 (CGCS2000 is the same here), degrees. */
public record Position(double latitude, double longitude) {

  public Position {
    if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180)) {
      throw new IllegalArgumentException("not a place on earth: " + latitude + "," + longitude);
    }
  }
}
