package org.lastmile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every library that a module depends on has its line, and its reason, among the decisions. */
class LibrariesPageTest {
  private static final Path PAGE = Path.of("../docs/decisions/0001-libraries.md");
  private static final Set<Path> POMS =
      Set.of(
          Path.of("../pom.xml"),
          Path.of("../adapters/pom.xml"),
          Path.of("pom.xml"),
          Path.of("../device-firmware-config/pom.xml"),
          Path.of("../ops/simulators/pom.xml"),
          Path.of("../ops/dist/pom.xml"));
  private static final Pattern MANAGED =
      Pattern.compile("<(dependencyManagement|build)>.*?</\\1>", Pattern.DOTALL);
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>");

  @Test
  void everyDependencyHasItsReason() throws IOException {
    String page = Files.readString(PAGE);
    Set<String> unexplained = new TreeSet<>();
    Set<String> found = new TreeSet<>();
    for (Path pom : POMS) {
      Matcher dependency =
          DEPENDENCY.matcher(MANAGED.matcher(Files.readString(pom)).replaceAll(""));
      while (dependency.find()) {
        String artifact = dependency.group(2);
        if (!dependency.group(1).equals("org.lastmile")) {
          found.add(artifact);
          if (!page.contains("`" + artifact + "`")) {
            unexplained.add(artifact + " of " + pom);
          }
        }
      }
    }
    assertThat(found).contains("junit-jupiter", "camel-main", "picocli", "pty4j");
    assertThat(unexplained).as("dependencies without a line in " + PAGE).isEmpty();
  }
}
