package org.lastmile.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file an error; the comment lines at its top are what must be said, no more and no less. */
class WrongFilesTest {
  private static final Path FILES = Path.of("src/test/resources/config");

  static List<Path> configurations() throws IOException {
    return files("wrong");
  }

  static List<Path> policies() throws IOException {
    return files("wrong-policy");
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(FILES.resolve(folder))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void aWrongConfigurationIsRefusedInTheseWords(Path file) throws IOException {
    Config.Unusable unusable =
        catchThrowableOfType(Config.Unusable.class, () -> Config.read(file, name -> null));

    assertThat(unusable).as("accepted").isNotNull();
    assertThat(unusable.problems()).containsExactlyElementsOf(expected(file));
    assertThat(unusable.getMessage()).doesNotContain("geheim");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aWrongPolicyIsRefusedInTheseWords(Path file) throws IOException {
    List<String> problems = new ArrayList<>();

    Practice.read(file, ZoneOffset.UTC, problems);

    assertThat(problems).containsExactlyElementsOf(expected(file));
  }

  private static List<String> expected(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .takeWhile(line -> line.startsWith("# "))
        .map(line -> file + ": " + line.substring(2))
        .toList();
  }
}
