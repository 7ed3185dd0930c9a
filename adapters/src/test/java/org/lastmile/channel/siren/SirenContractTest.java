package org.lastmile.channel.siren;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Channel;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Signal;

/** The worked example of {@code docs/architecture.md}: a channel as small as a channel can be. */
class SirenContractTest implements ChannelContract {

  @Test
  void the_architecture_page_shows_this_very_class() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/lastmile/channel/siren/SirenChannel.java"));

    assertThat(Files.readString(Path.of("../docs/architecture.md")))
        .contains(source.substring(source.indexOf("/** Sirens")));
  }

  @Override
  public Rig rig() {
    return new Relay();
  }

  /** A relay with one siren, and a channel to it. */
  private static final class Relay implements Rig {
    private HttpServer server = server(0);
    private final int port = server.getAddress().getPort();
    private final SirenChannel channel =
        new SirenChannel(URI.create("http://localhost:" + port), Clock.systemUTC());

    private static HttpServer server(int port) {
      try {
        HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(
            "/",
            exchange -> {
              boolean known = exchange.getRequestURI().getPath().equals("/siren-1");
              exchange.getRequestBody().readAllBytes();
              exchange.sendResponseHeaders(known ? 200 : 404, -1);
              exchange.close();
            });
        server.start();
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public String goodAddress() {
      return "siren-1";
    }

    @Override
    public String badAddress() {
      return "siren-9";
    }

    @Override
    public void cut() {
      server.stop(0);
    }

    @Override
    public void mend() {
      server = server(port);
    }

    @Override
    public Set<Signal.Evidence> told() {
      return Set.of(Signal.Evidence.PLAYED);
    }

    @Override
    public void close() {
      channel.close();
      server.stop(0);
    }
  }
}
