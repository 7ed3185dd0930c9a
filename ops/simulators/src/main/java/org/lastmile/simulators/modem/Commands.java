package org.lastmile.simulators.modem;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The AT commands that answer at once (TS 27.005, TS 27.007, V.250); AT+CMGS is the dialogue's. */
final class Commands {
  private static final Pattern ITEM =
      Pattern.compile(
          "\\s*(?:([+^$*%#][A-Z0-9]+)(=\\?|\\?|=(?:\"[^\"]*\"|[^;\"])*)?|(&?[A-Z])([0-9]*));?");

  /** Result of one command. */
  static final String OK = "OK";

  static final String ERROR = "ERROR";

  private interface Command {
    /** {@code how} is {@code ""}, {@code "?"}, {@code "=?"} or {@code "="}. */
    String run(String how, List<String> values);
  }

  private final VirtualModem modem;
  private final Registers registers;
  private final Map<String, Command> table = new HashMap<>();

  Commands(VirtualModem modem, Registers registers) {
    this.modem = modem;
    this.registers = registers;
    identity();
    network();
    messages();
    routing();
  }

  /** One command of a line: its name and what follows it. */
  record Item(String name, String how, List<String> values) {
    int number(int index, int otherwise) {
      return Commands.number(values, index, otherwise);
    }
  }

  /** The commands of one line behind AT, in order; null when the line can't be read. */
  static List<Item> parse(String line) {
    List<Item> items = new ArrayList<>();
    Matcher matcher = ITEM.matcher(line);
    int end = 0;
    while (end < line.length()) {
      if (!matcher.find(end) || matcher.start() != end || matcher.end() == end) {
        return null;
      }
      end = matcher.end();
      if (matcher.group(1) == null) {
        items.add(new Item(matcher.group(3), "", List.of(matcher.group(4))));
      } else {
        String rest = matcher.group(2) == null ? "" : matcher.group(2);
        boolean set = rest.startsWith("=") && !rest.equals("=?");
        items.add(
            new Item(
                matcher.group(1),
                set ? "=" : rest,
                set ? List.of(rest.substring(1).split(",", -1)) : List.of()));
      }
    }
    return items;
  }

  /** OK, ERROR or a whole error line; information lines are sent before it returns. */
  String run(Item item) {
    Command command = table.get(item.name());
    return command == null ? ERROR : command.run(item.how(), item.values());
  }

  private void identity() {
    ModemSettings settings = modem.settings();
    table.put("E", (how, values) -> set(() -> registers.echo = number(values, 0, 0) == 1));
    for (String name : List.of("Z", "&F")) {
      table.put(name, (how, values) -> set(() -> registers.echo = true));
    }
    for (String name : List.of("H", "V", "Q", "X", "&C", "&D", "&W", "+IPR", "+CSDH")) {
      table.put(name, (how, values) -> OK);
    }
    table.put(
        "+CSCS",
        (how, values) -> {
          if (how.equals("=")) {
            return set(() -> registers.alphabet = text(values, 0));
          }
          return say(
              "+CSCS: "
                  + (how.equals("?")
                      ? "\"" + registers.alphabet + "\""
                      : "(\"GSM\",\"IRA\",\"HEX\",\"UCS2\")"));
        });
    table.put("I", (how, values) -> say(settings.maker() + "\r\n" + settings.model()));
    table.put("+CGMI", (how, values) -> say(settings.maker()));
    table.put("+CGMM", (how, values) -> say(settings.model()));
    table.put("+CGMR", (how, values) -> say("1.0"));
    table.put("+CGSN", (how, values) -> say(settings.imei()));
    String subscriber = "0000000000" + settings.number().replaceAll("\\D", "");
    String imsi = "46000" + subscriber.substring(subscriber.length() - 10); // the SIM's own
    table.put("+CIMI", (how, values) -> modem.locked() ? cme(11) : say(imsi));
    table.put("+CCID", (how, values) -> say("+CCID: 898600112" + imsi.substring(5) + "0"));
    table.put("+CNUM", (how, values) -> say("+CNUM: ,\"" + settings.number() + "\",129"));
    table.put(
        "+CMEE",
        (how, values) -> {
          if (how.equals("=")) {
            return set(() -> registers.cmee = number(values, 0, 0));
          }
          return say(how.equals("?") ? "+CMEE: " + registers.cmee : "+CMEE: (0,1)");
        });
    table.put(
        "+CFUN",
        (how, values) -> {
          if (how.equals("=")) {
            modem.switchRadio(number(values, 0, 1));
          }
          if (how.equals("=") && number(values, 1, 0) == 1) {
            modem.soonReset();
          }
          return how.equals("?") ? say("+CFUN: " + modem.radio()) : OK;
        });
  }

