package org.lastmile.channel.sms.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our codec against another hand's, libgammu's: what one writes, the other reads as it was. */
class GammuTest {
  /** Debian's own: a Python of another kind does not see Debian's modules. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final int MESSAGES = 1_000;

  @TempDir Path folder;

  @BeforeAll
  static void installed() throws IOException, InterruptedException {
    assumeTrue(
        new File(PYTHON).canExecute()
            && new ProcessBuilder(PYTHON, "-c", "import gammu").start().waitFor() == 0,
        "no second codec: python3-gammu is not installed");
  }

  @Test
  void gammu_reads_a_thousand_random_messages_as_they_were_written() throws Exception {
    List<String> texts = Texts.random(MESSAGES, 600, 20_261_122).map(GammuTest::forGammu).toList();
    Random random = new Random(1);
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      List<Submit> parts = new ArrayList<>(Texts.submits(text, lines.size()));
      Collections.shuffle(parts, random);
      lines.add(parts.stream().map(s -> s.hex().substring(2)).collect(Collectors.joining(" ")));
    }
    assertThat(lines)
        .anyMatch(line -> !line.contains(" "))
        .anyMatch(l -> l.split(" ", -1).length > 9);
    List<String> read = gammu("read", lines);
    assertThat(read).hasSize(MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      assertThat(decoded(read.get(i))).as("message %d", i).isEqualTo(texts.get(i));
    }
  }

  @Test
  void we_read_a_thousand_random_messages_as_gammu_wrote_them() throws Exception {
    List<String> texts = Texts.random(MESSAGES, 600, 20_261_123).map(GammuTest::forGammu).toList();
    List<String> lines =
        texts.stream()
            .map(
                text ->
                    "+8613800000001 %s %s"
                        .formatted(Gsm7.covers(text) ? "gsm7" : "ucs2", encoded(text)))
            .toList();
    List<String> written = gammu("write", lines);
    assertThat(written).hasSize(MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      StringBuilder text = new StringBuilder();
      for (String pdu : written.get(i).split(" ", -1)) {
        Incoming.Deliver part = (Incoming.Deliver) Incoming.read(pdu);
        assertThat(part.from()).isEqualTo("+8613800000001");
        text.append(part.text());
      }
      assertThat(text.toString()).as("message %d", i).isEqualTo(texts.get(i));
    }
  }

  /** One answer a line. */
  private List<String> gammu(String what, List<String> lines)
      throws IOException, InterruptedException, URISyntaxException {
    Path script = Path.of(GammuTest.class.getResource("other_codec.py").toURI());
    Path in = Files.write(folder.resolve("in"), lines);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    int end =
        new ProcessBuilder(PYTHON, script.toString(), what)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    assertThat(end).as(Files.readString(err)).isZero();
    return Files.readAllLines(out);
  }

  private static String encoded(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_16BE));
  }

  /** Gammu 1.42 adds a NUL for every escape pair: the alphabet has none. */
  private static String decoded(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_16BE).replace("\0", "");
  }

  /** In UCS2 gammu takes a tilde for a mark of its own, in GSM-7 it does not. */
  private static String forGammu(String text) {
    return Gsm7.covers(text) ? text : text.replace('~', '-');
  }
}
