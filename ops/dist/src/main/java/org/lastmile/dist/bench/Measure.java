package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.function.Consumer;

/** One benchmark. */
interface Measure {

  /**
   * Measures and tells each case as soon as it is known.
   *
   * @param quick ends within a minute, with fewer samples
   * @param folder an empty one on the disk to measure
   */
  void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception;
}
