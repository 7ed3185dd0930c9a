package org.lastmile.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.App;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.config.Config;
import org.lastmile.dist.command.Gateway;
import org.lastmile.registry.Ledgers;
import org.lastmile.registry.NamedBytes;
import org.lastmile.registry.RegistryImport;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/** The speaker commands against a gateway with devices that obey, fail, are dumb, and are away. */
class SpeakerCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TOKEN = "token of the test";
  private static final String VILLAGE = "510723104201";

  @TempDir private static Path folder;
  private static App app;
  private static SpeakerFleet fleet;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void open() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("lastmile.yaml"),
            """
            http: { host: 127.0.0.1, port: 0, management-port: 0 }
            store: { data: data }
            channels:
              loudspeaker: { broker: embedded, host: 127.0.0.1, port: 0, patience: 3s }
            """);
    app = App.start(Config.read(config), Clock.systemUTC(), TOKEN);
    await().atMost(SOON).until(app.desk()::active);
    Gateway gateway = new Gateway(URI.create("http://127.0.0.1:" + app.port()), TOKEN);
    gateway.post("/api/v1/registry/import?name=horns.xlsx", "application/octet-stream", workbook());
    PublicKey key = app.loudspeakers().publicKey();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(
                    URI.create("mqtt://127.0.0.1:" + app.mqttPort().orElseThrow()),
                    Map.of(key.kid(), Base64.getDecoder().decode(key.base64())))
                .withPlayTime(Duration.ofMillis(50)));
    for (String id : List.of("LS-1", "LS-2", "LS-3", "LS-4")) {
      fleet.add(SpeakerSettings.of(id, VILLAGE).withPassword(app.loudspeakers().passwordOf(id)));
    }
    fleet.device("LS-2").hears(false);
    fleet.device("LS-3").neverAnswers(true);
    fleet.start();
    for (String id : List.of("LS-1", "LS-2", "LS-3", "LS-4")) {
      awaitState(gateway, id, "ONLINE");
    }
    fleet.device("LS-4").powerOff();
    awaitState(gateway, "LS-4", "SILENT");
  }

  private static void awaitState(Gateway gateway, String id, String state) {
    await(id + " is " + state)
        .atMost(SOON)
        .until(
            () ->
                gateway
                    .get("/api/v1/registry/speakers/" + id)
                    .path("state")
                    .asText()
                    .equals(state));
  }

  /** LS-5 stands in the registry and was never there; P-2 has only those that are away. */
  private static byte[] workbook() {
    List<String> points =
        List.of(
            "编号,名称,乡镇,村,行政区划代码,经度,纬度,坐标系,灾害类型,威胁户数,威胁人数,撤离路线,安置地点",
            "P-1,上坝滑坡,测试镇,上坝村,510723104201,105.1,31.2,CGCS2000,滑坡,1,4,沿山脊路,村小学",
            "P-2,下坝滑坡,测试镇,下坝村,510723104202,105.2,31.2,CGCS2000,滑坡,9,31,沿山脊路,村小学");
    List<String> speakers =
        List.of(
            "设备编号,名称,村,经度,纬度,覆盖隐患点",
            "LS-1,村口,上坝村,105.1,31.2,P-1",
            "LS-2,学校,上坝村,105.1,31.2,P-1",
            "LS-3,渡口,上坝村,105.1,31.2,P-1",
            "LS-4,桥头,下坝村,105.2,31.2,P-2",
            "LS-5,祠堂,下坝村,105.2,31.2,P-2");
    return Ledgers.workbook(
        RegistryImport.read(List.of(csv("隐患点台账", points), csv("大喇叭台账", speakers)))
            .candidate()
            .entries());
  }

  private static NamedBytes csv(String name, List<String> rows) {
    return new NamedBytes(
        name + ".csv", String.join("\r\n", rows).getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  static void close() {
    if (fleet != null) {
      fleet.close();
    }
    if (app != null) {
      app.close();
    }
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all = new String[args.length + 5];
    all[0] = "speaker";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--url";
    all[args.length + 2] = "http://127.0.0.1:" + app.port();
    all[args.length + 3] = "--token";
    all[args.length + 4] = TOKEN;
    return Lastmile.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all);
  }

  private JsonNode json() throws Exception {
    return JSON.readTree(out.toString());
  }

  @Test
  void theListNamesThoseThatDoNotWorkFirstWithTheReasonAndCountsThemAll() throws Exception {
    assertThat(run("list")).as(err.toString()).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.stream().filter(l -> l.contains("LS-4")).findFirst().orElseThrow())
        .startsWith("SILENT")
        .contains("桥头")
        .contains("lost its connection")
        .contains("since 2");
    assertThat(lines.indexOf(line(lines, "LS-4"))).isLessThan(lines.indexOf(line(lines, "LS-1")));
    assertThat(line(lines, "LS-5")).startsWith("NEVER_SEEN").contains("it has never connected");
    assertThat(lines.get(lines.size() - 1)).contains("1 SILENT").contains("1 NEVER_SEEN");

    assertThat(run("list", "--json", "--state", "silent")).isZero();
    assertThat(json().path("items")).extracting(s -> s.path("id").asText()).containsExactly("LS-4");
    assertThat(run("list", "--find", "祠堂")).isZero();
    assertThat(out.toString()).contains("LS-5").doesNotContain("LS-1");
    assertThat(run("list", "--state", "tired")).isEqualTo(1);
    assertThat(err.toString()).contains("state").doesNotContain("\tat ");
    assertThat(out.toString()).isEmpty();
  }

  private static String line(List<String> lines, String id) {
    return lines.stream().filter(l -> l.contains(id)).findFirst().orElseThrow();
  }

  @Test
  void theGapsArePointsWhereNoneWorks() throws Exception {
    assertThat(run("list", "--gaps")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("P-2")
        .contains("下坝滑坡: none of its loudspeakers works")
        .contains("LS-4")
        .contains("1 of 2 points: 0 without a loudspeaker, 1 with none that works")
        .doesNotContain("P-1");
    assertThat(run("list", "--gaps", "--json")).isZero();
    assertThat(json().path("items").get(0).path("why").asText()).isEqualTo("NONE_WORKS");
  }

  @Test
  void oneIsShownWithAllThatItSaysOfItself() throws Exception {
    assertThat(run("show", "LS-1")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("村口").contains("firmware").contains("last seen 2");
    assertThat(run("show", "LS-1", "--json")).isZero();
    assertThat(json().path("facts").path("model").asText()).isEqualTo("VIRTUAL");
    assertThat(run("show", "LS-9")).isEqualTo(1);
    assertThat(err.toString()).contains("LS-9").contains("404");
  }

  @Test
  void aTestEndsWithZeroWhenItWasPlayedAndWithOneWhenNobodyHeardIt() throws Exception {
    assertThat(run("test", "LS-1", "--volume", "30", "--json")).as(err.toString()).isZero();
    assertThat(json().path("told").path("answer").asText()).isEqualTo("played");
    assertThat(json().path("test").path("result").asText()).isEqualTo("PLAYED");
    assertThat(run("test", "LS-2")).isEqualTo(1);
    assertThat(out.toString()).contains("NOT_HEARD");
    assertThat(err.toString()).contains("LS-2").contains("NOT_HEARD");
    assertThat(run("show", "LS-2")).isZero();
    assertThat(out.toString()).startsWith("FAULTY");
  }

  @Test
  void whoIsAwayAndWhoSaysNothingIsAFailureInWords() {
    assertThat(run("test", "LS-4")).isEqualTo(1);
    assertThat(err.toString()).contains("did not take it").contains("device offline");
    assertThat(run("report", "LS-3", "--wait", "1")).isEqualTo(1);
    assertThat(err.toString()).contains("LS-3 has taken it and has not answered within 1 s");
    assertThat(run("report", "LS-3", "--wait", "0")).as("nobody waits").isZero();
    assertThat(run("test", "LS-1", "--volume", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("/volume");
  }

  @Test
  void aReportIsFreshAndAConfigurationIsKept() throws Exception {
    fleet.device("LS-1").battery(64);
    assertThat(run("report", "LS-1")).as(err.toString()).isZero();
    assertThat(out.toString()).containsPattern("told +\\S+ report: done");
    assertThat(run("configure", "LS-1", "--volume", "80", "--groups", "school,river", "--json"))
        .as(err.toString())
        .isZero();
    String content = json().path("told").path("content").asText();
    assertThat(content).startsWith("config-");
    assertThat(run("report", "LS-1", "--json")).isZero();
    assertThat(json().path("facts").path("config").asText()).isEqualTo(content);
    assertThat(json().path("facts").path("volume").asText()).isEqualTo("80");
    assertThat(json().path("facts").path("battery").asText()).isEqualTo("64");

    assertThat(run("configure", "LS-1")).isEqualTo(1);
    assertThat(err.toString()).contains("names nothing");
    assertThat(run("configure", "LS-1", "--heartbeat", "5")).isEqualTo(1);
    assertThat(err.toString()).contains("/heartbeat");
    assertThat(run("configure", "LS-1", "--quiet-from", "02:00")).isEqualTo(1);
    assertThat(err.toString()).contains("give both ends");
  }
}
