package org.lastmile.console;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * The console page: a fixed set of files from the class path, read once. What is not named here
 * can't be asked for. The browser asks each time whether a file is still the same, so that a page
 * never runs with half an old program.
 */
final class Assets {
  private static final String[] FILES = {
    "console.css",
    "public.css",
    "icon.svg",
    "api.js",
    "live.js",
    "main.js",
    "state.js",
    "words.js",
    "views/channels.js",
    "views/dialog.js",
    "views/duty.js",
    "views/inbox.js",
    "views/notices.js",
    "views/page.js",
    "views/parts.js",
    "views/points.js",
    "views/sign-in.js",
    "views/speakers.js",
    "views/warning.js",
    "views/warnings.js",
  };

  private static final String[] LIT = {
    "lit-html.js",
    "directive.js",
    "directive-helpers.js",
    "async-directive.js",
    "directives/keyed.js",
    "directives/live.js",
    "directives/ref.js",
    "directives/repeat.js",
  };

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, Asset> assets = new TreeMap<>();

  private record Asset(String type, Buffer bytes, String tag) {}

  Assets() {
    add("/", "web/index.html");
    for (String file : FILES) {
      add("/" + file, "web/" + file);
    }
    String lit = "META-INF/resources/webjars/lit-html/" + webJarVersion("lit-html") + "/";
    for (String file : LIT) {
      add("/lib/lit-html/" + file, lit + file);
    }
  }

  /** Of everything that is served. */
  Set<String> paths() {
    return assets.keySet();
  }

  void mount(Router router) {
    assets.forEach(
        (path, asset) -> {
          router.get(path).handler(request -> send(request, asset));
          router.head(path).handler(request -> send(request, asset));
        });
  }

  private static void send(RoutingContext request, Asset asset) {
    request.response().putHeader("ETag", asset.tag()).putHeader("Cache-Control", "no-cache");
    if (asset.tag().equals(request.request().getHeader("If-None-Match"))) {
      request.response().setStatusCode(304).end();
    } else {
      request.response().putHeader("Content-Type", asset.type()).end(asset.bytes());
    }
  }

  private void add(String path, String resource) {
    byte[] bytes = read(resource);
    String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
    String tag = "\"" + Secret.digest(new String(bytes, StandardCharsets.UTF_8)) + "\"";
    assets.put(path, new Asset(type, Buffer.buffer(bytes), tag));
  }

  private static String webJarVersion(String name) {
    Properties properties = new Properties();
    String pom = "META-INF/maven/org.webjars.npm/" + name + "/pom.properties";
    try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(pom)) {
      if (in == null) {
        throw new IllegalStateException("the class path has no WebJar " + name);
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the WebJar " + name + " can't be read", e);
    }
    return properties.getProperty("version");
  }

  private static byte[] read(String resource) {
    try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the class path has no " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " can't be read", e);
    }
  }
}
