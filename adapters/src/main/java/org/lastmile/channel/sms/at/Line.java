package org.lastmile.channel.sms.at;

/** Bytes to and from one modem, for one thread; {@link #close} may come from any thread. */
public interface Line extends AutoCloseable {

  /** Whether a read would return at once. */
  boolean waiting() throws LineLost;

  /** Waits about 100 ms at most; 0 when nothing came. */
  int read(byte[] into) throws LineLost;

  /** Writes all of it or throws; a write that throws has not carried its last byte. */
  void write(byte[] bytes) throws LineLost;

  /** Frees a read or write that another thread is stuck in. */
  @Override
  void close();
}
