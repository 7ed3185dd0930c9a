package org.lastmile.channel.loudspeaker.speech;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenTest {
  private static final Spoken WORDS = new Spoken(true, true, false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          100mm               | 一百毫米
          3小时               | 三小时
          3小时100毫米        | 三小时一百毫米
          12.5毫米            | 十二点五毫米
          12.50mm             | 十二点五零毫米
          0.5m                | 零点五米
          50-80mm             | 五十到八十毫米
          50mm-80mm           | 五十毫米到八十毫米
          50～80毫米          | 五十到八十毫米
          50至80毫米          | 五十到八十毫米
          8～9级              | 八到九级
          8-9级阵风10级       | 八到九级阵风十级
          2-3级               | 二到三级
          110km/h             | 一百一十公里每小时
          1.2m³/s             | 一点二立方米每秒
          1.2m3/s             | 一点二立方米每秒
          2立方米/秒          | 两立方米每秒
          50毫米/小时         | 五十毫米每小时
          30mm/h以上          | 三十毫米每小时以上
          17.2m/s             | 十七点二米每秒
          150km²              | 一百五十平方公里
          5万m³               | 五万立方米
          110kV               | 一百一十千伏
          998hPa              | 九百九十八百帕
          85dB(A)             | 八十五分贝
          50 mm               | 五十毫米
          ５０ｍｍ            | 五十毫米
          1,200毫米           | 一千二百毫米
          1,200,000人         | 一百二十万人
          """)
  void quantities(String written, String said) {
    assertThat(WORDS.say(written)).isEqualTo(said);
  }

  @Test
  void said_again_among_other_sentences_it_is_the_same() {
    String place = "云岭2村滑坡5附近2人。";
    String alone = WORDS.say(place);

    assertThat(WORDS.say("雨量100mm！" + place)).isEqualTo("雨量一百毫米！" + alone);
    assertThat(WORDS.say(place + "；，请转移，")).isEqualTo(alone + "请转移");
  }

  @Test
  void a_space_is_left_between_latin_words_alone() {
    assertThat(WORDS.say("LM  Red 到  Red  县")).isEqualTo("LM Red到Red县");
  }

  @Test
  void where_no_rule_can_fit_none_is_tried() {
    assertThat(WORDS.rulesBeginningWith('县')).isEmpty();
    assertThat(WORDS.rulesBeginningWith('。')).isEmpty();
    assertThat(WORDS.rulesBeginningWith('至')).hasSize(1);
    assertThat(WORDS.rulesBeginningWith('5')).hasSizeGreaterThan(10);
    assertThat(WORDS.rulesBeginningWith('h')).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0        | 零
          10       | 十
          11       | 十一
          20       | 二十
          101      | 一百零一
          116      | 一百一十六
          111      | 一百一十一
          200      | 二百
          1001     | 一千零一
          1010     | 一千零一十
          1050     | 一千零五十
          2000     | 两千
          2200     | 两千二百
          10000    | 一万
          10010    | 一万零一十
          20000    | 两万
          100000   | 十万
          120500   | 十二万零五百
          1002003  | 一百万两千零三
          20000000 | 两千万
          """)
  void numbers(String written, String said) {
    assertThat(WORDS.say(written)).isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          25℃          | 二十五摄氏度
          25°C         | 二十五摄氏度
          2℃           | 二摄氏度
          -5℃          | 零下五摄氏度
          气温－5℃     | 气温零下五摄氏度
          10-15℃       | 十到十五摄氏度
          10℃-15℃      | 十到十五摄氏度
          -5～-2℃      | 零下五到零下二摄氏度
          -5～3℃       | 零下五到零上三摄氏度
          30%          | 百分之三十
          99.5％       | 百分之九十九点五
          30%-50%      | 百分之三十到百分之五十
          30-50%       | 百分之三十到百分之五十
          5‰           | 千分之五
          -3.5米       | 负三点五米
          ≥50mm        | 大于等于五十毫米
          ≤2米         | 小于等于两米
          ＞100mm      | 大于一百毫米
          ±5cm         | 正负五厘米
          3×4米        | 三乘四米
          约1/3        | 约三分之一
          """)
  void signs(String written, String said) {
    assertThat(WORDS.say(written)).isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2026-11-26 03:05        | 二零二六年十一月二十六日三点零五分
          2026/1/2 14:00          | 二零二六年一月二日十四点
          2026-11-26T03:05:10     | 二零二六年十一月二十六日三点零五分十秒
          2026年11月26日          | 二零二六年十一月二十六日
          11月26日                | 十一月二十六日
          2月2日                  | 二月二日
          26日3时05分             | 二十六日三时零五分
          26日12时2分             | 二十六日十二时二分
          03:05                   | 三点零五分
          02:00                   | 两点
          12:02                   | 十二点零二分
          00:30                   | 零点三十分
          22：15                  | 二十二点十五分
          03:05-06:00             | 三点零五分到六点
          8时-11时                | 八时到十一时
          11月26日-28日           | 十一月二十六日到二十八日
          2025-2026年             | 二零二五到二零二六年
          1998年                  | 一九九八年
          100年一遇               | 一百年一遇
          1000年一遇              | 一千年一遇
          1:10000                 | 一比一万
          """)
  void times(String written, String said) {
    assertThat(WORDS.say(written)).isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2小时     | 两小时
          2点       | 两点
          2天       | 两天
          2人       | 两人
          2户5人    | 两户五人
          2个       | 两个
          2米       | 两米
          2m        | 两米
          2-3天     | 两到三天
          1～2小时  | 一到两小时
          2级       | 二级
          2组       | 二组
          2号滑坡   | 二号滑坡
          2楼       | 二楼
          第2次     | 第二次
          12小时    | 十二小时
          2.5小时   | 二点五小时
          22户      | 二十二户
          """)
  void two(String written, String said) {
    assertThat(WORDS.say(written)).isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          13800000000              | 幺三八零零零零零零零零
          138-0000-1234            | 幺三八零零零零幺二三四
          0816-1234567             | 零八幺六幺二三四五六七
          400-123-4567             | 四零零幺二三四五六七
          请拨打110、119或120      | 请拨打幺幺零、幺幺九或幺二零
          电话12379                | 电话幺二三七九
          120急救                  | 幺二零急救
          120户                    | 一百二十户
          110人                    | 一百一十人
          120mm                    | 一百二十毫米
          110.5毫米                | 一百一十点五毫米
          G318国道                 | 三幺八国道
          G318                     | 国道三幺八
          S205省道                 | 二零五省道
          318国道                  | 三幺八国道
          G5高速                   | G五高速
          G4217                    | G四二幺七
          K123+450                 | 一百二十三公里加四百五十米
          510723104201             | 五幺零七二三幺零四二零幺
          LS-0001                  | LS零零零幺
          P3                       | P三
          PM2.5                    | PM二点五
          3-2-501室                | 三杠二杠五零幺室
          Ⅰ级                      | 一级
          III级响应                | 三级响应
          Ⅳ级                      | 四级
          ①巡查②转移               | 一、巡查二、转移
          """)
  void names(String written, String said) {
    assertThat(WORDS.say(written)).isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          【演练】这是演练。              | 演练，这是演练。
          暴雨（红色）预警                | 暴雨，红色，预警
          “上坝”滑坡                      | 上坝滑坡
          雷雨/大风                       | 雷雨、大风
          请转移！！！                    | 请转移！
          转移。（第2次）                 | 转移。第二次
          注意⚠️安全😀                    | 注意安全
          详见https://a.example/x?y=1     | 详见
          上坝 —— 下坝                    | 上坝，下坝
          A区2栋                          | A区两栋
          第一行\\n第二行                 | 第一行，n第二行
          """)
  void punctuation(String written, String said) {
    String one = written.replace("\\n", "\n");
    assertThat(WORDS.say(one)).isEqualTo(said.replace("，n", "，"));
  }

  @Test
  void a_make_that_says_numbers_itself_is_left_its_digits() {
    Spoken own = new Spoken(false, true, false);

    assertThat(own.say("2小时100mm，-5℃，2026-11-26 03:05"))
        .isEqualTo("2小时100毫米，零下5摄氏度，2026年11月26日3点05分");
    assertThat(own.say("电话13800000000")).isEqualTo("电话幺三八零零零零零零零零");
  }

  @Test
  void a_make_without_letters_gets_none() {
    assertThat(new Spoken(true, false, false).say("A区 QY2号 OK 滑坡")).isEqualTo("区二号滑坡");
  }

  @Test
  void a_make_that_knows_the_mark_of_a_drill_keeps_it() {
    assertThat(new Spoken(true, true, true).say("【演练】这是演练。100mm")).isEqualTo("【演练】这是演练。一百毫米");
  }

  @Test
  void a_whole_warning() {
    assertThat(
            WORDS.say(
                "绵阳市气象台26日3时05分发布暴雨红色预警[Ⅰ级/特别严重]：过去3小时降雨量已达100mm以上，未来2小时"
                    + "仍将持续。上坝2号滑坡（受威胁12户45人）请沿G318国道撤到村小学。"))
        .isEqualTo(
            "绵阳市气象台二十六日三时零五分发布暴雨红色预警，一级、特别严重，过去三小时降雨量已达一百毫米以上，未来两小时"
                + "仍将持续。上坝二号滑坡，受威胁十二户四十五人，请沿三幺八国道撤到村小学。");
  }

  @Test
  void the_longest_text_of_nothing_but_digits_is_said_at_once() {
    assertThat(WORDS.say("1".repeat(1500))).hasSize(1500);
    assertThat(WORDS.say("1-".repeat(750))).isNotEmpty();
    assertThat(WORDS.say("1,".repeat(750))).isNotEmpty();
  }
}