  private void network() {
    table.put(
        "+CPIN",
        (how, values) -> {
          if (how.equals("=")) {
            return modem.unlock(text(values, 0)) ? OK : cme(16);
          }
          return modem.sim().equals(VirtualModem.NOT_INSERTED)
              ? cme(10)
              : say("+CPIN: " + modem.sim());
        });
    for (String name : List.of("+CREG", "+CGREG", "+CEREG")) {
      table.put(
          name,
          (how, values) -> {
            if (how.equals("=")) {
              return set(() -> registers.registrationUrc = number(values, 0, 0));
            }
            String state = registers.registrationUrc + "," + modem.registration();
            return say(name + ": " + (how.equals("?") ? state : "(0-2)"));
          });
    }
    table.put("+CSQ", (how, values) -> say("+CSQ: " + modem.signal() + ",99"));
    table.put(
        "+COPS",
        (how, values) ->
            !how.equals("?")
                ? OK
                : say(modem.registered() ? "+COPS: 0,0,\"CHINA MOBILE\",7" : "+COPS: 0"));
    table.put(
        "+CSCA",
        (how, values) -> {
          if (how.equals("=")) {
            return set(() -> registers.centre = text(values, 0));
          }
          return registers.centre.isEmpty()
              ? say("+CSCA: \"\",129")
              : say("+CSCA: \"" + registers.centre + "\",145");
        });
  }

  private void messages() {
    table.put(
        "+CMGF",
        (how, values) -> {
          if (how.equals("=")) {
            return set(() -> registers.cmgf = number(values, 0, 0));
          }
          return say(how.equals("?") ? "+CMGF: " + registers.cmgf : "+CMGF: (0,1)");
        });
    table.put(
        "+CMMS",
        (how, values) -> {
          if (how.equals("=")) {
            return set(() -> registers.cmms = number(values, 0, 0));
          }
          return say(how.equals("?") ? "+CMMS: " + registers.cmms : "+CMMS: (0-2)");
        });
    table.put("+CPMS", this::storages);
    table.put(
        "+CMGL",
        (how, values) -> {
          box().readAll(number(values, 0, Storage.ALL)).forEach(this::list);
          return OK;
        });
    table.put(
        "+CMGR",
        (how, values) -> {
          Storage.Slot slot = box().readOne(number(values, 0, 0));
          if (slot == null) {
            return cms(321);
          }
          Downlink pdu = slot.pdu();
          return say("+CMGR: " + slot.status() + ",," + pdu.length() + "\r\n" + pdu.hex());
        });
    table.put(
        "+CMGD",
        (how, values) ->
            how.equals("=?")
                ? say("+CMGD: (1-" + modem.settings().slots() + "),(0-4)")
                : box().delete(number(values, 0, 0), number(values, 1, 0)) ? OK : cms(321));
  }

  private void list(int index, Storage.Slot slot) {
    Downlink pdu = slot.pdu();
    say("+CMGL: " + index + "," + slot.status() + ",," + pdu.length() + "\r\n" + pdu.hex());
  }

  private String storages(String how, List<String> values) {
    if (how.equals("=?")) {
      return say("+CPMS: (\"SM\",\"SR\"),(\"SM\"),(\"SM\")");
    }
    if (how.equals("=")) {
      for (int i = 0; i < values.size(); i++) {
        String name = text(values, i).equals("ME") ? "SM" : text(values, i);
        if (i > 2 || modem.storage(name) == null) {
          return cms(302);
        }
        registers.storages[i] = name;
      }
    }
    List<String> usage = new ArrayList<>();
    for (String name : registers.storages) {
      usage.add((how.equals("?") ? "\"" + name + "\"," : "") + modem.storage(name).usage());
    }
    return say("+CPMS: " + String.join(",", usage));
  }

  private Storage box() {
    return modem.storage(registers.storages[0]);
  }

  private void routing() {
    table.put(
        "+CSMS",
        (how, values) -> {
          if (how.equals("=?")) {
            return say("+CSMS: (0,1)");
          }
          if (how.equals("=")) {
            registers.csms = number(values, 0, 0);
            return say("+CSMS: 1,1,1");
          }
          return say("+CSMS: " + registers.csms + ",1,1,1");
        });
    table.put("+CNMI", this::indications);
    table.put(
        "+CNMA",
        (how, values) ->
            how.equals("=?")
                ? say("+CNMA: (0-2)")
                : modem.acknowledge(number(values, 0, 0) != 2) ? OK : cms(340));
  }

  private String indications(String how, List<String> values) {
    if (how.equals("=?")) {
      return say("+CNMI: (0-3),(0-2),(0),(0-2),(0,1)");
    }
    int[] limit = {3, 2, 0, 2, 1};
    int[] wanted = registers.cnmi.clone();
    for (int i = 0; how.equals("=") && i < values.size(); i++) {
      if (i >= limit.length || number(values, i, 0) > limit[i]) {
        return cms(302);
      }
      wanted[i] = number(values, i, wanted[i]);
    }
    System.arraycopy(wanted, 0, registers.cnmi, 0, wanted.length);
    if (!how.equals("?")) {
      return OK;
    }
    List<String> shown = new ArrayList<>();
    for (int value : registers.cnmi) {
      shown.add(Integer.toString(value));
    }
    return say("+CNMI: " + String.join(",", shown));
  }

  private String say(String line) {
    modem.send("\r\n" + line + "\r\n");
    return OK;
  }

  private static String set(Runnable change) {
    change.run();
    return OK;
  }

  private String cme(int code) {
    return registers.cmee == 0 ? ERROR : "+CME ERROR: " + code;
  }

  static String cms(int code) {
    return "+CMS ERROR: " + code;
  }

  private static String text(List<String> values, int index) {
    return values.size() > index ? values.get(index).replace("\"", "").strip() : "";
  }

  private static int number(List<String> values, int index, int otherwise) {
    String value = text(values, index);
    return value.matches("\\d{1,9}") ? Integer.parseInt(value) : otherwise;
  }
}
