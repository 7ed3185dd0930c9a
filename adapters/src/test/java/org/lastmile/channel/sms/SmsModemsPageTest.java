package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.channel.sms.at.Trouble;

/** What operators read about modems names every trouble and every profile, in both languages. */
class SmsModemsPageTest {
  @ParameterizedTest
  @ValueSource(strings = {"sms-modems.md", "sms-modems.zh-CN.md"})
  void every_trouble_and_every_profile_is_on_the_page(String name) throws IOException {
    String page = Files.readString(Path.of("../docs").resolve(name));
    for (Trouble trouble : Trouble.values()) {
      if (trouble != Trouble.NONE && trouble != Trouble.STARTING) {
        assertThat(page).contains("`" + trouble.name() + "`");
      }
    }
    Profile.names().forEach(profile -> assertThat(page).contains("`" + profile + "`"));
  }
}
