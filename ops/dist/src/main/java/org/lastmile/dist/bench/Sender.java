package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.List;

/** Something that sends short messages through modems, in processes of its own. */
interface Sender extends AutoCloseable {

  /** Starts to send what it was made with. */
  void start() throws Exception;

  /** Nanoseconds of processor time that its processes have used so far. */
  long cpu();

  /** Ends its processes; what was under way may be lost. */
  @Override
  void close();

  /** What one of these is made from. */
  interface Maker {
    /**
     * Makes everything ready short of sending.
     *
     * @param folder its own, empty
     * @param ports of the modems
     */
    Sender prepare(Path folder, List<String> ports, List<Letter> letters) throws Exception;
  }
}
