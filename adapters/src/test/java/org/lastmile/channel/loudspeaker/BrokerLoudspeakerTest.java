package org.lastmile.channel.loudspeaker;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import org.lastmile.channel.Backing;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.MemoryInHeap;

/** The channel contract through a broker: a real Mosquitto where it is installed. */
class BrokerLoudspeakerTest implements ChannelContract {

  /** The broker under test; nothing else differs between real and small. */
  Broker broker() throws IOException {
    Broker broker = Broker.best("LS-0001");
    Backing.note(
        getClass(),
        broker instanceof Mosquitto ? "mosquitto (local)" : "a small broker of the test");
    return broker;
  }

  @Override
  public Rig rig() throws IOException {
    Broker broker = broker();
    Vertx vertx = Vertx.vertx();
    LoudspeakerChannel channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.broker(
                "mqtt://127.0.0.1:" + broker.port(), Broker.GATEWAY, Broker.PASSWORD),
            new MemoryInHeap(),
            Clock.systemUTC(),
            vertx);
    TestDevice device =
        new TestDevice(vertx, broker.port(), "LS-0001", Broker.PASSWORD, channel.publicKey()).on();
    return new DeviceRig(vertx, channel, device) {
      @Override
      public void cut() {
        broker.kill();
      }

      @Override
      public void mend() {
        try {
          broker.start();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void close() {
        super.close();
        broker.close();
      }
    };
  }
}
