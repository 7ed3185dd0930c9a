package org.lastmile.dist.bench;

import java.util.List;
import java.util.stream.IntStream;

/** One short message to be sent: to a number with country code, such as +8613800000000. */
record Letter(String to, String text) {
  private static final long FIRST_NUMBER = 8_613_810_000_000L;

  private static final String SHORT = "Red rainstorm warning, move to high ground now";

  private static final String CHINESE =
      "县气象台发布暴雨红色预警信号预计未来三小时降雨量将达一百毫米以上山洪滑坡泥石流风险很高请危险区群众立即按撤离路线转移到安置地点不要靠近河道沟口和陡坡";

  /** What is written. */
  enum Load {
    SHORT_GSM7("short GSM-7", 1),
    CHINESE_70("70 Chinese characters", 1),
    CHINESE_200("200 Chinese characters", 3);

    private final String words;
    private final int parts;

    Load(String words, int parts) {
      this.words = words;
      this.parts = parts;
    }

    String words() {
      return words;
    }

    /** Single messages that it takes. */
    int parts() {
      return parts;
    }

    String text() {
      return switch (this) {
        case SHORT_GSM7 -> SHORT;
        case CHINESE_70 -> CHINESE.repeat(2).substring(0, 70);
        case CHINESE_200 -> CHINESE.repeat(4).substring(0, 200);
      };
    }

    /** The same text to as many phones. */
    List<Letter> letters(int count) {
      return IntStream.range(0, count)
          .mapToObj(i -> new Letter("+" + (FIRST_NUMBER + i), text()))
          .toList();
    }
  }

  /** The number as a centre knows it: without country code. */
  String phone() {
    return to.substring(3);
  }
}
