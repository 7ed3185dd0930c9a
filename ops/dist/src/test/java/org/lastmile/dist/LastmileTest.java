package org.lastmile.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.channel.loudspeaker.Broker;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComSettings;
import picocli.CommandLine;

class LastmileTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Lastmile.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo",
        "run",
        "issue",
        "status",
        "import",
        "user",
        "user add",
        "token",
        "token add",
        "check",
        "modem",
        "modem list",
        "modem probe",
        "modem test",
        "keys",
        "keys list",
        "keys rotate",
        "keys retire",
        "keys recover",
        "keys recover new-key",
        "keys recover announce",
        "keys recover sign",
        "keys recover deliver",
        "provision",
        "speaker",
        "speaker list",
        "speaker show",
        "speaker test",
        "speaker report",
        "speaker configure",
        "simulate",
        "simulate modem",
        "simulate speakers",
        "simulate wechat"
      })
  void everyCommandExplainsItself(String command) {
    assertThat(run((command + " --help").strip().split(" ", -1))).isZero();
    assertThat(out.toString()).contains("Usage: lastmile").contains("--help");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dance",
        "issue",
        "import",
        "user add wang",
        "token add x --role KING",
        "demo --points many",
        "demo --points 0",
        "demo --modems 17",
        "simulate",
        "modem",
        "modem probe",
        "modem test /dev/ttyUSB0",
        "run --config",
        "keys",
        "keys retire",
        "keys recover",
        "keys recover sign",
        "keys rotate --alg",
        "speaker",
        "speaker show",
        "speaker test x --volume loud",
        "provision --out x",
        "provision --all",
        "provision --all --device x --out y",
        "status a b"
      })
  void whatCanNotBeUnderstoodEndsWithTwoAndIsToldOnStderr(String line) {
    assertThat(run(line.split(" ", -1))).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("Usage: lastmile");
    assertThat(out.toString()).isEmpty();
  }

  /** Whoever watches through the night must not look at a dead terminal after a restart. */
  @Test
  void watchingGoesOnWhileAGatewayRestartsAndEndsWithTheWarning() throws IOException {
    Deque<Integer> answers = new ArrayDeque<>(List.of(200, 503, 200));
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/api/v1/warnings/w1",
        exchange -> {
          boolean coverage = exchange.getRequestURI().getPath().endsWith("coverage");
          int status = coverage ? 200 : answers.remove();
          String word = answers.isEmpty() ? "ENDED" : "RELEASED";
          byte[] body =
              (coverage ? "{}" : "{\"id\":\"w1\",\"status\":\"" + word + "\"}").getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    gateway.start();
    try {
      String url = "http://localhost:" + gateway.getAddress().getPort();
      assertThat(run("status", "--watch", "w1", "--url", url)).as(err.toString()).isZero();
      assertThat(answers).isEmpty();
    } finally {
      gateway.stop(0);
    }
  }

  @Test
  void watchingAGatewayThatIsNotThereEndsAtOnce() {
    assertThat(run("status", "--watch", "w1", "--url", "http://localhost:1")).isEqualTo(1);
    assertThat(err.toString()).contains("no gateway answers at http://localhost:1");
  }

  @Test
  void noCommandAtAllIsWrongUse() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("demo").contains("run");
  }

  @Test
  void aGatewayThatIsNotThereIsAFailureInWords() {
    assertThat(run("status", "--url", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).contains("no gateway answers at http://127.0.0.1:1");
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"port", "management-port"})
  void aPortThatSomebodyElseHasIsAFailureInWords(String which) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, Integer> ports = new TreeMap<>(Map.of("port", 0, "management-port", 0));
      ports.put(which, taken.getLocalPort());
      Path file =
          Files.writeString(
              folder.resolve("lastmile.yaml"),
              """
              http: { host: 127.0.0.1, port: %d, management-port: %d }
              store: { data: data }
              """
                  .formatted(ports.get("port"), ports.get("management-port")));

      assertThat(run("run", "--config", file.toString())).isEqualTo(1);
      assertThat(err.toString())
          .contains("http." + which + ": can't listen on 127.0.0.1:" + taken.getLocalPort())
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aFileThatIsNotThereIsAFailureInWords() {
    assertThat(run("issue", folder.resolve("none.xml").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("none.xml: there is no such file");
  }

  @Test
  void checkTellsEveryProblemOfAConfigurationWithItsPath() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lastmile.yaml"), "http: { port: 99999 }\ntime-zone: Mars/Base\n");

    assertThat(run("check", "--config", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("http.port").contains("time-zone");
  }

  @Test
  void checkTriesWhatTheConfigurationNames() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lastmile.yaml"),
            """
            http: { host: 127.0.0.1, port: 0, management-port: 0 }
            store: { data: data }
            channels:
              sms: { modems: [ { port: %s/ttyNONE } ] }
              loudspeaker: { broker: 'mqtt://127.0.0.1:1' }
            """
                .formatted(folder));

    assertThat(run("check", "--config", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("channels.sms.modems").contains("ttyNONE");
    assertThat(err.toString()).contains("channels.loudspeaker.broker");
    assertThat(out.toString()).contains("ok       store: Redis").contains("http.port");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void checkTellsWhatABrokerWouldLose() throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed: nothing has its limits");
    try (Broker small = Mosquitto.withDefaultLimits();
        Broker shipped = Broker.best()) {
      assertThat(run("check", "--config", broker(small))).isEqualTo(1);
      assertThat(err.toString())
          .contains("channels.loudspeaker: the broker keeps only 1000 of 3000 receipts")
          .contains("max_queued_messages");

      assertThat(run("check", "--config", broker(shipped))).as(err.toString()).isZero();
      assertThat(out.toString())
          .contains("ok       channels.loudspeaker: receipts kept while away: 3000 of 3000");
    }
  }

  private String broker(Broker broker) throws IOException {
    return Files.writeString(
            folder.resolve("broker.yaml"),
            """
            http: { host: 127.0.0.1, port: 0, management-port: 0 }
            store: { data: data }
            channels:
              loudspeaker: { broker: 'mqtt://127.0.0.1:%d', username: %s, password: %s }
            """
                .formatted(broker.port(), Broker.GATEWAY, Broker.PASSWORD))
        .toString();
  }

  @Test
  void checkAsksBothPlatformsOfWeChat() throws IOException {
    WeComSettings wecom = WeComSettings.plain();
    try (WeChatSandbox sandbox =
        new WeChatSandbox(AccountSettings.plain(), wecom, 0, Clock.systemUTC())) {
      assertThat(run("check", "--config", wechat(sandbox, wecom.secret(), wecom.agentId())))
          .as(err.toString())
          .isZero();
      assertThat(out.toString())
          .contains("ok       channels.wechat.official-account: the account answers")
          .contains("ok       channels.wechat.wecom: the application answers");

      assertThat(run("check", "--config", wechat(sandbox, wecom.secret(), 1))).isEqualTo(1);
      assertThat(err.toString()).contains("channels.wechat.wecom: 40056").contains("agent-id");

      assertThat(run("check", "--config", wechat(sandbox, "geheim", wecom.agentId()))).isEqualTo(1);
      assertThat(err.toString())
          .contains("channels.wechat.wecom: no token: 40001: the secret is wrong")
          .doesNotContain("geheim");
    }
  }

  private String wechat(WeChatSandbox sandbox, String secret, long agentId) throws IOException {
    AccountSettings account = AccountSettings.plain();
    WeComSettings wecom = WeComSettings.plain();
    return Files.writeString(
            folder.resolve("wechat.yaml"),
            """
            http: { host: 127.0.0.1, port: 0, management-port: 0 }
            store: { data: data }
            channels:
              wechat:
                official-account: { base-url: "%1$s", app-id: %2$s, secret: "%3$s", template-id: t, callback-token: t }
                wecom: { base-url: "%1$s", corp-id: %4$s, agent-id: %5$d, secret: "%6$s", callback-token: t, aes-key: %7$s }
            """
                .formatted(
                    sandbox.baseUrl(),
                    account.appId(),
                    account.secret(),
                    wecom.corpId(),
                    agentId,
                    secret,
                    wecom.aesKey()))
        .toString();
  }

  @Test
  void runSaysEveryProblemOfItsConfiguration() throws IOException {
    Path file = Files.writeString(folder.resolve("l.yaml"), "http: { port: x }\nstoer: {}\n");

    assertThat(run("run", "--config", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("http.port").contains("stoer");
  }
}
