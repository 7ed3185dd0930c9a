package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import org.lastmile.channel.Channel;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;

/** What holds for every channel, on the sandbox with encrypted callbacks. */
class WeChatContractTest implements ChannelContract {

  @Override
  public Rig rig() throws Exception {
    return new SandboxRig();
  }

  private static final class SandboxRig implements Rig {
    private final CallbackServer callbacks = new CallbackServer();
    private final AccountSettings settings =
        AccountSettings.plain()
            .withCallbackSecrets("callback-token", Desk.AES_KEY)
            .withCallback(callbacks.url(), AccountSettings.Mode.ENCRYPTED)
            .withTimes(Duration.ofMillis(20), Duration.ofMillis(100));
    private final WeChatChannel channel;
    private final int port;
    private WeChatSandbox sandbox;

    SandboxRig() throws Exception {
      start(0);
      port = sandbox.baseUrl().getPort();
      WeChatConfig.OfficialAccount account =
          new WeChatConfig.OfficialAccount(
              sandbox.baseUrl(),
              settings.appId(),
              settings.secret(),
              AccountSettings.WARNING_TEMPLATE,
              settings.callbackToken(),
              settings.aesKey(),
              "",
              null);
      channel =
          new WeChatChannel(
              WeChatConfig.of(account), new MemoryInHeap(), Clock.systemUTC(), new Random(1));
      callbacks.handsTo(channel.callback());
    }

    private void start(int onPort) {
      sandbox = new WeChatSandbox(settings, onPort, InstantSource.system());
      sandbox.account().follower(Desk.OPENID);
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public String goodAddress() {
      return Desk.OPENID;
    }

    @Override
    public String badAddress() {
      return "oNOBODY234567890abcdefghijkl";
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
      return Set.of(Signal.Evidence.DELIVERED);
    }

    @Override
    public void close() {
      channel.close();
      sandbox.close();
      callbacks.close();
    }
  }
}
