package org.lastmile.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegistryDocumentationTest {

  @ParameterizedTest
  @EnumSource(Table.class)
  void everyTableAndColumnIsDocumented(Table table) throws IOException {
    String row =
        Files.readAllLines(Path.of("../docs/registry.md")).stream()
            .filter(line -> line.startsWith("| " + table.title()))
            .findFirst()
            .orElseThrow();
    assertThat(row).contains(table.columns());
  }
}
