/**
 * Reads warnings as they come in (CAP 1.0 to 1.2, the national 12379-style XML, a JSON form) and
 * writes CAP 1.2. What is unsafe or cannot be identified is refused; what is odd but meaningful is
 * read with notices; what contradicts itself is read with doubts. Every form becomes a tree of
 * {@link org.lastmile.cap.Node}, then an {@link org.lastmile.cap.Said}, then a Warning.
 */
package org.lastmile.cap;
