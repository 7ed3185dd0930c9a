package org.lastmile.cap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lastmile.warning.Area;
import org.lastmile.warning.Area.Circle;
import org.lastmile.warning.Area.Polygon;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning.Reference;

/**
 * Reads an {@code <alert>}: CAP 1.2, 1.1, 1.0, and the national 12379-style form, which is close
 * enough to CAP that one reader takes both and a mixture of them too.
 */
final class AlertForm {

  /** Our own marks inside CAP, for what CAP has no word for; others may ignore them. */
  static final String HOLE = "LastMile.hole";

  static final String TEXT = "LastMile.text.";
  static final String EVENT = "LastMile.event";

  private static final String CAP = "urn:oasis:names:tc:emergency:cap:";
  private static final Pattern LEVEL_NAME =
      Pattern.compile(".*(level|colou?r|grade|severity|等级|级别|颜色|信号).*", Pattern.CASE_INSENSITIVE);
  private static final Pattern HAN = Pattern.compile("\\p{IsHan}");

  private final Times times;
  private final Places places;
  private final Findings findings;

  AlertForm(Times times, Findings findings) {
    this.times = times;
    this.findings = findings;
    this.places = new Places(findings);
  }

  Said read(Node root) {
    boolean national = national(root);
    version(root, national);
    if (!national) {
      CapShape.check(root, findings);
    }
    if (root.children().stream().anyMatch(c -> c.namespace().contains("xmldsig"))) {
      findings.notice(root, "the signature is not checked");
    }
    Node sent = only(root, "sent");
    Node sender = only(root, "sender");
    if (sender == null && only(root, "senderCode") != null) {
      sender = only(root, "senderCode");
      findings.notice(sender, "no sender: its senderCode taken");
    }
    Map<String, String> texts = methodTexts(root);
    List<Info> infos = root.all("info").stream().map(info -> info(info, texts, national)).toList();
    return new Said(
        root,
        only(root, "identifier"),
        sender,
        sent == null ? only(root, "sendTime") : sent,
        only(root, "status"),
        only(root, "msgType"),
        only(root, "scope"),
        only(root, "secClassification"),
        references(root),
        infos);
  }

  /** The national form has no namespace and its own element names. */
  private static boolean national(Node root) {
    return root.namespace().isEmpty()
        && (root.first("sendTime") != null
            || root.first("senderCode") != null
            || root.all("info").stream().anyMatch(info -> info.first("eventType") != null));
  }

  private void version(Node root, boolean national) {
    String namespace = root.namespace();
    if (namespace.equals(CAP + "1.1")) {
      findings.notice(root, "CAP 1.1: read as 1.2");
    } else if (namespace.equals(CAP + "1.0")
        || namespace.equals("http://www.incident.com/cap/1.0")) {
      findings.notice(root, "CAP 1.0: read as 1.2 as far as it goes");
    } else if (namespace.isEmpty() && !national) {
      findings.notice(root, "no namespace: read as CAP 1.2");
    } else if (!namespace.isEmpty() && !namespace.startsWith(CAP)) {
      findings.problem(
          root, "an alert of an unknown namespace " + Findings.quote(namespace) + ": send CAP 1.2");
    } else if (!namespace.isEmpty() && !namespace.equals(CAP + "1.2")) {
      findings.notice(
          root, "unknown version of CAP " + Findings.quote(namespace) + ": read as 1.2");
    }
  }

  /** What must be said once; null when missing or empty. Said twice differently, it is refused. */
  private Node only(Node root, String name) {
    List<Node> all = root.all(name).stream().filter(n -> !n.text().isEmpty()).toList();
    if (all.stream().map(Node::text).distinct().count() > 1) {
      findings.problem(
          all.get(1), name + " is given more than once, and differently: give it once");
    }
    return all.isEmpty() ? null : all.get(0);
  }

  private List<Reference> references(Node root) {
    return root.all("references").stream()
        .flatMap(node -> References.read(node, times, findings).stream())
        .distinct()
        .toList();
  }

