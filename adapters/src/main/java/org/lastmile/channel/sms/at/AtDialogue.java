package org.lastmile.channel.sms.at;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One question at a time, and whatever else the modem says in between: echoes, split lines, noise,
 * unsolicited results in the middle of an answer, a late prompt or none. For one thread.
 */
public final class AtDialogue {
  private static final Logger log = LoggerFactory.getLogger(AtDialogue.class);
  private static final Pattern ERROR = Pattern.compile("\\+(CMS|CME) ERROR:\\s*(\\d{1,4})?.*");
  private static final Pattern STORED =
      Pattern.compile("\\+(?:CMTI|CDSI):\\s*\"?(\\w+)\"?\\s*,\\s*(\\d{1,5}).*");
  private static final Pattern PUSHED = Pattern.compile("\\+(?:CMT|CDS):.*\\d+");
  private static final Pattern HEX = Pattern.compile("(?:[0-9A-Fa-f]{2}){8,200}");

  /** A modem says these only when it has just started. */
  private static final Pattern BOOT = Pattern.compile("RDY|\\^SYSSTART.*|NORMAL POWER DOWN.*");

  /** Said while starting, but sometimes at other times too; unasked, they mean a look is due. */
  private static final Pattern LATE_BOOT =
      Pattern.compile("SMS Ready|Call Ready|\\+CPIN:.*|\\+CFUN:.*|\\+QIND: SMS DONE");

  private static final Pattern NOTICE =
      Pattern.compile("RING|NO CARRIER|\\^.*|\\+(?:C[EG]?REG|QIND|QUSIM|CLIP|CUSD|CTZV|CBM).*");

  /** The reference is the promise; the OK behind it may be lost. */
  private static final Duration OK_AFTER_REFERENCE = Duration.ofSeconds(5);

  private static final String TAKEN = "+CMGS:";

  /** No time of the monotonic clock that we could meet. */
  private static final long NEVER = Long.MIN_VALUE;

  private static final byte[] ESCAPE = {0x1B};
  private static final int CTRL_Z = 0x1A;

  /**
   * More lines than any answer has: a list of 255 stored messages. A talker for ever ends there.
   */
  private static final int MOST_LINES = 1_000;

  /** What came back, or did not, while a modem's attention was sought. */
  public enum Heard {
    NOTHING,
    /** Our own words. */
    ECHO,
    /** Something else. */
    NOISE,
    /** A modem's answer. */
    ANSWER
  }

  private final Line line;
  private final Consumer<Unsolicited> unasked;
  private final AtLines lines = new AtLines();
  private final byte[] buffer = new byte[1024];

  /** Lines of the answer that is awaited, or was last. */
  private final List<String> said = new ArrayList<>();

  private boolean settled;
  private boolean echoOff;
  private boolean echoTested;
  private boolean pduDue;
  private boolean pduSent;
  private boolean doubted;
  private Heard heard = Heard.NOTHING;

  public AtDialogue(Line line, Consumer<Unsolicited> unasked) {
    this.line = line;
    this.unasked = unasked;
  }

  /** Waits about 100 ms at most for what the modem says unasked. */
  public void listen() throws LineLost {
    fill();
    handOut();
  }

  /**
   * Takes in what has come unasked, without waiting for more.
   *
   * @return whether anything had
   */
  public boolean poll() throws LineLost {
    boolean any = line.waiting();
    if (any) {
      fill();
    }
    handOut(); // something may stand behind the answer that was read last
    return any;
  }

  private void handOut() {
    for (Optional<String> next = lines.next(false); next.isPresent(); next = lines.next(false)) {
      aside(next.get(), "");
    }
  }

  /** Sends a command and waits for its end. */
  public Answer ask(String command, Duration patience) throws LineLost {
    doubted = false;
    line.write((command + "\r").getBytes(StandardCharsets.ISO_8859_1));
    Answer answer = await(command, patience, false, NEVER, () -> false);
    if (answer.ok() && command.equals("ATE0")) {
      settled = true;
      echoOff = true;
      echoTested = false;
    } else if (answer.end() != Answer.End.TIMEOUT) {
      echoTested = true;
    }
    return answer;
  }

  /**
   * Sends a PDU by {@code AT+CMGS}. Without a prompt in time nothing is sent: the modem is told to
   * forget it.
   *
   * @param meanwhile is done while the modem prepares its prompt, and before the PDU is written
   * @param doubt when the modem is asked whether it is still at it, though 27.005 lets that end the
   *     sending; at least {@code patience} = never
   * @param told says true when the outside has seen proof that the PDU was taken, so that the wait
   *     for a lost answer can end
   */
  public Answer submit(
      int length,
      String hex,
      Duration promptPatience,
      Duration patience,
      Runnable meanwhile,
      Duration doubt,
      BooleanSupplier told) {
    boolean written = false;
    doubted = false;
    try {
      String command = "AT+CMGS=" + length;
      line.write((command + "\r").getBytes(StandardCharsets.ISO_8859_1));
      meanwhile.run();
      Answer prompt = await(command, promptPatience, true, NEVER, () -> false);
      if (!prompt.ok()) {
        if (prompt.end() == Answer.End.TIMEOUT || prompt.end() == Answer.End.RESTARTED) {
          line.write(ESCAPE);
        }
        return prompt;
      }
      line.write((hex + (char) CTRL_Z).getBytes(StandardCharsets.ISO_8859_1));
      written = true;
      pduSent = true;
      long asks = doubt.compareTo(patience) < 0 ? System.nanoTime() + doubt.toNanos() : NEVER;
      Answer answer = await(hex, patience, false, asks, told);
      return new Answer(answer.end(), answer.code(), answer.lines(), true);
    } catch (LineLost e) {
      log.debug("line lost while sending: {}", e.getMessage());
      // What it had said by then counts: a reference shows that the part was taken.
      return new Answer(Answer.End.GONE, -1, written ? said : List.of(), written);
    } finally {
      pduSent = false;
    }
  }

