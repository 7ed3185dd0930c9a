package org.lastmile.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComSettings;

/** The files that an administrator writes: configuration and policy, with times of a test. */
final class Papers {
  private final Path folder;
  private String redis = "embedded";
  private String broker = "broker: embedded";
  private String rung = "60s";
  private String unknown = "1500ms";
  private String playBy = "3h";
  private String selfTest = "10:30";
  private int wechatAtOnce = 4;

  Papers(Path folder) {
    this.folder = folder;
  }

  void store(String address) {
    redis = address;
  }

  void broker(int port, String account, String password) {
    broker =
        "broker: 'mqtt://127.0.0.1:%d', username: %s, password: %s"
            .formatted(port, account, password);
  }

  void rung(String after) {
    rung = after;
  }

  void unknown(String wait) {
    unknown = wait;
  }

  void playBy(String time) {
    playBy = time;
  }

  /** Local time at which the loudspeakers' daily self-test begins, all at once. */
  void selfTest(String at) {
    selfTest = at;
  }

  void wechatAtOnce(int count) {
    wechatAtOnce = count;
  }

  /**
   * Writes them for one gateway.
   *
   * @param owner its name among standbys
   */
  Path write(String owner, int port, int mqttPort, Path modem, WeChatSandbox wechat) {
    AccountSettings account = wechat.account().settings();
    WeComSettings wecom = wechat.wecom().settings();
    file("policy.yaml", policy());
    return file(
        owner + ".yaml",
        """
        jurisdiction: story
        http: { host: 127.0.0.1, port: %d, management-port: 0 }
        store: { redis: '%s', data: ./data }
        desk: { %s }
        channels:
          loudspeaker: { %s, client-id: lastmile-%s, host: 127.0.0.1, port: %d, patience: 3s, self-test: { at: '%s', spread: 0s } }
          sms: { modems: [ { port: '%s' } ] }
          wechat:
            limits: { concurrency: %d }
            official-account:
              base-url: %s
              app-id: %s
              secret: %s
              template-id: %s
              callback-token: %s
              aes-key: %s
            wecom:
              base-url: %s
              corp-id: %s
              agent-id: %d
              secret: %s
              callback-token: %s
              aes-key: %s
        policy: ./policy.yaml
        """
            .formatted(
                port,
                redis,
                lease(owner),
                broker,
                owner,
                mqttPort,
                selfTest,
                modem,
                wechatAtOnce,
                wechat.baseUrl(),
                account.appId(),
                account.secret(),
                AccountSettings.WARNING_TEMPLATE,
                account.callbackToken(),
                account.aesKey(),
                wechat.baseUrl(),
                wecom.corpId(),
                wecom.agentId(),
                wecom.secret(),
                wecom.callbackToken(),
                wecom.aesKey()));
  }

  /**
   * Nobody can wait for the lease of an embedded store's gateway, so one that is started again must
   * not need to. A standby's story waits for a term to run out: short, and longer than the pauses
   * of a machine that does much else, else the lease is lost before anybody has taken it.
   */
  private String lease(String owner) {
    return redis.equals("embedded") ? "term: 1h" : "owner: " + owner + ", term: 5s";
  }

  /** Red and orange alike: everybody at once, those who count again after the rung, then a duty. */
  private String policy() {
    String ladder =
        """
          %s:
            rungs:
              - { after: 0s, audiences: [LOUDSPEAKER, RESPONSIBLE_A, RESIDENT] }
              - { after: %s, audiences: [LOUDSPEAKER, RESPONSIBLE_A] }
              - { after: 60s, duty: true }
            deadline: 10m
            play-by: %s
        """;
    return "name: stories\nladders:\n"
        + ladder.formatted("RED", rung, playBy)
        + ladder.formatted("ORANGE", rung, playBy)
        + "waits: { spill: 2s, receipt: 2s, unknown: "
        + unknown
        + ", retry: 200ms, retry-most: 1s }\n";
  }

  private Path file(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
