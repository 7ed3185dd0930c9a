package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.lastmile.warning.Warning;

/** Real alerts, which are not ours to ship: reads the folder that a system property names. */
@EnabledIfSystemProperty(named = "lastmile.cap.corpus", matches = ".+")
class CorpusTest {

  @Test
  void everyFileIsAnsweredAndWhatIsReadCanBeWrittenAgain() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of(System.getProperty("lastmile.cap.corpus")))) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Reading reading = Inputs.reading(Files.readAllBytes(file));
      if (reading instanceof Reading.Refused refused) {
        assertThat(refused.problems()).as(file.toString()).isNotEmpty();
      } else {
        Warning warning = ((Reading.Read) reading).warning();
        Warning back = Inputs.read(new CapWriter(Inputs.CHINA).write(warning));
        assertThat(back.digest()).as(file.toString()).isEqualTo(warning.digest());
      }
    }
  }
}
