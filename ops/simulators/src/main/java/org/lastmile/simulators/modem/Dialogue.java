package org.lastmile.simulators.modem;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The talk on the line from one start of the modem to the next: command lines, the prompt, the PDU,
 * the answer. Used on the modem's thread alone.
 */
final class Dialogue {
  private static final char CTRL_Z = 0x1A;
  private static final char ESC = 0x1B;
  private static final Duration SPLIT_PACE = Duration.ofMillis(2);

  private enum State {
    COMMAND,
    PDU,
    BUSY
  }

  private final VirtualModem modem;
  private final Registers registers = new Registers();
  private final Commands commands;
  private final StringBuilder input = new StringBuilder();
  private State state = State.COMMAND;
  private int length;
  private Fault fault;

  Dialogue(VirtualModem modem) {
    this.modem = modem;
    commands = new Commands(modem, registers);
  }

  Registers registers() {
    return registers;
  }

  /** Nothing is under way, so that unsolicited lines may go out. */
  boolean idle() {
    return state == State.COMMAND;
  }

  void feed(byte[] octets) {
    String text = new String(octets, StandardCharsets.ISO_8859_1);
    if (registers.echo || modem.echoes()) {
      modem.send(text);
    }
    input.append(text);
    process();
  }

  private void process() {
    boolean more = true;
    while (more) {
      more =
          switch (state) {
            case BUSY -> false;
            case PDU -> takePdu();
            case COMMAND -> takeLine();
          };
    }
    modem.pump();
  }

  private boolean takeLine() {
    int end = input.indexOf("\r");
    if (end < 0) {
      return false;
    }
    String line = input.substring(0, end).toUpperCase(Locale.ROOT);
    input.delete(0, end + 1);
    // Whatever stands before AT is noise or the rest of an ended PDU, as modems see it.
    int at = line.indexOf("AT");
    if (at >= 0) {
      command(line.substring(at + 2).strip());
    }
    return true;
  }

  private void command(String line) {
    List<Commands.Item> items = Commands.parse(line);
    if (items == null) {
      answer(Commands.ERROR);
      return;
    }
    for (Commands.Item item : items) {
      if (item.name().equals("+CMGS") && item.how().equals("=")) {
        beginSubmit(item.number(0, -1));
        return;
      }
      String command = item.name() + item.how();
      if (modem.refuses(command)) {
        answer(Commands.ERROR);
        return;
      }
      String result = item.name().equals("+CMGS") ? Commands.OK : commands.run(item);
      if (modem.loses(command)) {
        return;
      }
      if (!result.equals(Commands.OK)) {
        answer(result);
        return;
      }
    }
    answer(Commands.OK);
  }

  private void beginSubmit(int octets) {
    fault = modem.nextFault();
    if (modem.locked()) {
      answer(Commands.cms(311));
    } else if (registers.cmgf != 0) {
      answer(Commands.cms(304));
    } else {
      length = octets;
      state = State.PDU;
      if (fault.kind() != Fault.Kind.NO_PROMPT) {
        modem.send("\r\n> ");
      }
    }
  }

  private boolean takePdu() {
    for (int i = 0; i < input.length(); i++) {
      char c = input.charAt(i);
      if (c == CTRL_Z || c == ESC) {
        String body = input.substring(0, i).replaceAll("\\s", "");
        input.delete(0, i + 1);
        if (c == ESC) {
          state = State.COMMAND;
          answer(Commands.OK);
        } else {
          submit(body);
        }
        return true;
      }
    }
    return false;
  }

  private void submit(String hex) {
    Submit submit;
    try {
      submit = Submit.parse(hex, length, modem.smsc().now());
    } catch (BadPdu e) {
      state = State.COMMAND;
      modem.badPdu(e);
      answer(Commands.cms(304));
      return;
    }
    state = State.BUSY;
    Fault now = fault;
    if (now.kind() == Fault.Kind.SILENCE) {
      state = State.COMMAND;
      modem.silent(now.time());
    } else if (now.kind() == Fault.Kind.RESET) {
      modem.reset(now.time());
    } else if (now.kind() == Fault.Kind.UNPLUG) {
      modem.unplugFor(now.time());
    } else {
      modem.after(modem.settings().networkDelay(), () -> finish(submit, now));
    }
  }

  private void finish(Submit submit, Fault now) {
    if (now.kind() == Fault.Kind.REFUSE) {
      conclude(Commands.cms(now.code()));
    } else if (now.kind() == Fault.Kind.ERROR) {
      conclude(Commands.ERROR);
    } else if (registers.centre.isEmpty()) {
      conclude(Commands.cms(330));
    } else if (!modem.registered()) {
      conclude(Commands.cms(331));
    } else {
      int reference = modem.nextReference();
      OptionalInt refusal = modem.accept(submit, reference);
      if (refusal.isPresent()) {
        conclude(Commands.cms(refusal.getAsInt()));
      } else {
        accepted("\r\n+CMGS: " + reference + "\r\n\r\nOK\r\n", now);
      }
    }
  }

  private void accepted(String text, Fault now) {
    switch (now.kind()) {
      case ACCEPT_THEN_REFUSE -> conclude(Commands.cms(now.code()));
      case LOST_ANSWER -> concludeWith("");
      case LATE_ANSWER -> modem.after(now.time(), () -> concludeWith(text));
      case NOISE -> concludeWith(modem.noise() + text);
      case CHATTER ->
          concludeWith(
              "\r\n+CREG: 1\r\n\r\n^RSSI: 17\r\n" + text.replaceFirst("OK", "RING\r\n\r\nOK"));
      case SPLIT -> trickle(text, 0);
      default -> concludeWith(text);
    }
  }

  private void trickle(String text, int from) {
    if (from == text.length()) {
      concludeWith("");
    } else {
      modem.send(text.substring(from, from + 1));
      modem.after(SPLIT_PACE, () -> trickle(text, from + 1));
    }
  }

  private void conclude(String result) {
    modem.refused();
    concludeWith("\r\n" + result + "\r\n");
  }

  private void concludeWith(String text) {
    modem.send(text);
    state = State.COMMAND;
    process();
  }

  private void answer(String result) {
    modem.send("\r\n" + result + "\r\n");
  }
}
