package org.lastmile.cap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.lastmile.warning.Area;
import org.lastmile.warning.Area.Circle;
import org.lastmile.warning.Area.Polygon;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning.Reference;

/**
 * Reads the JSON form: the words of a Warning as fields, areas as GeoJSON geometry (longitude
 * first), circles and codes. docs/intake.md shows it whole.
 */
final class JsonForm {

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "warning",
              Set.of(
                  "identifier",
                  "sender",
                  "sent",
                  "status",
                  "type",
                  "scope",
                  "language",
                  "grade",
                  "hazard",
                  "senderName",
                  "headline",
                  "description",
                  "instruction",
                  "texts",
                  "effective",
                  "expires",
                  "area",
                  "references"),
          "hazard", Set.of("code", "name"),
          "area", Set.of("description", "geometry", "circles", "codes"),
          "geometry", Set.of("type", "coordinates"),
          "circles", Set.of("latitude", "longitude", "radiusKm"),
          "references", Set.of("sender", "identifier", "sent"));

  private final Times times;
  private final Places places;
  private final Findings findings;

  JsonForm(Times times, Findings findings) {
    this.times = times;
    this.findings = findings;
    this.places = new Places(findings);
  }

  Said read(Node root) {
    unknownFields(root);
    if (root.textOf("type").matches("Feature(Collection)?")) {
      findings.problem(root, "GeoJSON alone is not a warning: see the JSON form in docs/intake.md");
    }
    return new Said(
        root,
        filled(root, "identifier"),
        filled(root, "sender"),
        filled(root, "sent"),
        filled(root, "status"),
        filled(root, "type"),
        filled(root, "scope"),
        null,
        references(root),
        List.of(info(root)));
  }

  private void unknownFields(Node object) {
    Set<String> known = FIELDS.get(object.name());
    for (Node field : object.children()) {
      if (known != null && !known.contains(field.name())) {
        findings.notice(field, "unknown field " + Findings.quote(field.name()) + ": ignored");
      } else {
        unknownFieldsBelow(object, field);
      }
    }
  }

  /** Texts and coordinates hold names of their own. */
  private void unknownFieldsBelow(Node object, Node field) {
    boolean nested = !field.children().isEmpty() && !object.name().equals(field.name());
    if (nested && FIELDS.containsKey(field.name())) {
      unknownFields(field);
    }
  }

  private Info info(Node root) {
    Node hazard = root.first("hazard");
    boolean object = hazard != null && !hazard.children().isEmpty();
    String said = Info.line(root, "hazard", findings);
    boolean code = said.matches("\\w+");
    Map<String, String> texts = new LinkedHashMap<>();
    Node given = root.first("texts");
    if (given != null) {
      for (Node text : given.children()) {
        if (!text.text().isEmpty()) {
          texts.put(text.name().toUpperCase(Locale.ROOT), text.text());
        }
      }
    }
    return new Info(
        root,
        root.textOf("language").isEmpty() ? "zh-CN" : root.textOf("language"),
        object ? Info.line(hazard, "name", findings) : code ? "" : said,
        object ? nonEmpty(hazard.textOf("code")) : code ? List.of(said) : List.of(),
        filled(root, "grade"),
        Map.of(),
        false,
        filled(root, "effective"),
        filled(root, "expires"),
        root.textOf("senderName"),
        Info.line(root, "headline", findings),
        root.textOf("description"),
        root.textOf("instruction"),
        texts,
        area(root.first("area")));
  }

  private Area area(Node area) {
    if (area == null) {
      return new Area("", List.of(), List.of(), List.of());
    }
    List<Polygon> polygons = new ArrayList<>();
    area.all("geometry").forEach(geometry -> polygons.addAll(polygons(geometry)));
    List<Circle> circles =
        area.all("circles").stream().map(this::circle).filter(Objects::nonNull).toList();
    List<String> codes = new ArrayList<>();
    area.all("codes").forEach(code -> AreaCodes.read(code, "", code.text(), codes, findings));
    return new Area(
        area.textOf("description"), polygons, circles, codes.stream().distinct().toList());
  }

  private List<Polygon> polygons(Node geometry) {
    List<Node> coordinates = geometry.all("coordinates");
    return switch (geometry.textOf("type")) {
      case "Polygon" -> polygon(coordinates);
      case "MultiPolygon" ->
          coordinates.stream().flatMap(rings -> polygon(rings.children()).stream()).toList();
      default -> {
        findings.notice(geometry, "only Polygon and MultiPolygon are understood: left out");
        findings.doubt("区域图形不是 Polygon 或 MultiPolygon：可能漏掉受影响的地方，请核对区域");
        yield List.of();
      }
    };
  }

  /** The first ring is the outer one, the others are holes. */
  private List<Polygon> polygon(List<Node> rings) {
    if (rings.isEmpty()) {
      return List.of();
    }
    List<Position> outer = places.geoJsonRing(rings.get(0));
    List<List<Position>> holes =
        rings.stream().skip(1).map(places::geoJsonRing).filter(Objects::nonNull).toList();
    return outer == null ? List.of() : List.of(new Polygon(outer, holes));
  }

  private Circle circle(Node circle) {
    return places.circle(
        circle,
        number(circle, "latitude"),
        number(circle, "longitude"),
        number(circle, "radiusKm"));
  }

  /** Not a number when missing or not one: no circle can be made of it then. */
  private static double number(Node object, String field) {
    String said = object.textOf(field);
    return said.matches("[-+]?\\d{1,20}(\\.\\d{1,20})?") ? Double.parseDouble(said) : Double.NaN;
  }

  private List<Reference> references(Node root) {
    List<Reference> references = new ArrayList<>();
    for (Node said : root.all("references")) {
      if (said.children().isEmpty()) {
        references.addAll(References.read(said, times, findings));
      } else if (said.textOf("identifier").isEmpty()) {
        findings.notice(said, "reference without an identifier: left out");
      } else {
        Node sent = filled(said, "sent");
        references.add(
            new Reference(
                said.textOf("sender").isEmpty() ? null : said.textOf("sender"),
                said.textOf("identifier"),
                sent == null ? null : times.parse(sent)));
      }
    }
    return references.stream().distinct().toList();
  }

  private static Node filled(Node object, String name) {
    Node field = object.first(name);
    return field == null || field.text().isEmpty() ? null : field;
  }

  private static List<String> nonEmpty(String word) {
    return word.isEmpty() ? List.of() : List.of(word);
  }
}
