package org.lastmile.channel;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is said, apart from whom it is said to. Two messages whose contents have the same id carry
 * exactly the same content, so that a channel may sign, render, upload or batch once per id.
 *
 * @param id unique for ever, {@code [A-Za-z0-9._-]{1,64}}
 * @param kind what the message does to what was said before
 * @param about id of the warning it speaks of; a later content about the same warning replaces an
 *     earlier one on devices that can say only one thing
 * @param text the words, ready for people, drill marks included
 * @param fields the same by named parts, for wires that fill a template (see {@link Field})
 * @param speech how a loudspeaker says it; ignored by channels that don't speak
 * @param issued when it was issued
 * @param playBy after this moment it is not worth waking anyone: bounds sending, SMS validity and
 *     device expiry
 * @param priority 0 (highest) to 9; lifts to people 0, RED 1, ORANGE 2, YELLOW 3, BLUE 4, drills 5,
 *     notices 6 and up; a lift to a loudspeaker has its warning's
 * @param drill a drill: every wire marks it so
 * @param targets area codes and groups it is meant for; empty = only the message's own address
 * @param supersedes ids of contents that this one replaces or, for {@link Kind#STOP} and {@link
 *     Kind#LIFT}, ends; for people, of the warnings that those were about
 */
public record Content(
    String id,
    Kind kind,
    String about,
    String text,
    Map<String, String> fields,
    Speech speech,
    Instant issued,
    Instant playBy,
    int priority,
    boolean drill,
    List<String> targets,
    List<String> supersedes) {

  private static final int LONGEST_ID = 64;

  public Content {
    if (!isId(id)) {
      throw new IllegalArgumentException("content id is not [A-Za-z0-9._-]{1,64}: " + id);
    }
    if (priority < 0 || priority > 9) {
      throw new IllegalArgumentException("priority is not 0 to 9: " + priority);
    }
    fields = Map.copyOf(fields);
    targets = List.copyOf(targets);
    supersedes = List.copyOf(supersedes);
  }

  /** Whether it is {@code [A-Za-z0-9._-]{1,64}}; asked for every message. */
  static boolean isId(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!mayStandInId(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= LONGEST_ID;
  }

  /** Whether it is one of {@code A-Za-z0-9._-}, of which ids of contents and attempts are made. */
  public static boolean mayStandInId(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /** What a message does to what was said before. */
  public enum Kind {
    /** A warning. */
    WARN,
    /** Replaces an earlier warning in one step. */
    UPDATE,
    /** Says that a warning is over. */
    LIFT,
    /** Ends a play without words; people get nothing. */
    STOP,
    /** A self-test of one address; never a warning. */
    TEST,
    /** Words that are not a warning: a department's notice, a binding code. */
    NOTICE
  }
}
