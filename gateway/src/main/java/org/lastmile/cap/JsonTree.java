package org.lastmile.cap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;

/**
 * Parses JSON into the same tree as XML: a list becomes several nodes of the same name, and a list
 * of plain numbers (a position) one node with the numbers joined by commas. Names given twice are
 * refused, since nobody can say which one was meant.
 */
final class JsonTree {

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(XmlTree.MAX_DEPTH)
                  .maxNameLength(1_000)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonTree() {}

  /** The root, named {@code warning}; null when the text is not JSON, which is then a problem. */
  static Node parse(String text, Findings findings) {
    Node root = new Node(null, "", "warning", 1);
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      new Builder(parser).fields(root);
      if (parser.nextToken() != null) {
        findings.problem(
            at(parser), "text after the end of the JSON: hand in one warning at a time");
      }
      return root;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      findings.problem(new Node(null, "", "", line), "not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      findings.problem(null, "the JSON cannot be read: " + e.getMessage());
    }
    return null;
  }

  private static Node at(JsonParser parser) {
    return new Node(null, "", "", parser.currentLocation().getLineNr());
  }

  private static final class Builder {
    private final JsonParser parser;
    private int nodes;

    Builder(JsonParser parser) {
      this.parser = parser;
    }

    /** Reads the fields of the object whose start is the current token. */
    void fields(Node object) throws IOException {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        value(object, name);
      }
    }

    private void value(Node parent, String name) throws IOException {
      switch (parser.currentToken()) {
        case START_OBJECT -> fields(node(parent, name));
        case START_ARRAY -> items(parent, name, null);
        case VALUE_NULL -> node(parent, name);
        default -> node(parent, name).append(Node.printable(parser.getText()));
      }
    }

    /** A list: one node of numbers, or a node for each item; {@code self} when it has one. */
    private void items(Node parent, String name, Node self) throws IOException {
      Node numbers = self;
      boolean any = false;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken().isNumeric()) {
          numbers = numbers == null ? node(parent, name) : numbers;
          numbers.append(any ? "," + parser.getText() : parser.getText());
          any = true;
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
          Node nested = node(parent, name);
          items(nested, name, nested);
        } else {
          value(parent, name);
        }
      }
    }

    private Node node(Node parent, String name) throws IOException {
      if (++nodes > XmlTree.MAX_NODES) {
        throw new JsonParseException(parser, "more than " + XmlTree.MAX_NODES + " values");
      }
      return new Node(parent, "", Node.printable(name), parser.currentTokenLocation().getLineNr());
    }
  }
}
