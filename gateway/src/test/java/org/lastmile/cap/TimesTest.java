package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

  private final Findings findings = new Findings();
  private final Times times = new Times(Inputs.CHINA, findings);

  private static Node node(String text) {
    Node node = new Node(null, "", "sent", 1);
    node.append(text);
    return node;
  }

  @ParameterizedTest
  @CsvSource({
    "2026-07-05T02:15:00+08:00, 2026-07-04T18:15:00Z",
    "2026-07-05T02:15:00-00:00, 2026-07-05T02:15:00Z",
    "2026-07-05T02:15:00-07:00, 2026-07-05T09:15:00Z",
    "2026-07-05 02:15:00+08:00, 2026-07-04T18:15:00Z"
  })
  void capAndNationalTimesAreTakenAsTheyAre(String said, String meant) {
    assertThat(times.parse(node(said))).isEqualTo(meant);
    assertThat(findings.notices()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-07-05T02:15:00Z, 2026-07-05T02:15:00Z, not written as",
    "2026-07-05t02:15:00z, 2026-07-05T02:15:00Z, not written as",
    "2026-07-05T02:15:00.123+08:00, 2026-07-04T18:15:00Z, not written as",
    "2026-07-05T02:15+08:00, 2026-07-04T18:15:00Z, not written as",
    "2026-07-05T02:15:00+0800, 2026-07-04T18:15:00Z, not written as",
    "2026-07-05T02:15:00+8, 2026-07-04T18:15:00Z, not written as",
    "2026/7/5 2:15:00 +08:00, 2026-07-04T18:15:00Z, not written as",
    "2026-07-05T24:00:00+08:00, 2026-07-05T16:00:00Z, ''",
    "2026-07-05T02:15:00, 2026-07-04T18:15:00Z, without a zone",
    "2026-07-05 02:15, 2026-07-04T18:15:00Z, without a zone",
    "20260705021500, 2026-07-04T18:15:00Z, without a zone"
  })
  void otherTimesAreTakenWithANotice(String said, String meant, String notice) {
    assertThat(times.parse(node(said))).isEqualTo(meant);
    assertThat(findings.notices().toString()).contains(notice);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "2026-02-31T00:00:00+08:00",
        "2026-07-05T25:00:00+08:00",
        "2026-07-05",
        "2026-07-05T02:15:00+99:00",
        "1783188900",
        "2026-07-05T02:15:00+08:00 or later"
      })
  void whatIsNoTimeIsNone(String said) {
    assertThat(times.parse(node(said))).isNull();
  }
}
