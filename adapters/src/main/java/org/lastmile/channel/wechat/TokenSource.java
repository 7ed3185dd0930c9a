package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where an access token comes from: all that the two platforms' tokens do not have in common. */
sealed interface TokenSource {

  /** Whose token it is, for the log. */
  String owner();

  /** Asks for the token; blocks. */
  Wire.Answer ask(boolean force);

  /** What a code means at this endpoint. */
  Code code(int number);

  /**
   * Whether the next token can be had before the old one ends, and a token that the platform itself
   * refuses can be replaced by force.
   */
  boolean renews();

  /**
   * The official account's, which is the same for everybody who asks until shortly before its end.
   */
  record Stable(WeChatConfig.OfficialAccount account, Wire wire) implements TokenSource {
    @Override
    public String owner() {
      return account.appId();
    }

    @Override
    public Wire.Answer ask(boolean force) {
      ObjectNode ask =
          Wire.JSON
              .createObjectNode()
              .put("grant_type", "client_credential")
              .put("appid", account.appId())
              .put("secret", account.secret())
              .put("force_refresh", force);
      return wire.post("/cgi-bin/stable_token", ask);
    }

    @Override
    public Code code(int number) {
      return ErrorCode.of(number);
    }

    @Override
    public boolean renews() {
      return true;
    }
  }

  /** A WeCom application's, which stays the same until it ends or the platform ends it early. */
  record Corporate(WeComConfig config, Wire wire) implements TokenSource {
    @Override
    public String owner() {
      return config.corpId() + "/" + config.agentId();
    }

    @Override
    public Wire.Answer ask(boolean force) {
      return wire.get(
          "/cgi-bin/gettoken?corpid="
              + URLEncoder.encode(config.corpId(), StandardCharsets.UTF_8)
              + "&corpsecret="
              + URLEncoder.encode(config.secret(), StandardCharsets.UTF_8));
    }

    @Override
    public Code code(int number) {
      return number == 40001 ? Secret.WRONG : WeComCode.of(number);
    }

    @Override
    public boolean renews() {
      return false;
    }

    /** 40001 speaks of the token everywhere else. */
    private enum Secret implements Code {
      WRONG;

      @Override
      public Act act() {
        return Act.FIX_ACCOUNT;
      }

      @Override
      public String meaning() {
        return "the secret is wrong; check secret";
      }
    }
  }
}
