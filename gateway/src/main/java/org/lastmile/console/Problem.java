package org.lastmile.console;

import java.util.List;
import java.util.Map;

/**
 * What is wrong with a request, as RFC 9457 has it: answered as {@code application/problem+json}
 * with every finding listed.
 *
 * @see #findings
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;
  private final transient List<Finding> findings;
  private final transient Map<String, String> headers;

  /** One thing that is wrong: where ({@code /how}, {@code ?state}, {@code row 7}), and what. */
  public record Finding(String at, String what) {}

  public Problem(
      int status,
      String title,
      String detail,
      List<Finding> findings,
      Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
    this.findings = List.copyOf(findings);
    this.headers = Map.copyOf(headers);
  }

  static Problem of(int status, String title, String detail) {
    return new Problem(status, title, detail, List.of(), Map.of());
  }

  /** 400: everything that is wrong with what was sent. */
  public static Problem invalid(List<Finding> findings) {
    String detail = findings.stream().map(f -> f.at() + ": " + f.what()).toList().toString();
    return new Problem(
        400,
        "The request can't be understood",
        detail.substring(1, detail.length() - 1),
        findings,
        Map.of());
  }

  static Problem unknown(String what, String id) {
    return of(404, "There is no such " + what, "no " + what + " has the id " + id);
  }

  static Problem forbidden(String detail) {
    return of(403, "This account may not do that", detail);
  }

  /** 503: the store can't be reached now; nothing was done. */
  static Problem away(String detail) {
    return new Problem(
        503,
        "The store is away",
        detail + "; nothing was done, try again shortly",
        List.of(),
        Map.of("Retry-After", "5"));
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  public List<Finding> findings() {
    return findings;
  }

  public Map<String, String> headers() {
    return headers;
  }
}
