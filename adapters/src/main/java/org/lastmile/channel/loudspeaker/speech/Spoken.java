package org.lastmile.channel.loudspeaker.speech;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Says a written text: numbers, units and signs become the Mandarin words that a listener expects,
 * brackets become pauses, and what nobody can say is dropped. The rules stand in the order in which
 * they are tried; the first that fits at a place decides.
 */
final class Spoken {
  private static final String NUMBER =
      "(?:\\d{1,3}(?:,\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)";
  private static final String DASH = "[-–—−~～〜]";
  private static final String MINUS = "[-−–]";
  private static final String TO = "\\s*(?:--|——|" + DASH + "|至|到)\\s*";
  private static final String CLOCK = "(?:[01]?\\d|2[0-4]):[0-5]\\d(?::[0-5]\\d)?";
  private static final String DEGREE = "\\s*(?:℃|°\\s?C|摄氏度)";

  private static final String UNIT = Units.PATTERN;

  private static final Pattern UNIT_FIRST = Pattern.compile("\\s*(" + UNIT + ")");
  private static final Pattern SECOND = Pattern.compile(TO + NUMBER + "\\s*");
  private static final Pattern NO_AMOUNT = Pattern.compile("\\d{9,}|0\\d+");

  /** 两 before these, where they are counted; 二 before everything else: 二月, 二级, 二组. */
  private static final Pattern COUNTED =
      Pattern.compile(
          "个|小时|天|分钟|秒|年|周|轮|次|遍|倍|成|人|户|家|位|名|口|处|座|栋|幢|条|种|起|场|台|辆|艘|架|支|只|头|件|片|间"
              + "|亩|米|公里|千米|厘米|毫米|公斤|千克|克|吨|升|毫升|平方|立方|公顷|元|岁|点|万|千|亿|侧|岸|边|旁");

  /** After these a dash before a number says 到; elsewhere it joins names. */
  private static final String ENDS = "年月日号时点分秒级米度里天周户人处组村社队楼栋层℃%％";

  /** After a service's number or its name; else 120 counts something. */
  private static final Pattern CALL = Pattern.compile("(?:拨打|拨|电话|热线|致电|呼叫|联系)\\D{0,4}$");

  private static final Pattern CALLED = Pattern.compile("^(?:$|[或和、，。；！？）)/及报急求转火,;!.])");

  private static final int REMEMBERED = 1_024;

  private record Rule(Pattern pattern, Function<Place, String> says) {}

  /** A match in its text. */
  private record Place(MatchResult match, String text) {
    String group(int n) {
      String group = match.group(n);
      return group == null ? "" : group;
    }

    char before() {
      return match.start() == 0 ? ' ' : text.charAt(match.start() - 1);
    }

    String after() {
      return text.substring(match.end());
    }

    /** No digit, letter or point before it, so that it is whole. */
    boolean whole() {
      char before = before();
      return !Character.isDigit(before) && before != '.' && !isLatin(before);
    }
  }

  private final boolean numbers;
  private final boolean letters;
  private final boolean brackets;
  private final List<Rule> rules = rules();

  /**
   * Which rules can fit where a character stands: none, at nearly all of a Chinese text. Guarded by
   * {@code sentences}.
   */
  private final int[][] beginning = new int[Character.MAX_VALUE + 1][];

  /** Sentences that were said before, by their own text: what stands beside one changes nothing. */
  private final Map<String, String> sentences =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * For one make of loudspeaker.
   *
   * @param numbers plain numbers become words; false = it says those itself
   * @param letters it can say Latin letters; false = they are dropped
   * @param brackets 【】 stay as they are; false = they become pauses
   */
  Spoken(boolean numbers, boolean letters, boolean brackets) {
    this.numbers = numbers;
    this.letters = letters;
    this.brackets = brackets;
  }

