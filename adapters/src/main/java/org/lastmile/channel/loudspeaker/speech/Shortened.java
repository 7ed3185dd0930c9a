package org.lastmile.channel.loudspeaker.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Cuts a spoken text to what a device takes, at the ends of sentences: the mark of a drill, the
 * place and the action stay, and whatever else there is room for.
 */
final class Shortened {
  private static final String DRILL = "这是演练。";

  private final SpeakerProfile profile;

  Shortened(SpeakerProfile profile) {
    this.profile = profile;
  }

  /**
   * The text, as short as it must be.
   *
   * @param said the text as the profile says it
   * @param writtenPlace as it stands in the written text; empty when it names none
   * @param writtenAction likewise
   */
  String cut(String said, String writtenPlace, String writtenAction, boolean drill) {
    if (fits(said)) {
      return said;
    }
    String place = profile.words(writtenPlace);
    String action = profile.words(writtenAction);
    List<String> sentences = sentences(said);
    TreeSet<Integer> kept = new TreeSet<>();
    for (int i = 0; i < sentences.size(); i++) {
      String sentence = sentences.get(i);
      boolean mark = drill && i == 0 && sentence.contains("演练");
      if (mark || names(sentence, place) || names(sentence, action)) {
        kept.add(i);
      }
    }
    if (kept.isEmpty()) {
      kept.add(0);
    }
    if (!fits(joined(sentences, kept))) {
      return shortest(place, action, drill, sentences.get(kept.first()));
    }
    // What follows the place says where to go; what precedes it says why.
    int from = kept.last();
    for (int n = 0; n < sentences.size(); n++) {
      TreeSet<Integer> more = new TreeSet<>(kept);
      more.add((from + n) % sentences.size());
      if (fits(joined(sentences, more))) {
        kept = more;
      }
    }
    return joined(sentences, kept);
  }

  private String shortest(String place, String action, boolean drill, String instead) {
    String front = drill ? DRILL : "";
    String core =
        place.isEmpty() && action.isEmpty()
            ? instead
            : action.isEmpty() ? place + "请注意。" : place + "，请" + action + "。";
    String whole = front + core;
    if (fits(whole)) {
      return whole;
    }
    // What to do is worth more than the whole of a long name: the device hangs at the place.
    String end = action.isEmpty() ? "" : "请" + action + "。";
    String head = place.isEmpty() ? instead : place;
    if (fits(front + end)) {
      return front + begin(head, profile.longest() - profile.size(front + end)) + end;
    }
    return begin(whole, profile.longest());
  }

  private String begin(String text, int room) {
    StringBuilder begin = new StringBuilder();
    int left = room;
    for (int point : text.codePoints().toArray()) {
      String character = Character.toString(point);
      left -= profile.size(character);
      if (left < 0) {
        break;
      }
      begin.append(character);
    }
    return begin.toString();
  }

  private boolean fits(String text) {
    return profile.size(text) <= profile.longest();
  }

  private static boolean names(String sentence, String what) {
    return !what.isEmpty() && sentence.contains(what);
  }

  private static String joined(List<String> sentences, SortedSet<Integer> which) {
    StringBuilder text = new StringBuilder();
    which.forEach(i -> text.append(sentences.get(i)));
    return text.toString();
  }

  private static List<String> sentences(String text) {
    List<String> sentences = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if ("。！？；".indexOf(text.charAt(i)) >= 0) {
        sentences.add(text.substring(from, i + 1));
        from = i + 1;
      }
    }
    if (from < text.length()) {
      sentences.add(text.substring(from));
    }
    return sentences;
  }
}
