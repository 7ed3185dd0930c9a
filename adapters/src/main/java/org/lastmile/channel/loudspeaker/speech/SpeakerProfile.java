package org.lastmile.channel.loudspeaker.speech;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one make of loudspeaker can say; the data lies with the device configuration.
 *
 * @param model what the ledger's 型号 contains; null = chosen by mode alone
 * @param mode what the ledger's 播报方式 contains; null = chosen by model alone
 * @param audio it can't speak and needs audio
 * @param charset it knows the characters of; null = all
 * @param longest text it takes, in characters, or in bytes of the charset
 * @param formats of audio that it plays
 */
record SpeakerProfile(
    String name,
    Pattern model,
    Pattern mode,
    boolean audio,
    Spoken spoken,
    Charset charset,
    int longest,
    boolean bytes,
    List<String> formats) {

  private static final String GENERIC = "generic";

  /** Narrow ones before wide ones; what the device says of its mode last. */
  private static final List<String> MAKES =
      List.of("syn6288", "xfs5152", "gb2312-small", "agent", "audio");

  private static final List<SpeakerProfile> ALL = MAKES.stream().map(SpeakerProfile::load).toList();
  private static final SpeakerProfile ANY = load(GENERIC);

  /** A ledger that names words besides audio speaks of a device that can do both. */
  private static final Pattern WORDS_TOO = Pattern.compile("(?i)文字|文本|语音合成|TTS|text");

  /** The one that fits what the ledger says of a device. */
  static SpeakerProfile of(String model, String playMode) {
    return ALL.stream().filter(p -> p.fits(model, playMode)).findFirst().orElse(ANY);
  }

  static SpeakerProfile generic() {
    return ANY;
  }

  /** All of them. */
  static List<SpeakerProfile> all() {
    return Stream.concat(ALL.stream(), Stream.of(ANY)).toList();
  }

  boolean isGeneric() {
    return name.equals(GENERIC);
  }

  private boolean fits(String itsModel, String playMode) {
    if (model != null && model.matcher(itsModel).find()) {
      return true;
    }
    return mode != null && mode.matcher(playMode).find() && !WORDS_TOO.matcher(playMode).find();
  }

  /** The text as it says it, of characters that it knows; not cut. */
  String words(String text) {
    String said = spoken.say(text);
    if (charset == null) {
      return said;
    }
    CharsetEncoder encoder = charset.newEncoder();
    StringBuilder known = new StringBuilder(said.length());
    said.codePoints()
        .mapToObj(Character::toString)
        .filter(encoder::canEncode)
        .forEach(known::append);
    return known.toString();
  }

  /** How much of its room a text takes. */
  int size(String text) {
    return bytes ? text.getBytes(charset).length : text.codePointCount(0, text.length());
  }

  private static SpeakerProfile load(String name) {
    String file = "/lastmile/speaker/" + name + ".properties";
    try (InputStream in = SpeakerProfile.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the program was built without " + file);
      }
      Properties data = new Properties();
      data.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      String charset = data.getProperty("charset", "any");
      String[] longest = data.getProperty("longest", "1500 characters").split(" ", -1);
      return new SpeakerProfile(
          name,
          pattern(data.getProperty("model", "")),
          pattern(data.getProperty("mode", "")),
          data.getProperty("audio", "no").equals("yes"),
          new Spoken(
              data.getProperty("numbers", "words").equals("words"),
              data.getProperty("letters", "yes").equals("yes"),
              data.getProperty("brackets", "pause").equals("keep")),
          charset.equals("any") ? null : Charset.forName(charset),
          Integer.parseInt(longest[0]),
          longest[1].equals("bytes"),
          List.of(data.getProperty("formats", "").split(" ", -1)));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private static Pattern pattern(String regex) {
    return regex.isEmpty() ? null : Pattern.compile(regex);
  }
}
