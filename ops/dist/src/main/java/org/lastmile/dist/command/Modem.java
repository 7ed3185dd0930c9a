package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;
import org.lastmile.channel.sms.Candidate;
import org.lastmile.channel.sms.ModemProbe;
import org.lastmile.channel.sms.SmsChannel;
import org.lastmile.channel.sms.SmsConfig;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.MemoryLedger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code modem}: one modem on its own, while no gateway has it. */
@Command(
    name = "modem",
    mixinStandardHelpOptions = true,
    description = "Finds, examines and tries modems that no running gateway has.",
    subcommands = {Modem.ListPorts.class, Modem.Probe.class, Modem.Test.class})
public final class Modem implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: modem list, probe or test");
  }

  /** {@code modem list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the serial ports of this machine that could be a modem's.",
        "Opens none of them. A modem behind USB has several; one of them answers AT."
      })
  public static final class ListPorts implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Printed printed;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      List<Candidate> all = Candidate.all();
      if (printed.json()) {
        ObjectNode report = Gateway.object();
        ArrayNode ports = report.putArray("ports");
        for (Candidate port : all) {
          ObjectNode node =
              ports
                  .addObject()
                  .put("path", port.path())
                  .put("usb", port.usb())
                  .put("words", port.words())
                  .put("allowed", port.allowed());
          port.links().forEach(node.putArray("links")::add);
          port.users().forEach(node.putArray("users")::add);
        }
        Printed.json(out, report);
        return 0;
      }
      if (all.isEmpty()) {
        out.println("no serial port: plug a modem in; dmesg tells whether the system sees it");
      }
      for (Candidate port : all) {
        out.println((port.path() + "  " + port.usb() + "  " + port.words()).strip());
        port.links().forEach(link -> out.println("    " + link));
        if (!port.allowed()) {
          out.println("    no permission: see './lastmile modem probe " + port.path() + "'");
        }
        port.users().forEach(user -> out.println("    in use by " + user));
      }
      out.flush();
      return 0;
    }
  }

  /** {@code modem probe}. */
  @Command(
      name = "probe",
      mixinStandardHelpOptions = true,
      description = {
        "Asks a modem what it is and how it is; for bug reports: long numbers are masked.",
        "Only asks: sends nothing, tries no PIN, leaves a port alone that another program has."
      })
  public static final class Probe implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "PORT", description = "Path, link, or usb:VVVV:PPPP[/ifNN].")
    private String port;

    @Option(
        names = "--baud",
        paramLabel = "N",
        defaultValue = "0",
        description = "Bits a second; otherwise the usual speeds are tried.")
    private int baud;

    @Override
    public Integer call() {
      ModemProbe.Report report = ModemProbe.of(port, baud);
      PrintWriter out = spec.commandLine().getOut();
      if (printed.json()) {
        Printed.json(out, json(report));
      } else {
        print(out, report);
      }
      return report.finding().none() ? 0 : 1;
    }

    private static void print(PrintWriter out, ModemProbe.Report report) {
      out.println("port     " + report.port());
      if (!report.device().equals(report.port())) {
        out.println("device   " + report.device());
      }
      if (!report.usb().isEmpty()) {
        out.println("usb      " + report.usb());
      }
      report.links().forEach(link -> out.println("link     " + link));
      if (report.baud() > 0) {
        out.println("baud     " + report.baud());
        out.println("profile  " + report.profile());
      }
      for (ModemProbe.Asked asked : report.asked()) {
        out.println("%-10s %s".formatted(asked.command(), String.join(" | ", asked.answer())));
      }
      if (report.finding().none()) {
        out.println("ok       nothing wrong was found / 未发现问题");
      } else {
        out.println("problem  " + report.finding().words());
        out.println("问题     " + report.finding().wordsInChinese());
      }
      out.flush();
    }

    private static ObjectNode json(ModemProbe.Report report) {
      ObjectNode node =
          Gateway.object()
              .put("port", report.port())
              .put("device", report.device())
              .put("usb", report.usb())
              .put("baud", report.baud())
              .put("profile", report.profile())
              .put("trouble", report.finding().trouble().name())
              .put("why", report.finding().words())
              .put("whyZh", report.finding().wordsInChinese());
      report.links().forEach(node.putArray("links")::add);
      ObjectNode asked = node.putObject("asked");
      report.asked().forEach(a -> a.answer().forEach(asked.putArray(a.command())::add));
      return node;
    }
  }

  /** {@code modem test}. */
  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      showDefaultValues = true,
      description = {
        "Sends one message through one modem and waits for the report of its arrival.",
        "Tries no PIN. What comes in meanwhile stays in the modem for the gateway."
      })
  public static final class Test implements Callable<Integer> {
    private static final Duration MODEM = Duration.ofSeconds(40);

    /** Longer than a modem is given for its answer. */
    private static final Duration ACCEPTANCE = Duration.ofSeconds(170);

    private static final String ATTEMPT = "test";

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PORT", description = "Path, link or USB id.")
    private String port;

    @Parameters(index = "1", paramLabel = "NUMBER", description = "A phone of yours.")
    private String number;

    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "TEXT",
        defaultValue = "这是一条测试短信，无需回复。This is a test message.",
        description = "What it says.")
    private String text;

    @Option(
        names = "--baud",
        paramLabel = "N",
        defaultValue = "" + SmsConfig.Port.USUAL_BAUD,
        description = "Bits a second.")
    private int baud;

    @Option(
        names = "--wait",
        paramLabel = "S",
        defaultValue = "60",
        description = "Seconds to wait for the report.")
    private int wait;

    private final CompletableFuture<Signal.Confirmation> arrival = new CompletableFuture<>();

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
      SmsConfig.Port wanted = new SmsConfig.Port(port, "", baud, "auto", 0);
      try (Stopping stopping = new Stopping(1)) {
        Ledger ledger = stopping.parts().add(new MemoryLedger(Clock.systemUTC()));
        SmsChannel channel =
            stopping
                .parts()
                .add(
                    new SmsChannel(
                        new SmsConfig(List.of(wanted)).harmless(),
                        ledger.memory("sms"),
                        Clock.systemUTC()));
        channel.listen(this::heard);
        Health health = ready(channel);
        if (health.state() == Health.State.DOWN) {
          throw new Trouble(health.why());
        }
        return sent(channel);
      }
    }

    /** Only what is about our own message is taken; the rest is left for the gateway. */
    private CompletionStage<Void> heard(Signal signal) {
      if (signal instanceof Signal.Confirmation c && c.attempt().equals(ATTEMPT)) {
        if (c.evidence() != Signal.Evidence.RECEIVED) {
          arrival.complete(c);
        }
        return CompletableFuture.completedFuture(null);
      }
      return new CompletableFuture<>();
    }

    private static Health ready(SmsChannel channel) throws InterruptedException {
      long end = System.nanoTime() + MODEM.toNanos();
      Health health = channel.check();
      while (System.nanoTime() - end < 0 && (health.parts().isEmpty() || starting(health))) {
        Thread.sleep(100); // a device's answer can only be waited for
        health = channel.check();
      }
      return health;
    }

    private static boolean starting(Health health) {
      return health.parts().stream().anyMatch(p -> p.facts().get("state").equals("STARTING"));
    }

    private int sent(SmsChannel channel) throws InterruptedException, ExecutionException {
      PrintWriter out = spec.commandLine().getOut();
      Outcome outcome;
      try {
        outcome =
            channel
                .send(message())
                .toCompletableFuture()
                .get(ACCEPTANCE.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new Trouble("the modem said nothing within " + ACCEPTANCE.toSeconds() + " s", e);
      }
      if (!(outcome instanceof Outcome.Accepted accepted)) {
        throw new Trouble("not accepted: " + outcome);
      }
      out.println("accepted by the network, reference " + String.join(", ", accepted.references()));
      out.flush();
      try {
        Signal.Confirmation c = arrival.get(wait, TimeUnit.SECONDS);
        if (c.evidence() != Signal.Evidence.DELIVERED) {
          throw new Trouble("not delivered: " + c.why());
        }
        out.println("delivered to the phone");
      } catch (TimeoutException e) {
        out.println("no report within " + wait + " s: the phone may be off");
      }
      out.flush();
      return 0;
    }

    private Message message() {
      Instant now = Instant.now();
      Content content =
          new Content(
              ATTEMPT,
              Content.Kind.TEST,
              ATTEMPT,
              text,
              Map.of(),
              Speech.PLAIN,
              now,
              now.plus(Duration.ofHours(1)),
              0,
              false,
              List.of(),
              List.of());
      return new Message(ATTEMPT, number, content, Map.of(), Set.of());
    }
  }
}
