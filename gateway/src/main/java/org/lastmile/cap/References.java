package org.lastmile.cap;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.warning.Warning.Reference;

/**
 * Reads which earlier warnings are meant: CAP's {@code sender,identifier,sent} separated by spaces,
 * or bare identifiers as the national form has them.
 */
final class References {

  private static final Pattern SENT =
      Pattern.compile("\\s*(\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d\\S*)\\s*");

  private References() {}

  static List<Reference> read(Node at, Times times, Findings findings) {
    Set<Reference> found = new LinkedHashSet<>();
    String said = at.text();
    if (!triples(at, said.split(",", -1), times, found)) {
      found.clear();
      bare(said, found);
      if (said.indexOf(',') >= 0) {
        findings.notice(at, "references without sender and sent: taken as bare identifiers");
      }
    }
    return new ArrayList<>(found);
  }

  private static void bare(String identifiers, Set<Reference> found) {
    for (String identifier : identifiers.split("[,，;；\\s]+", -1)) {
      if (!identifier.isEmpty()) {
        found.add(new Reference(null, identifier, null));
      }
    }
  }

  /** Between commas stand: sender, identifier, sent and the next sender, identifier, … sent. */
  private static boolean triples(Node at, String[] parts, Times times, Set<Reference> found) {
    if (parts.length < 3 || parts.length % 2 == 0) {
      return false;
    }
    String sender = parts[0].strip();
    for (int i = 1; i < parts.length; i += 2) {
      Matcher sent = SENT.matcher(parts[i + 1]);
      if (!sent.lookingAt()) {
        return false;
      }
      Node time = new Node(null, "", at.path(), at.line());
      time.append(sent.group(1));
      found.add(new Reference(sender, parts[i].strip(), times.parse(time)));
      sender = parts[i + 1].substring(sent.end()).strip();
    }
    bare(sender, found);
    return true;
  }
}
