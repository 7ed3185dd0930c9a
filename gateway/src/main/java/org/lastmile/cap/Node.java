package org.lastmile.cap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One named piece of an input of any form: its text, its parts, and where it stood. */
final class Node {

  private final Node parent;
  private final String name;
  private final String namespace;
  private final int line;
  private final StringBuilder text = new StringBuilder(0);
  private final List<Node> children = new ArrayList<>(0);

  /** A new piece below {@code parent}; null for the root. */
  Node(Node parent, String namespace, String name, int line) {
    this.parent = parent;
    this.namespace = namespace;
    this.name = name;
    this.line = line;
    if (parent != null) {
      parent.children.add(this);
    }
  }

  String name() {
    return name;
  }

  String namespace() {
    return namespace;
  }

  int line() {
    return line;
  }

  List<Node> children() {
    return children;
  }

  void append(String more) {
    text.append(more);
  }

  void append(char[] chars, int start, int length) {
    text.append(chars, start, length);
  }

  /** Its own text without the space around it; lines end with a line feed. */
  String text() {
    String own = text.toString().strip();
    return own.indexOf('\r') < 0 ? own : own.replace("\r\n", "\n").replace('\r', '\n');
  }

  boolean isEmpty() {
    return children.isEmpty() && text().isEmpty();
  }

  /** The children of that name, in order; parts of a foreign namespace never count. */
  List<Node> all(String childName) {
    return children.stream().filter(c -> c.name.equals(childName) && !c.foreign()).toList();
  }

  /** The first child of that name, or null. */
  Node first(String childName) {
    for (Node child : children) {
      if (child.name.equals(childName) && !child.foreign()) {
        return child;
      }
    }
    return null;
  }

  /** The text of the first child of that name; empty when there is none. */
  String textOf(String childName) {
    Node child = first(childName);
    return child == null ? "" : child.text();
  }

  /** True when it belongs to another vocabulary than the root. */
  boolean foreign() {
    Node root = this;
    while (root.parent != null) {
      root = root.parent;
    }
    return !namespace.isEmpty() && !namespace.equals(root.namespace);
  }

  /** The text without what XML cannot carry (control characters, half characters). */
  static String printable(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints()
        .filter(
            c -> c >= ' ' ? c < 0xD800 || (c > 0xDFFF && c != 0xFFFE && c != 0xFFFF) : isSpace(c))
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }

  private static boolean isSpace(int c) {
    return c == '\t' || c == '\n' || c == '\r';
  }

  /** E.g. {@code alert/info[2]/area}: numbered only where the name stands more than once. */
  String path() {
    Deque<String> names = new ArrayDeque<>();
    for (Node node = this; node != null; node = node.parent) {
      names.addFirst(node.name + node.number());
    }
    return String.join("/", names);
  }

  private String number() {
    if (parent == null) {
      return "";
    }
    List<Node> alike = parent.children.stream().filter(c -> c.name.equals(name)).toList();
    return alike.size() == 1 ? "" : "[" + (alike.indexOf(this) + 1) + "]";
  }
}
