package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiny: that every case comes, not how fast. */
class WeChatThroughputTest {
  @TempDir Path folder;

  @Test
  void every_case_has_a_figure_and_each_token_is_fetched_once() throws Exception {
    List<Figure> figures = new ArrayList<>();
    WeChatThroughput.run(20, List.of(5), 2, folder, figures::add);
    assertThat(figures).hasSize(6).allMatch(figure -> figure.ours() > 0);
    assertThat(figures.get(3).ours()).isEqualTo(1);
    assertThat(figures.get(5).more()).containsEntry("callbacks", 1000);
  }
}
