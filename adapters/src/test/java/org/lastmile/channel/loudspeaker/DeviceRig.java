package org.lastmile.channel.loudspeaker;

import io.vertx.core.Vertx;
import java.util.Set;
import org.lastmile.channel.Channel;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Signal;

/** A channel with one loudspeaker at the far end; links differ in how their cable is pulled. */
abstract class DeviceRig implements ChannelContract.Rig {
  final Vertx vertx;
  final LoudspeakerChannel channel;
  final TestDevice device;
  private boolean met;

  DeviceRig(Vertx vertx, LoudspeakerChannel channel, TestDevice device) {
    this.vertx = vertx;
    this.channel = channel;
    this.device = device;
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public String goodAddress() {
    if (!met) {
      Presences.awaitOnline(channel, 1);
      met = true;
    }
    return device.id();
  }

  @Override
  public String badAddress() {
    return "LS#0002";
  }

  @Override
  public Set<Signal.Evidence> told() {
    return Set.of(Signal.Evidence.PLAYED);
  }

  @Override
  public void close() {
    device.close();
    channel.close();
    vertx.close();
  }
}
