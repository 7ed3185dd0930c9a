package org.lastmile.console;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/**
 * The public feed, for television, radio and other departments: what this house has released and
 * what is still in force, never a drill, never a test. No sign-in, no personal data.
 */
final class Feed {
  private static final String ATOM = "http://www.w3.org/2005/Atom";
  private static final int MOST = 100;

  private final Desk desk;
  private final Api api;
  private final Function<Warning, String> cap;
  private final String publicUrl;

  /** Cap writes one warning as CAP 1.2. */
  Feed(Desk desk, Api api, Function<Warning, String> cap, String publicUrl) {
    this.desk = desk;
    this.api = api;
    this.cap = cap;
    this.publicUrl = publicUrl.replaceAll("/+$", "");
  }

  void mount(Router router) {
    router.get("/feed/cap.atom").handler(r -> answer(r, "application/atom+xml", atom()));
    router
        .get("/feed/cap/:file")
        .handler(
            r -> {
              String file = r.pathParam("file");
              String id = file.endsWith(".xml") ? file.substring(0, file.length() - 4) : "";
              answer(r, "application/cap+xml", one(id));
            });
  }

  private CompletableFuture<String> atom() {
    return desk.warnings(WarningStatus.RELEASED)
        .thenApplyAsync(
            all ->
                written(
                    all.stream()
                        .filter(Feed::shown)
                        .sorted(Comparator.comparing(View.Summary::released).reversed())
                        .limit(MOST)
                        .toList()),
            api.work());
  }

  private CompletableFuture<String> one(String id) {
    return desk.warning(id)
        .thenApplyAsync(
            found ->
                found
                    .filter(Feed::shown)
                    .map(s -> cap.apply(s.warning()))
                    .orElseThrow(() -> Problem.unknown("warning in force", id)),
            api.work());
  }

  private static boolean shown(View.Summary summary) {
    return summary.status() == WarningStatus.RELEASED
        && summary.released() != null
        && summary.warning().nature() == Warning.Nature.ACTUAL;
  }

  private String written(List<View.Summary> entries) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.setDefaultNamespace(ATOM);
      xml.writeStartElement(ATOM, "feed");
      xml.writeDefaultNamespace(ATOM);
      element(xml, "id", publicUrl + "/feed/cap.atom");
      element(xml, "title", "预警信息");
      Instant updated = entries.isEmpty() ? Instant.EPOCH : entries.get(0).released();
      element(xml, "updated", updated.toString());
      link(xml, "self", "application/atom+xml", publicUrl + "/feed/cap.atom");
      for (View.Summary entry : entries) {
        entry(xml, entry);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a feed in memory can't be written", e);
    }
    return text.toString();
  }

  private void entry(XMLStreamWriter xml, View.Summary entry) throws XMLStreamException {
    Warning warning = entry.warning();
    String url = publicUrl + "/feed/cap/" + entry.id() + ".xml";
    xml.writeStartElement(ATOM, "entry");
    element(xml, "id", url);
    element(xml, "title", clean(warning.headline()));
    element(xml, "updated", entry.released().toString());
    element(xml, "published", warning.identity().sent().toString());
    xml.writeStartElement(ATOM, "author");
    element(xml, "name", clean(warning.senderName()));
    xml.writeEndElement();
    element(xml, "summary", clean(warning.description()));
    link(xml, "alternate", "application/cap+xml", url);
    xml.writeEndElement();
  }

  private static void element(XMLStreamWriter xml, String name, String text)
      throws XMLStreamException {
    xml.writeStartElement(ATOM, name);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  private static void link(XMLStreamWriter xml, String rel, String type, String href)
      throws XMLStreamException {
    xml.writeEmptyElement(ATOM, "link");
    xml.writeAttribute("rel", rel);
    xml.writeAttribute("type", type);
    xml.writeAttribute("href", href);
  }

  /** XML 1.0 can't carry most control characters, not even escaped. */
  private static String clean(String text) {
    return text == null
        ? ""
        : text.replaceAll("[^\\t\\n\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "");
  }

  /** Sends what is written when it is, or says that it has not changed. */
  static void answer(RoutingContext request, String type, CompletionStage<String> written) {
    Context here = request.vertx().getOrCreateContext();
    written
        .thenApply(text -> text.getBytes(StandardCharsets.UTF_8))
        .whenComplete(
            (bytes, problem) ->
                here.runOnContext(
                    now -> {
                      if (problem != null) {
                        request.fail(
                            problem instanceof CompletionException ? problem.getCause() : problem);
                        return;
                      }
                      String tag =
                          "\"" + Secret.digest(new String(bytes, StandardCharsets.UTF_8)) + "\"";
                      request
                          .response()
                          .putHeader("ETag", tag)
                          .putHeader("Cache-Control", "no-cache");
                      if (tag.equals(request.request().getHeader("If-None-Match"))) {
                        request.response().setStatusCode(304).end();
                      } else {
                        request
                            .response()
                            .putHeader("Content-Type", type + "; charset=utf-8")
                            .end(Buffer.buffer(bytes));
                      }
                    }));
  }
}
