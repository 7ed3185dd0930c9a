package org.lastmile.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeopleTest {

  @Test
  void answersAsTheMessageAsks() {
    assertThat(People.answer("暴雨红色预警：请转移。收到请回复1，去不了回复2。")).isEqualTo("1");
    assertThat(People.answer("暴雨红色预警：请转移。收到请回复47，去不了回复247。")).isEqualTo("47");
  }

  @Test
  void answersPointByPointWhereTheMessageAsksForThat() {
    String text = "您负责的4处请转移：大湾滑坡36、石河山洪47、双龙崩塌58、桂花滑坡69。请逐点回复点后数字，去不了在数字前加2。";

    assertThat(People.answer(text)).isEqualTo("36 47 58 69");
  }

  @Test
  void staysSilentWhereNothingIsAsked() {
    assertThat(People.answer("您家受大湾滑坡威胁，请立即转移。")).isEmpty();
  }
}
