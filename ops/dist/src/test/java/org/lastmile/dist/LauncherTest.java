package org.lastmile.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./lastmile} in a tree of its own, with a build and a Java that only say what they do. */
class LauncherTest {
  @TempDir private Path root;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void tree() throws IOException {
    Path script = Path.of("").toAbsolutePath().resolve("../../lastmile").normalize();
    Files.copy(script, root.resolve("lastmile"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String module :
        new String[] {"device-firmware-config", "adapters", "gateway", "ops/simulators"}) {
      source(module + "/src/main/java/A.java");
      source(module + "/pom.xml");
    }
    source("ops/dist/src/main/java/A.java");
    source("ops/dist/src/test/java/T.java");
    source("pom.xml");
    source("ops/mosquitto/mosquitto.conf");
    program(
        "mvnw",
        """
        echo "mvnw $*" >> "$(dirname "$0")/calls"
        [ ! -e "$(dirname "$0")/broken" ] || { echo "A.java: does not compile"; exit 1; }
        mkdir -p "$(dirname "$0")/ops/dist/target/lib"
        touch "$(dirname "$0")/ops/dist/target/lastmile-dist-1.jar"
        """);
    java("17");
  }

  @Test
  void buildsWhenNothingIsBuiltThenRunsTheProgram() throws Exception {
    Ended ended = lastmile("status", "two words");

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).contains("building the program");
    assertThat(ended.out()).contains("org.lastmile.dist.Lastmile\nstatus\ntwo words\n");
    assertThat(calls()).contains("-DskipTests").contains("package");
  }

  @Test
  void buildsOnceOnly() throws Exception {
    lastmile("status");
    Ended again = lastmile("status");

    assertThat(again.err()).isEmpty();
    assertThat(calls().lines()).hasSize(1);
  }

  @Test
  void buildsAgainWhenASourceIsNewerAndNotForATest() throws Exception {
    lastmile("status");
    touchLater("ops/dist/src/test/java/T.java");
    lastmile("status");
    assertThat(calls().lines()).hasSize(1);

    touchLater("gateway/src/main/java/A.java");
    lastmile("status");
    assertThat(calls().lines()).hasSize(2);
  }

  @Test
  void buildsAgainWhenTheBrokerSettingsThatItPacksAreNewer() throws Exception {
    lastmile("status");
    touchLater("ops/mosquitto/mosquitto.conf");
    lastmile("status");
    assertThat(calls().lines()).hasSize(2);
  }

  @Test
  void aBuildThatFailsShowsTheEndOfItsLog() throws Exception {
    source("broken");
    Ended ended = lastmile("status");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("A.java: does not compile").contains("the build failed");
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void saysWhenJavaIsTooOld() throws Exception {
    java("11");
    Ended ended = lastmile("status");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("is Java 11, and 17 or newer is needed");
  }

  @Test
  void allowsNativeAccessWhereJavaAsksForIt() throws Exception {
    assertThat(lastmile("status").out()).doesNotContain("--enable-native-access");
    java("25");
    assertThat(lastmile("status").out()).contains("--enable-native-access=ALL-UNNAMED");
  }

  private void source(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
  }

  private void touchLater(String path) throws IOException {
    Files.setLastModifiedTime(root.resolve(path), FileTime.from(Instant.now().plusSeconds(3_600)));
  }

  /** A Java that tells its version, its modules, and its arguments one a line. */
  private void java(String version) throws IOException {
    program(
        "jdk/bin/java",
        """
        case "$*" in
          *-version*) echo "    java.specification.version = %s" >&2 ;;
          --list-modules) echo jdk.compiler@17 ;;
          *) printf '%%s\\n' "$@" ;;
        esac
        """
            .formatted(version));
  }

  private void program(String path, String script) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private String calls() throws IOException {
    return Files.readString(root.resolve("calls"));
  }

  private Ended lastmile(String... args) throws Exception {
    String[] command = new String[args.length + 1];
    command[0] = root.resolve("lastmile").toString();
    System.arraycopy(args, 0, command, 1, args.length);
    Path out = root.resolve("out");
    Path err = root.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("JAVA_HOME", root.resolve("jdk").toString());
    environment.remove("LASTMILE_JAVA_OPTS");
    int code = builder.start().waitFor();
    return new Ended(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
