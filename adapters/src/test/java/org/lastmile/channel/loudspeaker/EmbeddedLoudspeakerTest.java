package org.lastmile.channel.loudspeaker;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.MemoryInHeap;

/** The channel contract on the gateway's own endpoint, a device on a real socket at the far end. */
class EmbeddedLoudspeakerTest implements ChannelContract {

  @Override
  public Rig rig() throws IOException {
    Vertx vertx = Vertx.vertx();
    LoudspeakerChannel channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.embedded(0), new MemoryInHeap(), Clock.systemUTC(), vertx);
    TestDevice device =
        new TestDevice(
                vertx,
                channel.port().orElseThrow(),
                "LS-0001",
                channel.passwordOf("LS-0001"),
                channel.publicKey())
            .on();
    return new DeviceRig(vertx, channel, device) {
      @Override
      public void cut() {
        device.off();
      }

      @Override
      public void mend() {
        device.on();
      }
    };
  }
}