  String say(String written) {
    StringBuilder said = new StringBuilder(2 * written.length());
    int from = 0;
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (isEnd(c) || c == '；' || i + 1 == written.length()) {
        said.append(sentence(written.substring(from, i + 1)));
        from = i + 1;
      }
    }
    return tidy(said);
  }

  /** Ten thousand texts of one warning differ in the sentence that names the place. */
  private String sentence(String written) {
    synchronized (sentences) {
      String known = sentences.get(written);
      if (known == null) {
        known = byRules(narrow(written));
        sentences.put(written, known);
      }
      return known;
    }
  }

  private String byRules(String text) {
    StringBuilder said = new StringBuilder(2 * text.length());
    Matcher[] matchers = new Matcher[rules.size()];
    int at = 0;
    while (at < text.length()) {
      int from = at;
      char first = text.charAt(from);
      if (beginning[first] == null) {
        beginning[first] = rulesBeginningWith(first);
      }
      for (int i : beginning[first]) {
        if (matchers[i] == null) {
          matchers[i] = rules.get(i).pattern().matcher(text).useTransparentBounds(true);
        }
        Matcher matcher = matchers[i].region(from, text.length());
        if (matcher.lookingAt()) {
          String words = rules.get(i).says().apply(new Place(matcher.toMatchResult(), text));
          if (words != null) {
            said.append(words);
            at = matcher.end();
            break;
          }
        }
      }
      if (at == from) {
        int point = text.codePointAt(at);
        said.append(character(point));
        at += Character.charCount(point);
      }
    }
    return said.toString();
  }

  /** Those that match the character alone, or would have to see what follows. */
  int[] rulesBeginningWith(char c) {
    return IntStream.range(0, rules.size())
        .filter(
            i -> {
              Matcher alone = rules.get(i).pattern().matcher(String.valueOf(c));
              return alone.lookingAt() || alone.hitEnd();
            })
        .toArray();
  }

  private List<Rule> rules() {
    return List.of(
        rule("(?:https?://|www\\.)[\\x21-\\x7e]+", p -> "，"),
        rule(
            "(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?!\\d)(?:[T ]+(" + CLOCK + ")(?!\\d))?",
            this::date),
        rule(
            "(\\d{4})年?" + TO + "(\\d{4})年(?!一遇)",
            p -> oneByOne(p.group(1)) + "到" + oneByOne(p.group(2)) + "年"),
        rule("(\\d{4})年(?!一遇)", p -> p.whole() ? oneByOne(p.group(1)) + "年" : null),
        rule("(" + CLOCK + ")(?!\\d|:)", p -> p.whole() ? clock(p.group(1)) : null),
        rule("(\\d+):(\\d+)(?!\\d)", p -> value(p.group(1)) + "比" + value(p.group(2))),
        rule(
            "1[3-9]\\d[- ]?\\d{4}[- ]?\\d{4}(?!\\d)",
            p -> p.whole() ? Numerals.telephone(p.match().group()) : null),
        rule(
            "(?:0\\d{2,3}-?\\d{7,8}|[48]00-?\\d{3}-?\\d{4})(?!\\d)",
            p -> p.whole() ? Numerals.telephone(p.match().group()) : null),
        rule(
            "(?:110|119|120|122|12345|12379|12350|12328|95598)(?![\\d%‰℃°]|[.,:]\\d)",
            Spoken::called),
        rule("([GSXY])\\s?(\\d{3})(?!\\d)(国道|省道|县道|乡道)?", Spoken::road),
        rule(
            "(\\d{3})(国道|省道|县道|乡道)",
            p -> p.whole() ? Numerals.telephone(p.group(1)) + p.group(2) : null),
        rule(
            "K(\\d+)\\+(\\d{1,3})(?!\\d)",
            p -> p.whole() ? value(p.group(1)) + "公里加" + value(p.group(2)) + "米" : null),
        rule(
            "(VIII|VII|III|II|IV|VI|V|I)(?=级|类|度|期|号|型)",
            p -> p.whole() ? roman(p.group(1)) : null),
        rule("([A-Za-z]+)[-_]?(\\d+)(?!\\d|\\.\\d)", this::code),
        rule("\\d+(?:-\\d+){2,}(?!\\d)", p -> dashed(p.match().group())),
        rule(
            "(" + MINUS + "?)(" + NUMBER + ")[%％]?" + TO + "(" + NUMBER + ")\\s*[%％]",
            p -> minus(p) + percent(p.group(2)) + "到" + percent(p.group(3))),
        rule("(" + MINUS + "?)(" + NUMBER + ")\\s*[%％]", p -> minus(p) + percent(p.group(2))),
        rule("(" + MINUS + "?)(" + NUMBER + ")\\s*‰", p -> minus(p) + "千分之" + value(p.group(2))),
        rule(
            "(" + MINUS + "?)(" + NUMBER + ")(?:" + DEGREE + ")?" + TO + "(" + MINUS + "?)("
                + NUMBER + ")" + DEGREE,
            this::degrees),
        rule(
            "(" + MINUS + "?)(" + NUMBER + ")" + DEGREE,
            p -> (p.group(1).isEmpty() ? "" : "零下") + value(p.group(2)) + "摄氏度"),
        rule("(\\d{1,3})/(\\d{1,3})(?![\\d/])", this::fraction),
        rule("(" + NUMBER + ")(?=" + TO + NUMBER + ")", this::first),
        rule("(" + NUMBER + ")\\s*(" + UNIT + ")", this::measured),
        rule("(" + NUMBER + ")", this::plain),
        rule(TO + "(?=" + MINUS + "?\\d)", Spoken::to),
        rule(MINUS + "(?=\\d)", p -> p.whole() ? "负" : null),
        rule("[≥⩾]|>=", p -> "大于等于"),
        rule("[≤⩽]|<=", p -> "小于等于"),
        rule("[>＞](?=\\s*\\d)", p -> "大于"),
        rule("[<＜](?=\\s*\\d)", p -> "小于"),
        rule("±|\\+/-", p -> "正负"),
        rule("\\+(?=\\d)", p -> Character.isDigit(p.before()) ? "加" : "正"),
        rule("[×*](?=\\s*\\d)", p -> Character.isDigit(p.before()) ? "乘" : null),
        rule("≈(?=\\s*\\d)", p -> "约"),
        rule("=(?=\\s*\\d)", p -> "等于"),
        rule("℃|°\\s?C", p -> "摄氏度"),
        rule("(?:№|No\\.)\\s?(?=\\d)", p -> "第"));
  }

  private static Rule rule(String pattern, Function<Place, String> says) {
    return new Rule(Pattern.compile(pattern), says);
  }

  private String date(Place p) {
    int month = Integer.parseInt(p.group(2));
    int day = Integer.parseInt(p.group(3));
    if (month < 1 || month > 12 || day < 1 || day > 31 || !p.whole()) {
      return null;
    }
    String date = oneByOne(p.group(1)) + "年" + value("" + month) + "月" + value("" + day) + "日";
    return date + (p.group(4).isEmpty() ? "" : clock(p.group(4)));
  }

  private String clock(String time) {
    String[] parts = time.split(":", -1);
    int hour = Integer.parseInt(parts[0]);
    StringBuilder said = new StringBuilder(hour == 2 && numbers ? "两" : value("" + hour));
    said.append('点');
    boolean seconds = parts.length > 2 && !parts[2].equals("00");
    if (seconds || !parts[1].equals("00")) {
      said.append(twoPlaces(parts[1])).append('分');
    }
    if (seconds) {
      said.append(twoPlaces(parts[2])).append('秒');
    }
    return said.toString();
  }

  private String twoPlaces(String digits) {
    return digits.startsWith("0") ? oneByOne(digits) : value(digits);
  }

  private static String called(Place p) {
    boolean named = CALL.matcher(p.text().substring(0, p.match().start())).find();
    return p.whole() && (named || CALLED.matcher(p.after()).find())
        ? Numerals.telephone(p.match().group())
        : null;
  }

  private static String road(Place p) {
    if (!p.whole()) {
      return null;
    }
    String number = Numerals.telephone(p.group(2));
    String kind =
        switch (p.group(1)) {
          case "G" -> "国道";
          case "S" -> "省道";
          case "X" -> "县道";
          default -> "乡道";
        };
    return p.group(3).isEmpty() ? kind + number : number + p.group(3);
  }

  private String code(Place p) {
    String digits = p.group(2);
    boolean oneByOne = digits.length() > 2 || digits.startsWith("0");
    return latin(p.group(1)) + (oneByOne ? Numerals.telephone(digits) : value(digits));
  }

  private static String dashed(String number) {
    StringBuilder said = new StringBuilder();
    for (String part : number.split("-", -1)) {
      said.append(said.length() == 0 ? "" : "杠").append(Numerals.telephone(part));
    }
    return said.toString();
  }

  private static String minus(Place p) {
    return p.group(1).isEmpty() ? "" : "负";
  }

  private String percent(String number) {
    return "百分之" + value(number);
  }

  private String degrees(Place p) {
    boolean below = !p.group(1).isEmpty();
    boolean endsBelow = !p.group(3).isEmpty();
    return (below ? "零下" : "")
        + value(p.group(2))
        + "到"
        + (endsBelow ? "零下" : below ? "零上" : "")
        + value(p.group(4))
        + "摄氏度";
  }

  private String fraction(Place p) {
    int part = Integer.parseInt(p.group(1));
    int of = Integer.parseInt(p.group(2));
    return p.whole() && p.before() != '/' && part > 0 && part < of
        ? value(p.group(2)) + "分之" + value(p.group(1))
        : null;
  }

  /** The first number of a range, which counts what the second one counts. */
  private String first(Place p) {
    Matcher second = SECOND.matcher(p.after());
    return counted(p.group(1), second.lookingAt() ? p.after().substring(second.end()) : "");
  }

  private String measured(Place p) {
    String unit = Units.said(p.group(2));
    return counted(p.group(1), unit) + unit;
  }

  private String plain(Place p) {
    String digits = p.group(1);
    if (NO_AMOUNT.matcher(digits).matches()) {
      // 05分 is 零五分; longer ones are codes, said as telephone numbers are.
      return digits.length() > 2 ? Numerals.telephone(digits) : oneByOne(digits);
    }
    return counted(digits, p.before() == '第' ? "" : p.after());
  }

  private String counted(String number, String what) {
    if (!number.equals("2") || !numbers) {
      return value(number);
    }
    Matcher unit = UNIT_FIRST.matcher(what);
    String counts = unit.lookingAt() ? Units.said(unit.group(1)) : what.stripLeading();
    return COUNTED.matcher(counts).lookingAt() ? "两" : value(number);
  }

  private static String to(Place p) {
    char before = p.before();
    return Character.isDigit(before) || isLatin(before) || ENDS.indexOf(before) >= 0 ? "到" : null;
  }

  private String value(String number) {
    return numbers ? Numerals.value(number) : number.replace(",", "");
  }

  private String oneByOne(String digits) {
    return numbers ? Numerals.digits(digits) : digits;
  }

  private String latin(String text) {
    return letters ? text : "";
  }

  private static String roman(String letters) {
    return Numerals.value(
        Map.of("I", "1", "II", "2", "III", "3", "IV", "4", "V", "5", "VI", "6", "VII", "7")
            .getOrDefault(letters, "8"));
  }

  private String character(int point) {
    if (point >= 'Ⅰ' && point <= 'Ⅻ') {
      return Numerals.value("" + (point - 'Ⅰ' + 1));
    }
    if (point >= 'ⅰ' && point <= 'ⅻ') {
      return Numerals.value("" + (point - 'ⅰ' + 1));
    }
    if (point >= '①' && point <= '⑳') {
      return Numerals.value("" + (point - '①' + 1)) + "、";
    }
    return switch (point) {
      case '【' -> brackets ? "【" : "，";
      case '】' -> brackets ? "】" : "，";
      case '[', ']', '(', ')', '（', '）', '「', '」', '『', '』', '〔', '〕', '〖', '〗', '{', '}' -> "，";
      case '-', '–', '—', '―', '−', '~', '～', '〜', '…', '⋯', '\n', '\r', '\t', '·', ',' -> "，";
      case '/', '\\', '|', '／', '｜' -> "、";
      case ';' -> "；";
      case ':' -> "：";
      case '!' -> "！";
      case '?' -> "？";
      case '.', '．', '｡' -> "。";
      case '&', '＆' -> "和";
      case '°' -> "度";
      case ' ', '　' -> letters ? " " : "";
      default -> kept(point) ? Character.toString(point) : "";
    };
  }

  private boolean kept(int point) {
    return (point >= '一' && point <= '龥') // nearly all of them, and quick to tell
        || Character.UnicodeScript.of(point) == Character.UnicodeScript.HAN
        || "，。！？；：、".indexOf(point) >= 0
        || (point < 128 && (Character.isDigit(point) || (letters && Character.isLetter(point))));
  }

  private static boolean isLatin(char c) {
    return c < 128 && Character.isLetter(c);
  }

  /** Digits, letters and signs of full width as those of half width. */
  private static String narrow(String text) {
    StringBuilder narrow = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char half = c >= '！' && c <= '～' ? (char) (c - 0xFEE0) : c;
      boolean sign = half < 128 && "+-./%=<>~".indexOf(half) >= 0;
      boolean between =
          half == ':'
              && i > 0
              && i + 1 < text.length()
              && Character.isDigit(text.charAt(i - 1))
              && Character.isDigit(text.charAt(i + 1));
      narrow.append(half < 128 && (Character.isLetterOrDigit(half) || sign || between) ? half : c);
    }
    return narrow.toString();
  }

  /**
   * Of several pauses the longest is left, none at the front and none at the end that ends nothing,
   * none after a bracket that is kept; and a space only between Latin words.
   */
  private static String tidy(CharSequence said) {
    StringBuilder tidy = new StringBuilder(said.length());
    int at = 0;
    while (at < said.length()) {
      char c = said.charAt(at);
      if (c != ' ' && !isPause(c)) {
        tidy.append(c);
        at++;
        continue;
      }
      int from = at;
      char pause = ' ';
      for (; at < said.length(); at++) {
        char next = said.charAt(at);
        if (next != ' ' && !isPause(next)) {
          break;
        }
        if (next != ' ' && (pause == ' ' || (isEnd(next) && !isEnd(pause)))) {
          pause = next;
        }
      }
      boolean last = at == said.length();
      boolean needed =
          pause == ' '
              ? !last && from > 0 && isLatin(said.charAt(from - 1)) && isLatin(said.charAt(at))
              : from > 0
                  && (!last || isEnd(pause))
                  && !(pause == '，' && said.charAt(from - 1) == '】');
      if (needed) {
        tidy.append(pause);
      }
    }
    return tidy.toString();
  }

  private static boolean isPause(char c) {
    return isEnd(c) || c == '，' || c == '；' || c == '：' || c == '、';
  }

  private static boolean isEnd(char c) {
    return c == '。' || c == '！' || c == '？';
  }
}
