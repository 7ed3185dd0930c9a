package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.lastmile.channel.Channel;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComSettings;

/** What holds for every channel, on the sandbox's WeCom with a member who clicks. */
class WeComContractTest implements ChannelContract {

  @Override
  public Rig rig() throws Exception {
    return new SandboxRig();
  }

  private static final class SandboxRig implements Rig {
    private final CallbackServer callbacks = new CallbackServer();
    private final WeComSettings settings =
        WeComSettings.plain()
            .withCallback(callbacks.url())
            .withTimes(Duration.ofMillis(20), Duration.ofMillis(100));
    private final WeComChannel channel;
    private final int port;
    private WeChatSandbox sandbox;

    SandboxRig() throws Exception {
      start(0);
      port = sandbox.baseUrl().getPort();
      WeComConfig config =
          new WeComConfig(
              sandbox.baseUrl(),
              settings.corpId(),
              settings.agentId(),
              settings.secret(),
              settings.callbackToken(),
              settings.aesKey(),
              "",
              Map.of(),
              WeChatConfig.Limits.DEFAULT);
      channel = new WeComChannel(config, new MemoryInHeap(), Clock.systemUTC(), new Random(1));
      callbacks.handsTo(channel.callback());
    }

    private void start(int onPort) {
      sandbox =
          new WeChatSandbox(AccountSettings.plain(), settings, onPort, InstantSource.system());
      sandbox.wecom().member("Wang").clicks(WeComFace.ACKNOWLEDGE, Duration.ofMillis(20));
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public String goodAddress() {
      return "Wang";
    }

    @Override
    public String badAddress() {
      return "nobody";
    }

    @Override
    public void cut() {
      sandbox.close();
    }

    @Override
    public void mend() {
      start(port);
    }

    @Override
    public Set<Signal.Evidence> told() {
      return Set.of(Signal.Evidence.ACKNOWLEDGED);
    }

    @Override
    public void close() {
      channel.close();
      sandbox.close();
      callbacks.close();
    }
  }
}
