package org.lastmile.routes;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Signal;

/**
 * {@code from("channel:sms")}: every {@link Signal} of that channel as an exchange. The channel
 * acknowledges a signal to its wire only when its exchange has ended well.
 */
final class ChannelComponent extends DefaultComponent {
  private final Map<String, Channel> channels;

  ChannelComponent(Map<String, Channel> channels) {
    this.channels = Map.copyOf(channels);
  }

  @Override
  protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
    Channel channel = channels.get(name);
    if (channel == null) {
      throw new IllegalArgumentException("no channel named " + name + " in " + channels.keySet());
    }
    return new Signals(uri, this, channel);
  }

  private static final class Signals extends DefaultEndpoint {
    private final Channel channel;

    Signals(String uri, Component component, Channel channel) {
      super(uri, component);
      this.channel = channel;
    }

    @Override
    public Producer createProducer() {
      throw new UnsupportedOperationException("messages leave through a Lane");
    }

    @Override
    public Consumer createConsumer(Processor processor) {
      return new SignalConsumer(this, processor, channel);
    }
  }

  private static final class SignalConsumer extends DefaultConsumer {
    private final Channel channel;

    SignalConsumer(Endpoint endpoint, Processor processor, Channel channel) {
      super(endpoint, processor);
      this.channel = channel;
    }

    @Override
    protected void doStart() throws Exception {
      super.doStart();
      channel.listen(this::take);
    }

    private CompletableFuture<Void> take(Signal signal) {
      CompletableFuture<Void> kept = new CompletableFuture<>();
      Exchange exchange = createExchange(false);
      exchange.getMessage().setBody(signal);
      getAsyncProcessor()
          .process(
              exchange,
              done -> {
                Exception failure = exchange.getException();
                releaseExchange(exchange, false);
                if (failure == null) {
                  kept.complete(null);
                } else {
                  kept.completeExceptionally(failure);
                }
              });
      return kept;
    }
  }
}
