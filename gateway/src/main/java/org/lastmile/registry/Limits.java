package org.lastmile.registry;

/**
 * What one file may cost. Far above any county's ledgers, far below what would stall the gateway
 * while a warning is on its way.
 */
final class Limits {
  static final int FILE_BYTES = 64 << 20;
  static final int ZIP_ENTRIES = 500;
  static final long UNZIPPED_BYTES = 512L << 20;

  /**
   * Office files pack 5 to 30 times; entries below a megabyte may be as repetitive as they like.
   */
  static final long UNZIP_RATIO = 200;

  static final int ROWS = 500_000;
  static final int COLUMNS = 1_000;

  /** As many as a cell of Excel holds. */
  static final int CELL_CHARS = 32_767;

  private Limits() {}
}
