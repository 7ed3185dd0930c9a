package org.lastmile.routes;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Signal;
import org.lastmile.desk.Desk;

/**
 * What is due goes out, what comes back goes to the desk; one pair of routes for each lane, so that
 * a dead one never holds another up.
 */
public final class DispatchRoutes extends RouteBuilder {
  private final Desk desk;
  private final Map<String, Channel> channels;
  private final Collection<Lane> lanes;

  public DispatchRoutes(Desk desk, Map<String, Channel> channels, Collection<Lane> lanes) {
    this.desk = desk;
    this.channels = Map.copyOf(channels);
    this.lanes = lanes;
  }

  @Override
  public void configure() {
    // What fails here is told to whoever asked: the channel keeps its signal, the lane asks again.
    errorHandler(noErrorHandler());
    getContext().addComponent("channel", new ChannelComponent(channels));
    ProducerTemplate producer = getContext().createProducerTemplate();
    Map<String, AtomicBoolean> woken = new HashMap<>();
    lanes.forEach(lane -> woken.put(lane.name(), new AtomicBoolean()));
    Consumer<String> wake =
        lane -> {
          // One wake-up that waits is enough; thousands of messages land in a second.
          AtomicBoolean already = woken.get(lane);
          if (already != null && !already.getAndSet(true)) {
            CompletableFuture<?> unused = producer.asyncSendBody(due(lane), "");
          }
        };
    desk.onDue(wake);
    desk.onReply(
        (name, message) ->
            lanes.stream().filter(l -> l.name().equals(name)).forEach(l -> l.answer(message)));
    for (Lane lane : lanes) {
      String due = due(lane.name());
      lane.onRoom(() -> wake.accept(lane.name()));

      from(due)
          .routeId("dispatch-" + lane.name())
          .process(
              exchange -> {
                woken.get(lane.name()).set(false);
                lane.turn();
              });

      from("timer:tick-" + lane.name() + "?period=1000").routeId("tick-" + lane.name()).to(due);

      from("channel:" + lane.name())
          .routeId("receipts-" + lane.name())
          .process(Step.of(Signal.class, lane::signal));
    }
  }

  private static String due(String lane) {
    return "seda:due-" + lane + "?size=1&discardWhenFull=true";
  }
}
