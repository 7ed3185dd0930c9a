package org.lastmile.channel.loudspeaker.speech;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Units of measure as they are written behind a number, and as they are said. */
final class Units {
  private static final Map<String, String> SAID = new LinkedHashMap<>();

  static {
    // Whoever writes 50毫米/小时 means the same as 50mm/h.
    say("立方米每秒", "m³/s", "m3/s", "㎥/s", "立方米/秒", "方/秒");
    say("立方米每小时", "m³/h", "m3/h", "立方米/小时");
    say("毫米每小时", "mm/h", "mm/hr", "毫米/小时", "毫米/时", "毫米/h");
    say("毫米每天", "mm/d", "毫米/天", "毫米/日");
    say("公里每小时", "km/h", "公里/小时", "千米/小时", "公里/时", "千米/时");
    say("米每秒", "m/s", "米/秒");
    say("微克每立方米", "μg/m³", "µg/m³", "ug/m3", "μg/m3");
    say("万立方米", "万m³", "万m3", "万㎥");
    say("平方公里", "km²", "km2", "㎢");
    say("平方米", "m²", "m2", "㎡");
    say("立方米", "m³", "m3", "㎥");
    say("公顷", "hm²", "hm2", "ha");
    say("分贝", "dB(A)", "dBA", "dB");
    say("毫米", "mm", "㎜", "MM", "Mm");
    say("厘米", "cm", "㎝", "CM");
    say("公里", "km", "㎞", "KM", "Km");
    say("百帕", "hPa", "hpa");
    say("千帕", "kPa");
    say("兆帕", "MPa");
    say("千伏", "kV", "KV");
    say("千瓦", "kW", "KW");
    say("公斤", "kg", "KG", "㎏");
    say("毫升", "mL", "ml");
    say("分钟", "min");
    say("赫兹", "Hz");
    say("米", "m", "M");
    say("小时", "hr", "h", "H");
    say("秒", "s");
    say("天", "d");
    say("吨", "t");
    say("克", "g");
    say("升", "L");
    say("伏", "V");
  }

  /** Any of them, with no letter, digit or slash behind. */
  static final String PATTERN =
      SAID.keySet().stream()
          .sorted((one, other) -> other.length() - one.length())
          .map(Pattern::quote)
          .collect(Collectors.joining("|", "(?:", ")(?![A-Za-z0-9/²³])"));

  private Units() {}

  private static void say(String said, String... written) {
    for (String form : written) {
      SAID.put(form, said);
    }
  }

  static String said(String written) {
    return SAID.get(written);
  }
}
