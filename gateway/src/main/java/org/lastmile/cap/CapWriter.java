package org.lastmile.cap;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Warning.Nature;
import org.lastmile.warning.Warning.Reference;

/**
 * Writes a warning as CAP 1.2 that is valid by the schema and reads back as the same warning. What
 * CAP has no word for (texts per channel, holes) is carried in parameters and geocodes named {@code
 * LastMile.…}; who does not know them sees the outer ring, which warns more and never less.
 */
public final class CapWriter {

  private static final String NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

  private final ZoneId zone;

  /** Times are written in the offset of {@code zone}. */
  public CapWriter(ZoneId zone) {
    this.zone = zone;
  }

  /**
   * The warning as XML text, to be sent as UTF-8.
   *
   * @throws IllegalArgumentException when it has no status, which CAP cannot say
   */
  public String write(Warning warning) {
    if (warning.nature() == Nature.MISSING) {
      throw new IllegalArgumentException(
          "warning " + warning.id() + " has no status: CAP cannot be written without one");
    }
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("alert");
      xml.writeDefaultNamespace(NAMESPACE);
      new Page(xml, zone).alert(warning);
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing into memory cannot fail", e);
    }
    return text.toString();
  }

  /** One document being written. */
  private record Page(XMLStreamWriter xml, ZoneId zone) {

    void alert(Warning warning) throws XMLStreamException {
      element("identifier", warning.identity().identifier());
      element("sender", warning.identity().sender());
      element("sent", time(warning.identity().sent()));
      element("status", word(warning.nature()));
      element("msgType", word(warning.type()));
      element("scope", "Public");
      if (!warning.references().isEmpty()) {
        element(
            "references",
            warning.references().stream().map(this::reference).collect(Collectors.joining(" ")));
      }
      info(warning);
    }

    private void info(Warning warning) throws XMLStreamException {
      xml.writeStartElement("info");
      element("language", "zh-CN");
      element("category", category(warning.hazard().family()));
      element("event", warning.hazard().name());
      element("urgency", "Unknown");
      element("severity", severity(warning.grade()));
      element("certainty", "Unknown");
      if (!warning.hazard().code().isEmpty()) {
        pair("eventCode", AlertForm.EVENT, warning.hazard().code());
      }
      element("effective", time(warning.effective()));
      if (warning.expires() != null) {
        element("expires", time(warning.expires()));
      }
      optional("senderName", warning.senderName());
      optional("headline", warning.headline());
      optional("description", warning.description());
      optional("instruction", warning.instruction());
      for (Map.Entry<String, String> text : new TreeMap<>(warning.texts()).entrySet()) {
        pair("parameter", AlertForm.TEXT + text.getKey(), text.getValue());
      }
      area(warning.area());
      xml.writeEndElement();
    }

    private void area(Area area) throws XMLStreamException {
      xml.writeStartElement("area");
      element("areaDesc", area.description());
      for (Area.Polygon polygon : area.polygons()) {
        element("polygon", ring(polygon.outer()));
      }
      for (Area.Circle circle : area.circles()) {
        element("circle", place(circle.centre()) + " " + number(circle.radiusKm()));
      }
      for (String code : area.codes()) {
        pair("geocode", "行政区划代码", code);
      }
      for (int i = 0; i < area.polygons().size(); i++) {
        for (List<Position> hole : area.polygons().get(i).holes()) {
          pair("geocode", AlertForm.HOLE, i + " " + ring(hole));
        }
      }
      xml.writeEndElement();
    }

    private String reference(Reference reference) {
      return reference.sender() == null || reference.sent() == null
          ? reference.identifier()
          : reference.sender() + "," + reference.identifier() + "," + time(reference.sent());
    }

    private String time(Instant instant) {
      return TIME.format(instant.atZone(zone));
    }

    private static String ring(List<Position> ring) {
      return ring.stream().map(Page::place).collect(Collectors.joining(" "));
    }

    private static String place(Position position) {
      return number(position.latitude()) + "," + number(position.longitude());
    }

    /** Never 1.0E-4: others may not read it. */
    private static String number(double number) {
      return BigDecimal.valueOf(number).toPlainString();
    }

    private void optional(String name, String text) throws XMLStreamException {
      if (text != null && !text.isEmpty()) {
        element(name, text);
      }
    }

    private void pair(String name, String valueName, String value) throws XMLStreamException {
      xml.writeStartElement(name);
      element("valueName", valueName);
      element("value", value);
      xml.writeEndElement();
    }

    private void element(String name, String text) throws XMLStreamException {
      xml.writeStartElement(name);
      xml.writeCharacters(Node.printable(text));
      xml.writeEndElement();
    }
  }

  /** ACTUAL as Actual. */
  private static String word(Enum<?> constant) {
    String name = constant.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String severity(Grade grade) {
    if (grade == null) {
      return "Unknown";
    }
    return switch (grade) {
      case RED -> "Extreme";
      case ORANGE -> "Severe";
      case YELLOW -> "Moderate";
      case BLUE -> "Minor";
    };
  }

  private static String category(Hazard.Family family) {
    return switch (family) {
      case RAIN, FLOOD, WIND, HEAT, COLD, DROUGHT, MARINE -> "Met";
      case GEOLOGICAL, EARTHQUAKE -> "Geo";
      case FIRE -> "Fire";
      case AIR -> "Env";
      case OTHER -> "Other";
    };
  }
}
