package org.lastmile.dist.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code speaker}: loudspeakers as they are, and one of them told by hand. */
@Command(
    name = "speaker",
    mixinStandardHelpOptions = true,
    description = "Loudspeakers: which of them work, and since when not; test or configure one.",
    subcommands = {
      Speaker.Listed.class,
      Speaker.Show.class,
      Speaker.Test.class,
      Speaker.Report.class,
      Speaker.Configure.class
    })
public final class Speaker implements Runnable {
  private static final String PATH = "/api/v1/registry/speakers";
  private static final Duration LOOK = Duration.ofMillis(500);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: speaker list, show, test, report or configure");
  }

  private static String path(String id) {
    return PATH + "/" + Gateway.escaped(id);
  }

  private static void line(PrintWriter out, JsonNode s) {
    out.printf(
        "%-10s %-20s %-24s %s%s%n",
        s.path("state").asText(),
        s.path("id").asText(),
        s.path("name").asText(),
        s.path("why").asText(),
        s.path("since").isTextual() ? " (since " + s.path("since").asText() + ")" : "");
  }

  private static void details(PrintWriter out, JsonNode s) {
    line(out, s);
    out.println("  last seen " + s.path("seen").asText("never"));
    JsonNode test = s.path("test");
    if (test.isObject()) {
      out.printf(
          "  self-test %s %s %s%n",
          test.path("at").asText(), test.path("result").asText(), test.path("why").asText());
    }
    JsonNode told = s.path("told");
    if (told.isObject()) {
      out.printf(
          "  told      %s %s: %s %s%n",
          told.path("at").asText(),
          told.path("kind").asText(),
          told.path("answer").asText().isEmpty() ? "no answer yet" : told.path("answer").asText(),
          told.path("why").asText());
    }
    s.path("facts")
        .properties()
        .forEach(f -> out.printf("  %-12s %s%n", f.getKey(), f.getValue().asText()));
    out.flush();
  }

  /** {@code speaker list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "All loudspeakers, those that don't work first.",
        "With --gaps: the points at which nobody would hear one."
      })
  static final class Listed implements Callable<Integer> {
    private static final int TOGETHER = 500;

    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only these: faulty, silent, never_seen, degraded or online.")
    private String state;

    @Option(names = "--find", paramLabel = "WORDS", description = "Only those that have them.")
    private String words;

    @Option(names = "--gaps", description = "Points without a loudspeaker that works.")
    private boolean gaps;

    @Override
    public Integer call() {
      Gateway gateway = target.gateway();
      String query =
          gaps
              ? "/gaps?size=" + TOGETHER
              : "?order=worst&size="
                  + TOGETHER
                  + (state == null ? "" : "&state=" + Gateway.escaped(state))
                  + (words == null ? "" : "&q=" + Gateway.escaped(words));
      PrintWriter out = spec.commandLine().getOut();
      ObjectNode all = null;
      int page = 1;
      while (true) {
        JsonNode next = gateway.get(PATH + query + "&page=" + page++);
        if (all == null) {
          all = (ObjectNode) next.deepCopy();
        } else {
          all.withArray("items").addAll((ArrayNode) next.path("items"));
        }
        if (next.path("items").size() < TOGETHER) {
          break;
        }
      }
      if (printed.json()) {
        Printed.json(out, all.without(List.of("page", "size")));
        return 0;
      }
      for (JsonNode item : all.path("items")) {
        if (gaps) {
          gap(out, item);
        } else {
          line(out, item);
        }
      }
      summary(out, all);
      out.flush();
      return 0;
    }

    private static void gap(PrintWriter out, JsonNode point) {
      out.printf(
          "%-14s %s %s: %s%n",
          point.path("id").asText(),
          point.path("village").asText(),
          point.path("name").asText(),
          point.path("why").asText().equals("NO_SPEAKER")
              ? "no loudspeaker"
              : "none of its loudspeakers works");
      for (JsonNode speaker : point.path("speakers")) {
        out.print("    ");
        line(out, speaker);
      }
    }

    private void summary(PrintWriter out, JsonNode all) {
      if (gaps) {
        out.printf(
            "%d of %d points: %d without a loudspeaker, %d with none that works%n",
            all.path("total").asInt(),
            all.path("points").asInt(),
            all.path("without").asInt(),
            all.path("broken").asInt());
        return;
      }
      StringBuilder counts = new StringBuilder();
      all.path("counts")
          .properties()
          .forEach(
              c ->
                  counts
                      .append(counts.isEmpty() ? "" : ", ")
                      .append(c.getValue().asInt())
                      .append(' ')
                      .append(c.getKey()));
      out.println(counts);
    }
  }

  /** {@code speaker show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One loudspeaker with everything that it says of itself.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "ID", description = "As the registry names it (设备编号).")
    private String id;

    @Override
    public Integer call() {
      JsonNode speaker = target.gateway().get(path(id));
      if (printed.json()) {
        Printed.json(spec.commandLine().getOut(), speaker);
      } else {
        details(spec.commandLine().getOut(), speaker);
      }
      return 0;
    }
  }

  /** What test, report and configure share: they tell it something and wait for its answer. */
  abstract static class Told implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;
    @Mixin private Printed printed;

    @Parameters(paramLabel = "ID", description = "As the registry names it (设备编号).")
    private String id;

    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        defaultValue = "60",
        description = "How long to wait for its answer (${DEFAULT-VALUE}); 0 = not at all.")
    private int wait;

    final Integer tell(String what, ObjectNode body, Predicate<JsonNode> well) {
      Gateway gateway = target.gateway();
      String content = gateway.post(path(id) + "/" + what, body).path("content").asText();
      JsonNode speaker = gateway.get(path(id));
      for (long waited = 0;
          waited < wait * 1000L && !isAnswer(speaker, content);
          waited += LOOK.toMillis()) {
        LockSupport.parkNanos(LOOK.toNanos());
        speaker = gateway.get(path(id));
      }
      if (wait > 0 && isAnswer(speaker, content)) {
        // How it is now it says right after its answer.
        LockSupport.parkNanos(LOOK.toNanos());
        speaker = gateway.get(path(id));
      }
      if (printed.json()) {
        Printed.json(spec.commandLine().getOut(), speaker);
      } else {
        details(spec.commandLine().getOut(), speaker);
      }
      if (wait == 0) {
        return 0;
      }
      if (!isAnswer(speaker, content)) {
        throw new Trouble(id + " has taken it and has not answered within " + wait + " s");
      }
      if (!well.test(speaker)) {
        JsonNode told = speaker.path("told");
        String result = what.equals("test") ? speaker.path("test").path("result").asText() : "";
        throw new Trouble(
            Stream.of(id + ":", told.path("answer").asText(), result, told.path("why").asText())
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" ")));
      }
      return 0;
    }

    private static boolean isAnswer(JsonNode speaker, String content) {
      JsonNode told = speaker.path("told");
      return told.path("content").asText().equals(content)
          && List.of("played", "failed", "refused", "stopped", "expired", "done")
              .contains(told.path("answer").asText());
    }

    static boolean isDone(JsonNode speaker) {
      return speaker.path("told").path("answer").asText().equals("done");
    }
  }

  /** {@code speaker test}. */
  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "It plays a short tone and says whether that was heard. 1 = it was not.")
  static final class Test extends Told {
    @Option(
        names = "--volume",
        paramLabel = "PER-CENT",
        defaultValue = "20",
        description = "1 to 100 (${DEFAULT-VALUE}).")
    private int volume;

    @Override
    public Integer call() {
      return tell(
          "test",
          Gateway.object().put("volume", volume),
          s ->
              s.path("told").path("answer").asText().equals("played")
                  && !s.path("test").path("bad").asBoolean());
    }
  }

  /** {@code speaker report}. */
  @Command(
      name = "report",
      mixinStandardHelpOptions = true,
      description = "It says now how it is, instead of with its next heartbeat.")
  static final class Report extends Told {
    @Override
    public Integer call() {
      return tell("report", Gateway.object(), Told::isDone);
    }
  }

  /** {@code speaker configure}. */
  @Command(
      name = "configure",
      mixinStandardHelpOptions = true,
      description = "It keeps these settings over a power cut; what is not named stays as it is.")
  static final class Configure extends Told {
    @Option(names = "--volume", paramLabel = "PER-CENT", description = "Its highest, 0 to 100.")
    private Integer volume;

    @Option(names = "--heartbeat", paramLabel = "SECONDS", description = "10 to 60.")
    private Integer heartbeat;

    @Option(
        names = "--quiet-from",
        paramLabel = "HH:MM",
        description = "UTC; from then on it may test itself audibly.")
    private String quietFrom;

    @Option(names = "--quiet-to", paramLabel = "HH:MM", description = "UTC; until then.")
    private String quietTo;

    @Option(
        names = "--groups",
        split = ",",
        paramLabel = "GROUP",
        description = "All that it belongs to, separated by commas.")
    private List<String> groups;

    @Override
    public Integer call() {
      ObjectNode body = Gateway.object();
      if (volume != null) {
        body.put("volume", volume);
      }
      if (heartbeat != null) {
        body.put("heartbeat", heartbeat);
      }
      if (quietFrom != null) {
        body.put("quietFrom", quietFrom);
      }
      if (quietTo != null) {
        body.put("quietTo", quietTo);
      }
      if (groups != null) {
        groups.forEach(body.putArray("groups")::add);
      }
      return tell("configure", body, Told::isDone);
    }
  }
}