  /** {@code code/method}: a text for each channel. */
  private Map<String, String> methodTexts(Node root) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Node code : root.all("code")) {
      for (Node method : code.all("method")) {
        String name = method.textOf("methodName").toUpperCase(Locale.ROOT);
        String message = method.textOf("message");
        if (!name.isEmpty() && !message.isEmpty()) {
          String before = texts.putIfAbsent(name, message);
          if (before != null && !before.equals(message)) {
            findings.notice(method, "a second text for " + name + ": the first is used");
          }
        }
      }
    }
    return texts;
  }

  private Info info(Node node, Map<String, String> methodTexts, boolean national) {
    String headline = Info.line(node, "headline", findings);
    String event = Info.line(node, "event", findings);
    String description = node.textOf("description");
    String language = node.textOf("language");
    if (language.isEmpty()) {
      boolean han = HAN.matcher(headline + event + description).find();
      language = national || han ? "zh-CN" : "en-US";
    }
    Map<String, String> levels = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>(methodTexts);
    for (Node parameter : node.all("parameter")) {
      String name = name(parameter);
      if (name.startsWith(TEXT)) {
        texts.put(name.substring(TEXT.length()), value(parameter));
      } else if (LEVEL_NAME.matcher(name).matches() && !value(parameter).isEmpty()) {
        levels.put(name, value(parameter));
      }
    }
    List<Node> responses = node.all("responseType");
    return new Info(
        node,
        language,
        event,
        eventCodes(node),
        filled(node, "severity"),
        levels,
        !responses.isEmpty() && responses.stream().allMatch(r -> r.text().equals("AllClear")),
        filled(node, "effective"),
        filled(node, "expires"),
        node.textOf("senderName"),
        headline,
        description,
        node.textOf("instruction"),
        texts,
        area(node));
  }

  private static List<String> eventCodes(Node info) {
    Stream<String> marked =
        info.all("eventCode").stream().filter(c -> name(c).equals(EVENT)).map(AlertForm::value);
    Stream<String> codes = info.all("eventCode").stream().map(AlertForm::value);
    Stream<String> types = info.all("eventType").stream().map(Node::text);
    return Stream.of(marked, codes, types)
        .flatMap(all -> all)
        .filter(code -> !code.isEmpty())
        .distinct()
        .toList();
  }

  private Node filled(Node info, String name) {
    List<Node> all = info.all(name).stream().filter(n -> !n.text().isEmpty()).toList();
    if (all.stream().map(Node::text).distinct().count() > 1) {
      findings.doubt(name + " 给出多次且不同：请核对");
    }
    return all.isEmpty() ? null : all.get(0);
  }

  private Area area(Node info) {
    List<Polygon> polygons = new ArrayList<>();
    List<Circle> circles = new ArrayList<>();
    List<String> codes = new ArrayList<>();
    for (Node area : info.all("area")) {
      polygons.addAll(polygons(area));
      area.all("circle").stream()
          .filter(c -> !c.text().isEmpty())
          .map(places::circle)
          .filter(Objects::nonNull)
          .forEach(circles::add);
      for (Node geocode : area.all("geocode")) {
        if (!name(geocode).equals(HOLE)) {
          AreaCodes.read(geocode, name(geocode), value(geocode), codes, findings);
        }
      }
    }
    String description =
        info.all("area").stream()
            .map(area -> area.textOf("areaDesc"))
            .filter(words -> !words.isEmpty())
            .distinct()
            .collect(Collectors.joining("；"));
    return new Area(
        description,
        polygons.stream().distinct().toList(),
        circles.stream().distinct().toList(),
        codes.stream().distinct().toList());
  }

  private List<Polygon> polygons(Node area) {
    List<List<Position>> outer = new ArrayList<>();
    area.all("polygon").forEach(p -> outer.add(places.ring(p, p.text())));
    Map<Integer, List<List<Position>>> holes = new LinkedHashMap<>();
    for (Node geocode : area.all("geocode")) {
      if (name(geocode).equals(HOLE)) {
        String[] parts = value(geocode).split("\\s+", 2);
        boolean ours = parts.length == 2 && parts[0].matches("\\d{1,6}");
        List<Position> ring = ours ? places.ring(geocode, parts[1]) : null;
        if (ring != null) {
          holes.computeIfAbsent(Integer.valueOf(parts[0]), k -> new ArrayList<>()).add(ring);
        }
      }
    }
    List<Polygon> polygons = new ArrayList<>();
    for (int i = 0; i < outer.size(); i++) {
      if (outer.get(i) != null) {
        polygons.add(new Polygon(outer.get(i), holes.getOrDefault(i, List.of())));
      }
    }
    return polygons;
  }

  /** The name of a name-and-value pair; CAP 1.0 wrote {@code name=value}. */
  private static String name(Node pair) {
    Node name = pair.first("valueName");
    if (name != null) {
      return name.text();
    }
    String text = pair.text();
    return text.indexOf('=') > 0 ? text.substring(0, text.indexOf('=')).strip() : "";
  }

  private static String value(Node pair) {
    Node value = pair.first("value");
    if (value != null) {
      return value.text();
    }
    String text = pair.text();
    return text.indexOf('=') > 0 ? text.substring(text.indexOf('=') + 1).strip() : text;
  }
}
