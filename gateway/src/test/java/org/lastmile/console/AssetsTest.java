package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AssetsTest {

  @Test
  void every_file_of_the_page_is_served() throws IOException {
    Path web = Path.of("src/main/resources/web");
    try (Stream<Path> files = Files.walk(web)) {
      List<String> scripts =
          files
              .map(f -> "/" + web.relativize(f))
              .filter(f -> f.endsWith(".js") || f.endsWith(".css"))
              .toList();
      assertThat(new Assets().paths()).containsAll(scripts);
    }
  }
}