  /** Finds the modem's attention again after a time-out, or first of all. */
  public boolean resync(int tries) throws LineLost {
    heard = Heard.NOTHING;
    for (int i = 0; i < tries; i++) {
      handOut(); // a report may stand behind the answer that was read last
      settled = false;
      echoOff = false;
      if (ask("AT", Duration.ofSeconds(1)).ok()) {
        heard = Heard.ANSWER;
        // A late answer to an earlier question must not be taken for one to the next; a device that
        // never stops talking is cut short.
        for (int quiet = 0; quiet < 20 && fill(); quiet++) {
          log.trace("draining");
        }
        listen();
        return true;
      }
      line.write(ESCAPE);
    }
    return false;
  }

  /** What the last {@link #resync} heard. */
  public Heard heard() {
    return heard;
  }

  /**
   * Whether the last {@link #submit} asked if the modem was still at it: then an answer to that may
   * still come, and a {@link #resync} is due.
   */
  public boolean doubted() {
    return doubted;
  }

  private Answer await(
      String command, Duration patience, boolean promptExpected, long asks, BooleanSupplier told)
      throws LineLost {
    long end = System.nanoTime() + patience.toNanos();
    said.clear();
    while (true) {
      Optional<String> next = lines.next(promptExpected);
      if (next.isEmpty()) {
        if (System.nanoTime() - end > 0 || told.getAsBoolean()) {
          return new Answer(Answer.End.TIMEOUT, -1, said, false);
        }
        if (asks != NEVER && !doubted && System.nanoTime() - asks > 0) {
          doubted = true;
          line.write("AT\r".getBytes(StandardCharsets.ISO_8859_1));
        }
        fill();
        continue;
      }
      String text = next.get();
      Matcher error = ERROR.matcher(text);
      if (text.equals("OK") && doubted && said.stream().noneMatch(l -> l.startsWith(TAKEN))) {
        // It is idle: what it had to say about the message is lost.
        return new Answer(Answer.End.TIMEOUT, -1, said, false);
      } else if (text.equals(AtLines.PROMPT) || (text.equals("OK") && !promptExpected)) {
        return new Answer(Answer.End.OK, -1, said, false);
      } else if (text.equals("ERROR") || text.equals("COMMAND NOT SUPPORT")) {
        return new Answer(Answer.End.ERROR, -1, said, false);
      } else if (error.matches()) {
        return new Answer(
            Answer.End.valueOf(error.group(1)),
            error.group(2) == null ? -1 : Integer.parseInt(error.group(2)),
            said,
            false);
      } else if (text.endsWith(command)) {
        heard = heard == Heard.NOTHING ? Heard.ECHO : heard;
        if (pduSent) {
          log.trace("it echoes what follows its prompt: its command was not echoed");
        } else if (echoOff && !echoTested && !promptExpected) {
          log.info("a modem echoes although it agreed not to: its echo is read over");
          echoOff = false;
        } else if (echoOff) {
          // It was told not to echo: it has restarted without a word, perhaps into text mode.
          unasked.accept(new Unsolicited.Restarted("echo is back"));
          return new Answer(Answer.End.RESTARTED, -1, said, false);
        }
      } else if (aside(text, command)) {
        if (BOOT.matcher(text).matches()) {
          return new Answer(Answer.End.RESTARTED, -1, said, false);
        }
      } else if (said.size() < MOST_LINES) {
        said.add(text);
        heard = Heard.NOISE;
        if (text.startsWith(TAKEN)) {
          end = Math.min(end, System.nanoTime() + OK_AFTER_REFERENCE.toNanos());
        }
      }
    }
  }

  /** Hands on what was not asked for; false when the line may belong to the command's answer. */
  private boolean aside(String text, String command) {
    boolean asked = !command.isEmpty() && text.startsWith("+") && command.contains(head(text));
    Matcher stored = STORED.matcher(text);
    if (pduDue && HEX.matcher(text).matches()) {
      pduDue = false;
      unasked.accept(new Unsolicited.Pdu(text.toUpperCase(Locale.ROOT)));
    } else if (PUSHED.matcher(text).matches()) {
      pduDue = true;
    } else if (stored.matches()) {
      unasked.accept(new Unsolicited.Stored(stored.group(1), Integer.parseInt(stored.group(2))));
    } else if (BOOT.matcher(text).matches()
        || (!asked && settled && LATE_BOOT.matcher(text).matches())) {
      unasked.accept(new Unsolicited.Restarted(text));
    } else if (!asked && NOTICE.matcher(text).matches()) {
      unasked.accept(new Unsolicited.Notice(text));
    } else if (command.isEmpty()) {
      log.debug("noise of {} characters", text.length());
    } else {
      return false;
    }
    return true;
  }

  private static String head(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(0, colon);
  }

  private boolean fill() throws LineLost {
    int n = line.read(buffer);
    if (n > 0 && lines.feed(buffer, n)) {
      heard = Heard.NOISE;
    }
    return n > 0;
  }
}
