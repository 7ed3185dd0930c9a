package org.lastmile.dist.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Speech;
import org.lastmile.channel.sms.SmsChannel;
import org.lastmile.channel.sms.SmsConfig;
import org.lastmile.channel.sms.pdu.Concat;
import org.lastmile.channel.sms.pdu.Submit;
import org.lastmile.channel.sms.pdu.Words;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;

/**
 * A sender in a JVM of its own, away from the simulator's: our SMS channel alone, or the bare
 * dialogue that nothing can undercut. It says {@code ready}, begins at {@code go}, and ends with
 * its standard input.
 */
final class SendingChild implements Sender {
  private final Process process;
  private final PrintWriter orders;

  private SendingChild(Process process) throws IOException {
    this.process = process;
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    orders =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
    if (!"ready".equals(answers.readLine())) {
      throw new IllegalStateException("the sender ended before it was ready, see above");
    }
  }

  /** {@code AT+CMGS} back to back on every port, and nothing else: the line's own limit. */
  static Maker raw() {
    return (folder, ports, letters) -> start("raw", folder, ports, letters);
  }

  /** The SMS channel, with its memory on that store. */
  static Maker channel(RedisAddress store) {
    return (folder, ports, letters) -> start(url(store), folder, ports, letters);
  }

  static String url(RedisAddress store) {
    return "redis://:%s@%s/".formatted(store.password(), store.hosts().iterator().next());
  }

  private static Sender start(String what, Path folder, List<String> ports, List<Letter> letters)
      throws IOException {
    Path file = folder.resolve("letters");
    Files.write(file, letters.stream().map(l -> l.to() + "\t" + l.text()).toList());
    List<String> arguments = new ArrayList<>(List.of(what, file.toString()));
    arguments.addAll(ports);
    List<String> command = Child.java(SendingChild.class, arguments);
    return new SendingChild(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  @Override
  public void start() {
    orders.println("go");
  }

  @Override
  public long cpu() {
    return Processor.used(process.toHandle());
  }

  @Override
  public void close() {
    Child.end(process, orders);
  }

  // What follows runs in the child.

  public static void main(String[] args) throws Exception {
    List<Letter> letters =
        Files.readAllLines(Path.of(args[1])).stream()
            .map(line -> line.split("\t", 2))
            .map(field -> new Letter(field[0], field[1]))
            .toList();
    List<String> ports = Arrays.asList(args).subList(2, args.length);
    Runnable sending =
        args[0].equals("raw") ? bare(ports, letters) : channel(args[0], ports, letters);
    System.out.println("ready");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if ("go".equals(orders.readLine())) {
      Thread thread = new Thread(sending, "sending");
      thread.setDaemon(true);
      thread.start();
      orders.transferTo(Writer.nullWriter());
    }
    Runtime.getRuntime().halt(0); // nobody waits for what is under way
  }

  private static Runnable bare(List<String> ports, List<Letter> letters) throws IOException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      BareLine line = new BareLine(ports.get(i));
      List<Letter> own = new ArrayList<>();
      for (int k = i; k < letters.size(); k += ports.size()) {
        own.add(letters.get(k));
      }
      Thread thread = new Thread(() -> line.send(own), "bare-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    return () -> threads.forEach(Thread::start);
  }

  /** The shortest dialogue that a modem allows; asks for status reports and lets them pass by. */
  private static final class BareLine {
    private final RandomAccessFile port;
    private final byte[] buffer = new byte[4096];
    private final StringBuilder heard = new StringBuilder();

    BareLine(String path) throws IOException {
      port = new RandomAccessFile(path, "rw"); // the terminal is raw already
      for (String command :
          List.of("ATE0", "AT+CMEE=1", "AT+CMGF=0", "AT+CNMI=2,1,0,1,0", "AT+CMMS=2")) {
        write(command + "\r");
        until("OK\r\n");
      }
    }

    void send(List<Letter> letters) {
      try {
        for (int i = 0; i < letters.size(); i++) {
          for (Submit part : parts(letters.get(i), i)) {
            write("AT+CMGS=" + part.length() + "\r");
            until("> ");
            write(part.hex() + "\u001a");
            until("OK\r\n");
          }
        }
      } catch (IOException e) {
        System.err.println("the bare line ended: " + e.getMessage());
      }
    }

    private static List<Submit> parts(Letter letter, int number) {
      Words words = Words.of(letter.text());
      List<Submit> parts = new ArrayList<>();
      int total = words.parts().size();
      for (int i = 0; i < total; i++) {
        Concat concat = total == 1 ? Concat.NONE : new Concat(number & 0xFF, total, i + 1);
        parts.add(
            new Submit(
                letter.to(),
                words.alphabet(),
                words.parts().get(i),
                concat,
                OptionalInt.of(167),
                true,
                false,
                false));
      }
      return parts;
    }

    private void write(String text) throws IOException {
      port.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void until(String end) throws IOException {
      while (heard.indexOf(end) < 0) {
        if (heard.indexOf("ERROR") >= 0) {
          throw new IOException("the modem answers " + heard.toString().strip());
        }
        int count = port.read(buffer);
        if (count < 0) {
          throw new IOException("the modem is gone");
        }
        heard.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
      heard.setLength(0);
    }
  }

  private static Runnable channel(String store, List<String> ports, List<Letter> letters)
      throws InterruptedException {
    Ledger ledger =
        new RedisLedger(RedisAddress.parse(store), "bench-" + ProcessHandle.current().pid());
    SmsChannel channel =
        new SmsChannel(
            new SmsConfig(ports.stream().map(SmsConfig.Port::of).toList())
                .with(SmsConfig.Budget.NONE),
            ledger.memory("sms"),
            Clock.systemUTC());
    channel.listen(signal -> CompletableFuture.completedFuture(null));
    Site.await(
        "the modems",
        () ->
            channel.check().state() == Health.State.UP
                && channel.check().parts().size() == ports.size());
    return () -> feed(channel, letters);
  }

  /** As a lane does: no more than there is room for, and more as soon as one is out. */
  private static void feed(Channel channel, List<Letter> letters) {
    Semaphore out = new Semaphore(0);
    Instant now = Instant.now();
    int number = 0;
    try {
      for (Letter letter : letters) {
        while (channel.room() == 0) {
          // A modem that has just become ready makes room too, and says nothing.
          if (out.tryAcquire(50, TimeUnit.MILLISECONDS)) {
            out.drainPermits();
          }
        }
        channel
            .send(message(number++, letter, now))
            .whenComplete((outcome, failure) -> out.release());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Message message(int number, Letter letter, Instant now) {
    Content content =
        new Content(
            "c" + number,
            Content.Kind.WARN,
            "w",
            letter.text(),
            Map.of(),
            Speech.PLAIN,
            now,
            now.plus(Duration.ofHours(1)),
            1,
            false,
            List.of(),
            List.of());
    return new Message("a" + number, letter.to(), content, Map.of(), Set.of());
  }
}
