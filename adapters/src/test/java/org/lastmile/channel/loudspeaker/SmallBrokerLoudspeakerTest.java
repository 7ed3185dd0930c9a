package org.lastmile.channel.loudspeaker;

/** The same through the small stand-in, so that it is known to stand in truly. */
class SmallBrokerLoudspeakerTest extends BrokerLoudspeakerTest {
  @Override
  Broker broker() {
    return new SmallBroker();
  }
}
