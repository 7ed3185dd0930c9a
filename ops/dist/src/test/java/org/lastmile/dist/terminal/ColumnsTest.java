package org.lastmile.dist.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColumnsTest {

  @Test
  void chineseCharactersAndFullWidthSignsTakeTwoCells() {
    assertThat(Columns.width("abc")).isEqualTo(3);
    assertThat(Columns.width("大湾村")).isEqualTo(6);
    assertThat(Columns.width("暴雨[Ⅰ级]，")).isEqualTo(11);
    assertThat(Columns.width("█▒·…✓")).isEqualTo(5);
  }

  @Test
  void whatIsTooLongEndsWithAnEllipsisAndNeverHalfACharacter() {
    assertThat(Columns.cut("大湾村", 6)).isEqualTo("大湾村");
    assertThat(Columns.cut("大湾村", 5)).isEqualTo("大湾…");
    assertThat(Columns.cut("大湾村", 4)).isEqualTo("大…");
    assertThat(Columns.fit("大湾村", 4)).isEqualTo("大… ");
  }

  @Test
  void shortTextIsPaddedToItsCells() {
    assertThat(Columns.fit("大湾", 6)).isEqualTo("大湾  ");
    assertThat(Columns.right("7", 3)).isEqualTo("  7");
  }
}
