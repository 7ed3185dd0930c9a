package org.lastmile.warning;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One graded alert as it came in, in the words of the house. What was odd about it stands in
 * notices; what contradicts itself stands in doubts, and a warning with doubts is held.
 *
 * @param identity who said it and when: the same identity is the same warning
 * @param grade null only when the source gave no way to tell, which is a doubt
 * @param texts ready words by CAP-like audience (SPEAKER, SMS, WEB…), when the source gave them
 * @param effective when it starts; a future one is normal
 * @param expires null when the source gave none: the policy derives one
 * @param references earlier warnings that an UPDATE or CANCEL speaks of
 * @param notices what was irregular and accepted
 * @param doubts why a person has to look before it goes out; empty = none
 */
public record Warning(
    Identity identity,
    Type type,
    Nature nature,
    Grade grade,
    Hazard hazard,
    String senderName,
    String headline,
    String description,
    String instruction,
    Map<String, String> texts,
    Instant effective,
    Instant expires,
    Area area,
    List<Reference> references,
    List<String> notices,
    List<String> doubts) {

  public Warning {
    texts = Map.copyOf(texts);
    references = List.copyOf(references);
    notices = List.copyOf(notices);
    doubts = List.copyOf(doubts);
  }

  /** CAP's (sender, identifier, sent). */
  public record Identity(String sender, String identifier, Instant sent) {}

  /** An earlier warning; sender and sent are null where the source names a bare identifier. */
  public record Reference(String sender, String identifier, Instant sent) {

    /** True when it can mean that warning. */
    public boolean means(Identity other) {
      return identifier.equals(other.identifier())
          && (sender == null || sender.equals(other.sender()))
          && (sent == null || sent.equals(other.sent()));
    }
  }

  /** What it does to earlier ones. */
  public enum Type {
    ALERT,
    UPDATE,
    CANCEL
  }

  /** CAP status. Only ACTUAL and EXERCISE ever go out; a missing status never does. */
  public enum Nature {
    ACTUAL,
    EXERCISE,
    SYSTEM,
    TEST,
    DRAFT,
    MISSING
  }

  /** Drill: CAP status Exercise. */
  public boolean drill() {
    return nature == Nature.EXERCISE;
  }

  /** The house's own id: w and 14 hex digits from the identity, the same for the same identity. */
  public String id() {
    return "w"
        + hex(identity.sender() + '\n' + identity.identifier() + '\n' + identity.sent())
            .substring(0, 14);
  }

  /** Changes when anything that people would be told changes. */
  public String digest() {
    return hex(
        String.join(
            "\n",
            String.valueOf(type),
            String.valueOf(nature),
            String.valueOf(grade),
            String.valueOf(hazard),
            String.valueOf(senderName),
            String.valueOf(headline),
            String.valueOf(description),
            String.valueOf(instruction),
            new TreeMap<>(texts).toString(),
            String.valueOf(effective),
            String.valueOf(expires),
            String.valueOf(area),
            String.valueOf(references)));
  }

  private static String hex(String words) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(words.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
