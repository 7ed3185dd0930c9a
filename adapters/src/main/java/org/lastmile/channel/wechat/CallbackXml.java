package org.lastmile.channel.wechat;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the platform's {@code <xml><Name>value</Name>…</xml>}. Anything that could do harm is
 * refused: a DTD, an entity of its own, deep nesting, many elements, one name twice.
 */
final class CallbackXml {
  /** The deepest real message has 5 levels. */
  private static final int DEEPEST = 8;

  /** The longest real message has about 40. */
  private static final int MOST_ELEMENTS = 200;

  private CallbackXml() {}

  /** Why a body is not read; never quotes it. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String why) {
      super(why);
    }
  }

  /**
   * The values of the root's children by name, and of what is nested in them by path: {@code
   * Event/List/Id}, and for the second of several lists {@code Event/List#2/Id}.
   */
  static Map<String, String> read(byte[] body) throws Unreadable {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing is resolved");
        });
    try {
      XMLStreamReader reader =
          factory.createXMLStreamReader(new ByteArrayInputStream(body), "UTF-8");
      try {
        return read(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw new Unreadable("not well-formed XML");
    }
  }

  private static Map<String, String> read(XMLStreamReader reader)
      throws XMLStreamException, Unreadable {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> siblings = new HashMap<>();
    Deque<String> paths = new ArrayDeque<>();
    int elements = 0;
    boolean leaf = false;
    StringBuilder text = new StringBuilder();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (paths.size() >= DEEPEST || ++elements > MOST_ELEMENTS) {
            throw new Unreadable("XML is nested too deeply or has too many elements");
          }
          String name = reader.getLocalName();
          if (paths.isEmpty() && !name.equals("xml")) {
            throw new Unreadable("the root element is not xml");
          }
          paths.push(
              switch (paths.size()) {
                case 0 -> "";
                case 1 -> name;
                default -> numbered(paths.element() + "/" + name, siblings);
              });
          text.setLength(0);
          leaf = true;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          String path = paths.pop();
          boolean child = paths.size() == 1;
          if ((leaf && !paths.isEmpty()) || child) {
            String value = leaf ? text.toString().strip() : "";
            if (values.put(path, value) != null) {
              throw new Unreadable("an element stands there twice");
            }
          }
          leaf = false;
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new Unreadable("a DTD or an entity, which is never read");
        default -> {
          // comments, processing instructions, the document's start and end say nothing
        }
      }
    }
    return values;
  }

  private static String numbered(String path, Map<String, Integer> siblings) {
    int number = siblings.merge(path, 1, Integer::sum);
    return number == 1 ? path : path + "#" + number;
  }
}
