package org.lastmile.dist.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code simulate}: one simulator on its own, until Ctrl-C. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "One simulator on its own, for tests against other software. Ctrl-C ends it.",
    subcommands = {Simulate.Modem.class, Simulate.Speakers.class, Simulate.WeChat.class})
public final class Simulate implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say which: simulate modem, speakers or wechat");
  }

  private static int untilTheEnd(Stopping stopping) throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    stopping.parts().add(end::countDown);
    end.await();
    return 0;
  }

  /** Says what happens, a line each, at once. */
  private static void say(CommandSpec spec, String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** {@code simulate modem}. */
  @Command(
      name = "modem",
      mixinStandardHelpOptions = true,
      showDefaultValues = true,
      description = {
        "A GSM modem on a pseudo-terminal, with a service centre and phones behind it.",
        "Prints every message that a phone gets. Typed lines play the phones and the bad luck;",
        "the line 'help' lists them, 'quit' ends it. A script can be piped in."
      },
      footer = {"", "Typed lines:", ModemTalk.HELP})
  public static final class Modem implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "LINK",
        description = "The symbolic link to make, e.g. ./ttyUSB0: open it as a serial port.")
    private Path link;

    @Option(
        names = "--number",
        paramLabel = "N",
        defaultValue = "13900000001",
        description = "Of its SIM.")
    private String number;

    @Option(
        names = "--delay",
        paramLabel = "MS",
        defaultValue = "300",
        description = "From a part to its answer.")
    private long delay;

    @Option(
        names = "--pin",
        paramLabel = "PIN",
        defaultValue = "",
        description = "The SIM asks for it.")
    private String pin;

    @Option(
        names = "--answer",
        paramLabel = "TEXT",
        description = "Every phone answers with it after 2 s.")
    private String answer;

    @Option(
        names = "--fault",
        paramLabel = "FAULT",
        description = "With the next AT+CMGS, such as 'refuse 38 x2'; may be repeated.")
    private List<String> faults = List.of();

    @Option(
        names = "--patience",
        paramLabel = "S",
        defaultValue = "60",
        description = "How long the line 'expect' waits.")
    private long patience;

    @Override
    public Integer call() throws InterruptedException, IOException {
      try (Stopping stopping = new Stopping(0)) {
        ScheduledExecutorService time = Executors.newSingleThreadScheduledExecutor();
        stopping.parts().add(time::shutdownNow);
        Smsc smsc = stopping.parts().add(new Smsc());
        smsc.onDelivered(
            sms -> {
              say(spec, sms.to() + " ← " + sms.text());
              if (answer != null) {
                Future<?> unused =
                    time.schedule(() -> smsc.phone(sms.to()).replies(answer), 2, TimeUnit.SECONDS);
              }
            });
        VirtualModem modem =
            stopping
                .parts()
                .add(
                    new VirtualModem(
                        link,
                        ModemSettings.ofNumber(number)
                            .withNetworkDelay(Duration.ofMillis(delay))
                            .withPin(pin),
                        smsc));
        ModemTalk talk =
            new ModemTalk(modem, Duration.ofSeconds(patience), spec.commandLine().getOut());
        try {
          faults.forEach(talk::fault);
        } catch (IllegalArgumentException e) {
          throw new ParameterException(spec.commandLine(), "--fault: " + e.getMessage(), e);
        }
        say(spec, "modem " + link);
        BufferedReader typed =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return switch (talk.listen(typed)) {
          case QUIT -> 0;
          case QUIT_IN_TROUBLE, NOT_MET -> 1;
          case SILENT -> untilTheEnd(stopping);
        };
      }
    }
  }

  /** {@code simulate speakers}. */
  @Command(
      name = "speakers",
      mixinStandardHelpOptions = true,
      showDefaultValues = true,
      description = {
        "Loudspeakers that connect over MQTT and obey the device contract, version 1.",
        "Prints every command that one of them has played."
      })
  public static final class Speakers implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        arity = "1..*",
        paramLabel = "ID[:PASSWORD]",
        description = "Devices; the id is also the user name.")
    private String[] devices;

    @Option(
        names = "--server",
        paramLabel = "URL",
        defaultValue = "mqtt://localhost:1883",
        description = "The gateway's endpoint or a broker.")
    private URI server;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "KID=BASE64",
        description = "Ed25519 public key that commands are checked with; may be repeated.")
    private Map<String, String> keys;

    @Option(
        names = "--area",
        paramLabel = "CODE",
        defaultValue = "999901101200",
        description = "Their administrative code.")
    private String area;

    @Option(
        names = "--play",
        paramLabel = "MS",
        defaultValue = "2000",
        description = "How long a play takes.")
    private long play;

    @Override
    public Integer call() throws InterruptedException {
      Map<String, byte[]> trusted = new HashMap<>();
      keys.forEach(
          (kid, key) -> {
            try {
              trusted.put(kid, Base64.getDecoder().decode(key));
            } catch (IllegalArgumentException e) {
              throw new ParameterException(
                  spec.commandLine(), "--key " + kid + ": is not Base64", e);
            }
          });
      try (Stopping stopping = new Stopping(0)) {
        SpeakerFleet fleet =
            stopping
                .parts()
                .add(
                    new SpeakerFleet(
                        FleetSettings.of(server, trusted).withPlayTime(Duration.ofMillis(play))));
        for (String device : devices) {
          int colon = device.indexOf(':');
          String id = colon < 0 ? device : device.substring(0, colon);
          SpeakerSettings settings = SpeakerSettings.of(id, area);
          fleet.add(colon < 0 ? settings : settings.withPassword(device.substring(colon + 1)));
        }
        fleet.onPlayed(
            p -> say(spec, p.device() + (p.audible() ? " ♪ " : " (unheard) ") + p.text()));
        fleet.start();
        say(spec, "speakers " + devices.length);
        return untilTheEnd(stopping);
      }
    }
  }

  /** {@code simulate wechat}. */
  @Command(
      name = "wechat",
      mixinStandardHelpOptions = true,
      showDefaultValues = true,
      description = {
        "WeChat and WeCom on loopback: one official account and one WeCom application.",
        "Its page shows everybody's phone, with buttons that work. Prints every message that",
        "arrives. Scripts drive it over HTTP under /sandbox/, see ops/simulators/README.md."
      })
  public static final class WeChat implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--port",
        paramLabel = "P",
        defaultValue = "0",
        description = "0 = any free port.")
    private int port;

    @Option(
        names = "--callback",
        paramLabel = "URL",
        description =
            "Where receipts and words go, e.g. http://localhost:8080/wechat/official-account.")
    private URI callback;

    @Option(
        names = "--mode",
        defaultValue = "ENCRYPTED",
        description = "Of callbacks: ${COMPLETION-CANDIDATES}.")
    private AccountSettings.Mode mode;

    @Option(
        names = "--follower",
        paramLabel = "OPENID",
        description = "Follows the account; may be repeated.")
    private String[] followers = {};

    @Option(
        names = "--wecom-callback",
        paramLabel = "URL",
        description =
            "Where clicks and words of members go, e.g. http://localhost:8080/wechat/wecom.")
    private URI wecomCallback;

    @Option(
        names = "--member",
        paramLabel = "USERID[:MOBILE]",
        description = "The WeCom application may write to this person; may be repeated.")
    private String[] members = {};

    @Option(
        names = "--latency",
        paramLabel = "MS",
        defaultValue = "0",
        description = "Of every API call.")
    private long latency;

    @Override
    public Integer call() throws InterruptedException {
      AccountSettings plain = AccountSettings.plain();
      AccountSettings settings = callback == null ? plain : plain.withCallback(callback, mode);
      WeComSettings wecom = WeComSettings.plain().withCallback(wecomCallback);
      try (Stopping stopping = new Stopping(0)) {
        WeChatSandbox sandbox =
            stopping.parts().add(new WeChatSandbox(settings, wecom, port, new MovableClock()));
        sandbox.latency(Duration.ofMillis(latency));
        for (String follower : followers) {
          sandbox.account().follower(follower);
        }
        for (String member : members) {
          String[] both = member.split(":", 2);
          sandbox.wecom().member(both[0]).mobile(both.length == 2 ? both[1] : "");
        }
        sandbox
            .account()
            .onDelivered(m -> say(spec, m.openid() + " ← " + m.text().replace('\n', ' ')));
        sandbox
            .wecom()
            .onDelivered(m -> say(spec, m.userid() + " ← " + m.text().replace('\n', ' ')));
        say(spec, "wechat " + sandbox.baseUrl());
        say(spec, "app-id " + settings.appId() + ", secret " + settings.secret());
        say(
            spec,
            "template-id "
                + AccountSettings.WARNING_TEMPLATE
                + ", callback-token "
                + settings.callbackToken()
                + ", aes-key "
                + settings.aesKey());
        say(
            spec,
            "corp-id "
                + wecom.corpId()
                + ", agent-id "
                + wecom.agentId()
                + ", secret "
                + wecom.secret()
                + ", callback-token "
                + wecom.callbackToken()
                + ", aes-key "
                + wecom.aesKey()
                + ", robot key "
                + wecom.robotKey());
        return untilTheEnd(stopping);
      }
    }
  }
}
