package org.lastmile.channel.sms.at;

/** Bytes to and from one modem, for one thread; {@link #close} may come from any thread. */
public interface Line extends AutoCloseable {

  /** Waits about 100 ms at most; 0 when nothing came. */
  int read(byte[] into) throws LineLost;

  /** Whether something has come that is not read yet. */
  boolean waiting() throws LineLost;

  /** Writes all of it or throws; a write that throws has not carried its last byte. */
  void write(byte[] bytes) throws LineLost;

  /** Frees a read or write that another thread is stuck in. */
  @Override
  void close();
}
