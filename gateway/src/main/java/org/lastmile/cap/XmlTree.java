package org.lastmile.cap;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Parses XML with everything off that could reach out or blow up: a DOCTYPE ends the reading, no
 * external entity, schema or stylesheet is ever fetched, and depth, elements and attributes are
 * bounded. The JDK's own parser is used, whatever else is on the class path.
 */
final class XmlTree {

  /** CAP needs 5 levels, a signature about 10. */
  static final int MAX_DEPTH = 32;

  /** The largest national alerts seen have a few thousand. */
  static final int MAX_NODES = 300_000;

  private static final int MAX_ATTRIBUTES = 64;
  private static final int MAX_ATTRIBUTE_LENGTH = 65_536;

  private XmlTree() {}

  /** The root, or null when the text is not well-formed or not safe, which is then a problem. */
  static Node parse(String text, Findings findings) {
    Builder builder = new Builder();
    try {
      parser().parse(new InputSource(new StringReader(text)), builder);
      return builder.root;
    } catch (SAXParseException e) {
      findings.problem(new Node(null, "", builder.where(), e.getLineNumber()), words(e));
    } catch (SAXException | ParserConfigurationException | IOException e) {
      findings.problem(null, "the XML cannot be read: " + e.getMessage());
    }
    return null;
  }

  private static SAXParser parser() throws ParserConfigurationException, SAXException {
    SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
    factory.setXIncludeAware(false);
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
    SAXParser parser = factory.newSAXParser();
    parser.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    parser.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    parser.setProperty("jdk.xml.maxElementDepth", String.valueOf(MAX_DEPTH));
    parser.setProperty("jdk.xml.elementAttributeLimit", String.valueOf(MAX_ATTRIBUTES));
    return parser;
  }

  private static String words(SAXParseException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("DOCTYPE")) {
      return "a DOCTYPE is not allowed in a warning: remove it (entities are never expanded)";
    }
    if (said.contains("maxElementDepth")) {
      return "nested deeper than " + MAX_DEPTH + " elements: not a warning";
    }
    if (said.contains("elementAttributeLimit") || said.contains("attributes,")) {
      return "more than " + MAX_ATTRIBUTES + " attributes on one element: not a warning";
    }
    return "not well-formed XML: " + said;
  }

  private static final class Builder extends DefaultHandler {
    private Node root;
    private Locator locator;
    private int nodes;
    private final Deque<Node> open = new ArrayDeque<>();

    @Override
    public void setDocumentLocator(Locator given) {
      locator = given;
    }

    @Override
    public void startElement(String uri, String name, String qualified, Attributes attributes)
        throws SAXException {
      if (++nodes > MAX_NODES) {
        throw new SAXParseException("more than " + MAX_NODES + " elements", locator);
      }
      for (int i = 0; i < attributes.getLength(); i++) {
        if (attributes.getValue(i).length() > MAX_ATTRIBUTE_LENGTH) {
          throw new SAXParseException(
              "an attribute of more than " + MAX_ATTRIBUTE_LENGTH + " characters", locator);
        }
      }
      Node node = new Node(open.peek(), uri.strip(), name, locator.getLineNumber());
      if (root == null) {
        root = node;
      }
      open.push(node);
    }

    @Override
    public void characters(char[] chars, int start, int length) {
      open.element().append(chars, start, length);
    }

    @Override
    public void endElement(String uri, String name, String qualified) {
      open.pop();
    }

    @Override
    public InputSource resolveEntity(String publicId, String systemId) {
      return new InputSource(new StringReader(""));
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }

    /** The path of the innermost element still open when the parser gave up. */
    String where() {
      return open.isEmpty() ? "" : open.element().path();
    }
  }
}
