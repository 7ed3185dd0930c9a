package org.lastmile.channel.loudspeaker;

import org.lastmile.channel.Backing;

/** The same through the small stand-in, so that it is known to stand in truly. */
class SmallBrokerLoudspeakerTest extends BrokerLoudspeakerTest {
  @Override
  Broker broker() {
    Backing.note(getClass(), "a small broker of the test");
    return new SmallBroker();
  }
}
