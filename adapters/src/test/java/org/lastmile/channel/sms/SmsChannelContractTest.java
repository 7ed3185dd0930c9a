package org.lastmile.channel.sms;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Channel;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Signal;

/** What holds for every channel, over a real pseudo-terminal. */
class SmsChannelContractTest implements ChannelContract {
  @TempDir Path folder;

  @Override
  public Rig rig() {
    Bench bench = Bench.with(folder, 1);
    bench.smsc.phone("13800000404").refused(1);
    return new Rig() {
      @Override
      public Channel channel() {
        return bench.channel;
      }

      @Override
      public String goodAddress() {
        return "13800000001";
      }

      @Override
      public String badAddress() {
        return "13800000404";
      }

      @Override
      public void cut() {
        bench.modem(0).unplug();
      }

      @Override
      public void mend() {
        bench.modem(0).plug();
      }

      @Override
      public Set<Signal.Evidence> told() {
        return Set.of(Signal.Evidence.DELIVERED);
      }

      @Override
      public void close() {
        bench.close();
      }
    };
  }
}
