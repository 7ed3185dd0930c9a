package org.lastmile.channel.loudspeaker.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeakerProfileTest {

  @ParameterizedTest
  @CsvSource({
    "'', '', generic",
    "YX-20, 自动, generic",
    "YX-20, 语音, generic",
    "YX-20, 音频, audio",
    "YX-20, 仅音频(MP3), audio",
    "YX-20, 文字/音频, generic",
    "YX-20, 录音播放, audio",
    "SYN6288, 自动, syn6288",
    "LD-SYN6288-2, 音频, syn6288",
    "XFS5152CE, '', xfs5152",
    "树莓派, '', agent",
    "短文本接收机, '', gb2312-small"
  })
  void the_ledger_chooses_it(String model, String mode, String profile) {
    assertThat(SpeakerProfile.of(model, mode).name()).isEqualTo(profile);
  }

  @Test
  void every_file_is_one_of_them() throws IOException {
    try (Stream<Path> files =
        Files.list(Path.of("../device-firmware-config/src/main/resources/lastmile/speaker"))) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".properties", "")))
          .containsExactlyInAnyOrderElementsOf(
              SpeakerProfile.all().stream().map(SpeakerProfile::name).toList());
    }
  }

  @Test
  void characters_that_it_does_not_know_are_dropped() {
    SpeakerProfile syn = SpeakerProfile.of("SYN6288", "");
    // 镕 is in GBK and not in GB2312, 𠮷 in neither.
    assertThat(syn.words("镕村𠮷祥组")).isEqualTo("村祥组");
    assertThat(SpeakerProfile.of("XFS5152", "").words("镕村𠮷祥组")).isEqualTo("镕村祥组");
    assertThat(SpeakerProfile.generic().words("镕村𠮷祥组")).isEqualTo("镕村𠮷祥组");
  }

  @Test
  void any_loudspeaker_gets_numbers_as_words_and_the_mark_of_a_drill_as_it_is() {
    assertThat(SpeakerProfile.generic().words("【演练】3小时100mm")).isEqualTo("【演练】三小时一百毫米");
  }
}
