package org.lastmile.cap;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import org.lastmile.warning.Warning;

/**
 * Reads a warning of any known form, recognised by content and never by what the sender calls it.
 * Reads bytes alone: nothing that an input names is ever fetched. Never throws on an input.
 */
public final class WarningReader {

  /** 8 MiB: real alerts with embedded audio or coastline polygons pass 1.6 MB. */
  public static final int DEFAULT_LIMIT = 8 * 1024 * 1024;

  /** What comes by mistake instead of an alert, by the name of its root. */
  private static final Map<String, String> NOT_A_WARNING =
      Map.of(
          "feed", "an Atom feed is not a warning: hand in the alerts that it links to",
          "rss", "an RSS feed is not a warning: hand in the alerts that it links to",
          "EDXLDistribution", "an EDXL envelope: take the alert out and hand it in alone",
          "Envelope", "a SOAP envelope: take the alert out and hand it in alone",
          "html", "a web page is not a warning",
          "HTML", "a web page is not a warning");

  private final int limit;
  private final InstantSource clock;

  /** A reader that refuses more than {@code limit} bytes; the clock only judges {@code sent}. */
  public WarningReader(int limit, InstantSource clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /** The largest input in bytes. */
  public int limit() {
    return limit;
  }

  /** Reads one warning; {@code zone} is where a time without a zone is meant. */
  public Reading read(byte[] input, ZoneId zone) {
    Findings findings = new Findings();
    Warning warning = warning(input, zone, findings);
    return warning == null ? new Reading.Refused(findings.problems()) : new Reading.Read(warning);
  }

  /** Null when the findings hold a problem. */
  private Warning warning(byte[] input, ZoneId zone, Findings findings) {
    if (input.length > limit) {
      findings.problem(null, input.length + " bytes: the limit is " + limit);
      return null;
    }
    String text = SourceText.of(input, findings);
    if (text == null) {
      return null;
    }
    String start = text.stripLeading();
    Times times = new Times(zone, findings);
    Said said = null;
    if (start.startsWith("<")) {
      said = xml(text.startsWith("<") ? text : mendStart(text, start, findings), times, findings);
    } else if (start.startsWith("{")) {
      Node root = JsonTree.parse(text, findings);
      said = root == null ? null : new JsonForm(times, findings).read(root);
    } else {
      findings.problem(null, what(start));
    }
    return said == null ? null : new Verdict(said, times, findings, clock).warning().orElse(null);
  }

  private static Said xml(String text, Times times, Findings findings) {
    Node root = XmlTree.parse(text, findings);
    if (root == null) {
      return null;
    }
    if (!root.name().equals("alert")) {
      findings.problem(
          root,
          NOT_A_WARNING.getOrDefault(
              root.name(),
              "the root is " + Findings.quote(root.name()) + ", not alert: send CAP 1.2"));
      return null;
    }
    return new AlertForm(times, findings).read(root);
  }

  /** XML wants its declaration first; blank lines before it are common and harmless. */
  private static String mendStart(String text, String start, Findings findings) {
    findings.notice(null, "space before the XML declaration");
    String before = text.substring(0, text.length() - start.length());
    boolean declared = start.startsWith("<?xml ") && start.contains("?>");
    return declared ? before + start.substring(start.indexOf("?>") + 2) : text;
  }

  private static String what(String start) {
    if (start.isEmpty()) {
      return "empty: nothing to read";
    }
    return start.startsWith("[")
        ? "a list: hand in one warning at a time"
        : "neither XML nor JSON: send CAP 1.2, the 12379 form or the JSON form";
  }
}
