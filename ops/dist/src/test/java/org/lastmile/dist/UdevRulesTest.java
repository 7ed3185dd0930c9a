package org.lastmile.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The shipped udev rules, as udev reads them: a line that it can't read it passes over silently.
 */
class UdevRulesTest {
  private static final String TERM =
      "(ACTION|SUBSYSTEM|KERNEL|KERNELS|ATTRS\\{\\w+}|ENV\\{\\w+}|GROUP|MODE|SYMLINK|GOTO|LABEL)"
          + "(==|!=|=|\\+=)\"[^\"]+\"";

  private static List<String> lines() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("ops/systemd"))) {
      root = root.getParent();
    }
    return Files.readAllLines(root.resolve("ops/systemd/78-lastmile-modems.rules"));
  }

  @Test
  void everyLineIsARuleOrAComment() throws IOException {
    assertThat(lines())
        .filteredOn(line -> !line.isBlank() && !line.startsWith("# "))
        .allMatch(line -> line.matches("#?" + TERM + "(, " + TERM + ")*"));
  }

  @Test
  void everyJumpHasItsLabelAndEveryMakerStandsOnce() throws IOException {
    assertThat(lines()).contains("LABEL=\"lastmile_modems_end\"");
    assertThat(lines())
        .filteredOn(line -> line.contains("GOTO"))
        .allMatch(line -> line.endsWith("GOTO=\"lastmile_modems_end\""));
    assertThat(lines())
        .filteredOn(line -> line.startsWith("ATTRS"))
        .hasSizeGreaterThan(5)
        .doesNotHaveDuplicates()
        .allMatch(line -> line.endsWith("ENV{ID_MM_DEVICE_IGNORE}=\"1\""));
  }
}
