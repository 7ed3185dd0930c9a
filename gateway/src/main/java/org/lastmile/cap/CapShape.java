package org.lastmile.cap;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What CAP 1.2 says an alert looks like: order, what must be there, what stands once, and the
 * allowed words. Departures are notices only: national alerts depart from it every day.
 */
final class CapShape {

  /**
   * One element that holds others.
   *
   * @param order its children, as the schema orders them
   * @param required those that must be there
   * @param repeatable those that may stand several times
   */
  private record Shape(List<String> order, Set<String> required, Set<String> repeatable) {}

  private static final Shape PAIR =
      new Shape(List.of("valueName", "value"), Set.of("valueName", "value"), Set.of());

  private static final Map<String, Shape> SHAPES =
      Map.of(
          "alert",
          new Shape(
              List.of(
                  "identifier",
                  "sender",
                  "sent",
                  "status",
                  "msgType",
                  "source",
                  "scope",
                  "restriction",
                  "addresses",
                  "code",
                  "note",
                  "references",
                  "incidents",
                  "info"),
              Set.of("identifier", "sender", "sent", "status", "msgType", "scope"),
              Set.of("code", "info")),
          "info",
          new Shape(
              List.of(
                  "language",
                  "category",
                  "event",
                  "responseType",
                  "urgency",
                  "severity",
                  "certainty",
                  "audience",
                  "eventCode",
                  "effective",
                  "onset",
                  "expires",
                  "senderName",
                  "headline",
                  "description",
                  "instruction",
                  "web",
                  "contact",
                  "parameter",
                  "resource",
                  "area"),
              Set.of("category", "event", "urgency", "severity", "certainty"),
              Set.of("category", "responseType", "eventCode", "parameter", "resource", "area")),
          "area",
          new Shape(
              List.of("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"),
              Set.of("areaDesc"),
              Set.of("polygon", "circle", "geocode")),
          "resource",
          new Shape(
              List.of("resourceDesc", "mimeType", "size", "uri", "derefUri", "digest"),
              Set.of("resourceDesc", "mimeType"),
              Set.of()),
          "eventCode",
          PAIR,
          "parameter",
          PAIR,
          "geocode",
          PAIR);

  private static final Map<String, Set<String>> WORDS =
      Map.of(
          "scope", Set.of("Public", "Restricted", "Private"),
          "category",
              Set.of(
                  "Geo",
                  "Met",
                  "Safety",
                  "Security",
                  "Rescue",
                  "Fire",
                  "Health",
                  "Env",
                  "Transport",
                  "Infra",
                  "CBRNE",
                  "Other"),
          "responseType",
              Set.of(
                  "Shelter",
                  "Evacuate",
                  "Prepare",
                  "Execute",
                  "Avoid",
                  "Monitor",
                  "Assess",
                  "AllClear",
                  "None"),
          "urgency", Set.of("Immediate", "Expected", "Future", "Past", "Unknown"),
          "certainty", Set.of("Observed", "Likely", "Possible", "Unlikely", "Unknown"));

  private CapShape() {}

  static void check(Node root, Findings findings) {
    Shape shape = SHAPES.get(root.name());
    if (shape != null && !(root.children().isEmpty() && !root.text().isEmpty())) {
      children(root, shape, findings);
    }
  }

  private static void children(Node parent, Shape shape, Findings findings) {
    Set<String> seen = new HashSet<>();
    int reached = 0;
    for (Node child : parent.children()) {
      String name = child.name();
      int place = child.foreign() ? -1 : shape.order().indexOf(name);
      if (child.namespace().contains("xmldsig")) {
        continue; // the one foreign element that CAP foresees
      }
      if (place < 0) {
        findings.notice(child, "unknown element " + Findings.quote(name) + ": ignored");
        continue;
      }
      if (!seen.add(name) && !shape.repeatable().contains(name)) {
        findings.notice(child, name + " stands more than once");
      } else if (place < reached) {
        findings.notice(child, name + " stands out of order");
      }
      reached = Math.max(reached, place);
      if (child.isEmpty()) {
        findings.notice(child, "empty element " + name + ": taken as not given");
      } else if (WORDS.containsKey(name) && !WORDS.get(name).contains(child.text())) {
        findings.notice(child, name + " " + Findings.quote(child.text()) + " is not a word of CAP");
      }
      check(child, findings);
    }
    for (String name : shape.order()) {
      if (shape.required().contains(name) && !seen.contains(name)) {
        findings.notice(parent, "no " + name);
      }
    }
  }
}
