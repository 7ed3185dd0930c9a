package org.lastmile.channel.sms.pdu;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A text cut into the parts that single messages carry. No cut falls inside an escape pair or a
 * surrogate pair, nor inside what a reader sees as one character where a part can hold that.
 *
 * @param alphabet of every part
 * @param parts the text of each part, in order; at least one
 */
public record Words(Alphabet alphabet, List<String> parts) {
  /** A decoder in the field rejects references of 16 bits, so 8 are usual. */
  private static final int NARROW_HEADER = 6;

  private static final int WIDE_HEADER = 7;

  private static final Pattern SEEN_AS_ONE = Pattern.compile("\\X");

  public Words {
    parts = List.copyOf(parts);
  }

  public static Words of(String text) {
    return of(text, "");
  }

  /**
   * Cuts a text, if it must be.
   *
   * @param mark stands at the front of every part (a drill must be known as one from any part of
   *     it); empty for none. A text that already starts with it does not get it twice.
   */
  public static Words of(String text, String mark) {
    return of(text, mark, NARROW_HEADER);
  }

  /** The same, in UCS2 even where GSM-7 could carry it. */
  public static Words inUcs2(String text, String mark) {
    return cut(text.startsWith(mark) ? text : mark + text, mark, Alphabet.UCS2, NARROW_HEADER);
  }

  /** As {@link #of(String, String)}, for parts whose reference has 16 bits: a unit less in each. */
  public static Words wide(String text, String mark) {
    return of(text, mark, WIDE_HEADER);
  }

  /**
   * @param header octets in front of every part: 6 with a reference of 8 bits, 7 with one of 16
   */
  static Words of(String text, String mark, int header) {
    String whole = text.startsWith(mark) ? text : mark + text;
    return cut(whole, mark, Gsm7.covers(whole) ? Alphabet.GSM7 : Alphabet.UCS2, header);
  }

  private static Words cut(String whole, String mark, Alphabet alphabet, int header) {
    if (alphabet.units(whole) <= alphabet.room(0)) {
      return new Words(alphabet, List.of(whole));
    }
    int room = alphabet.room(header);
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (String piece : pieces(whole, alphabet, room - alphabet.units(mark))) {
      if (alphabet.units(part) + alphabet.units(piece) > room) {
        parts.add(part.toString());
        part.setLength(0);
        part.append(mark);
      }
      part.append(piece);
    }
    parts.add(part.toString());
    return new Words(alphabet, parts);
  }

  /** What must not be cut; something longer than a part falls into code points. */
  private static List<String> pieces(String text, Alphabet alphabet, int room) {
    return SEEN_AS_ONE
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .flatMap(
            seen ->
                alphabet.units(seen) <= room
                    ? Stream.of(seen)
                    : seen.codePoints().mapToObj(Character::toString))
        .toList();
  }
}
