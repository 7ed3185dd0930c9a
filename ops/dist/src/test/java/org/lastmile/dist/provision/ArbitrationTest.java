package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.dist.provision.Office.Alert;
import org.lastmile.warning.Loudspeaker;

/**
 * Who may sound: a whole gateway decides, and a loudspeaker that was started from its provisioned
 * bundle says what it did.
 */
class ArbitrationTest {
  private static final String DEVICE = "LS-0001";
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Half a minute of words, so that whatever comes finds it speaking. */
  private static final String LONG = "暴雨蓝色预警，请各家各户注意防范，不要靠近河道和陡坡。".repeat(4);

  private static final String TEXTS =
      """
      texts:
        - { kind: warn, audiences: [loudspeaker], grades: [blue], one: "%s" }
        - { kind: warn, audiences: [loudspeaker], grades: [red], one: "红色预警，立即转移" }
        - { kind: update, audiences: [loudspeaker], one: "红色预警更新，立即转移" }
        - { kind: lift, one: "红色预警解除" }
      """;

  @TempDir private Path folder;
  private final Map<String, String> names = new LinkedHashMap<>();

  @BeforeEach
  void tools() {
    Agent.need();
  }

  @Test
  void blueIsInterruptedByRedThatIsUpdatedInOneStepAndLiftedAndThenBlueGoesOn() throws Exception {
    try (Office office = new Office(folder, TEXTS.formatted(LONG), List.of(speaker()));
        Agent agent = agent(office, "8")) {
      String blue = issued("blue", office.issues(Alert.of("b1", "蓝")));
      agent.awaitAction("play " + content("blue"));
      String school = office.department("学校");
      String notice = issued("notice", office.says(school, "开会"));
      await().atMost(SOON).until(() -> story(agent).contains("accept notice"));

      Alert first = Alert.of("r1", "红");
      String red = issued("red", office.issues(first));
      agent.awaitAction("play " + content("red"));
      String meanwhile = issued("meanwhile", office.says(school, "放假"));
      Alert second = new Alert("r2", first.sent().plusSeconds(1), "Update", "Actual", "红");
      String update = issued("red2", office.issues(second, first.reference()));
      agent.awaitAction("play " + content("red2"));
      Alert cancel = new Alert("r3", first.sent().plusSeconds(2), "Cancel", "Actual", "红");
      String lift = issued("lift", office.issues(cancel, second.reference()));
      for (String name : List.of("lift", "blue", "notice", "meanwhile")) {
        agent.awaitAction("end " + content(name) + " played");
      }

      assertThat(story(agent))
          .containsExactly(
              "accept blue",
              "play blue",
              "accept notice",
              "accept red",
              "interrupt blue",
              "play red",
              "accept red2", // while red sounds
              "end red SUPERSEDED",
              "play red2",
              "accept lift",
              "end red2 STOPPED",
              "play lift",
              "end lift played",
              "resume blue",
              "end blue played",
              "play notice",
              "end notice played",
              "accept meanwhile", // held back while the red one was in force
              "play meanwhile",
              "end meanwhile played");
      assertThat(at(agent, "play", "red2") - at(agent, "end", "red"))
          .as("silence between a warning and its update, in seconds")
          .isLessThan(1.0);
      assertThat(wholeRepeats(agent, "blue")).isEqualTo(3);
      assertThat(wholeRepeats(agent, "lift")).isEqualTo(3);

      office.awaitState(blue, "CONFIRMED");
      office.awaitState(lift, "CONFIRMED");
      for (String said : List.of(notice, meanwhile)) {
        await()
            .atMost(SOON)
            .until(
                () ->
                    office
                        .get("/api/v1/notices/" + said)
                        .at("/plays/0/state")
                        .asText()
                        .equals("PLAYED"));
      }
      assertThat(office.timeline(red, "STOPPED")).containsExactly("SUPERSEDED");
      assertThat(office.timeline(update, "STOPPED")).containsExactly("STOPPED");
      assertThat(office.timeline(blue, "PLAYING")).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void anInterruptedWarningWhoseTimePassesIsAnsweredExpiredAndDoesNotCount() throws Exception {
    String soon = "ladders: { BLUE: { play-by: 8s } }\n";
    try (Office office = new Office(folder, soon + TEXTS.formatted(LONG), List.of(speaker()));
        Agent agent = agent(office, "2")) {
      String blue = issued("blue", office.issues(Alert.of("b1", "蓝")));
      agent.awaitAction("play " + content("blue"));
      String red = issued("red", office.issues(Alert.of("r1", "红")));
      agent.awaitAction("end " + content("blue") + " expired");
      office.awaitState(red, "CONFIRMED");
      office.awaitState(blue, "EXPIRED");
      assertThat(story(agent))
          .startsWith("accept blue", "play blue", "accept red", "interrupt blue", "play red");
    }
  }

  @Test
  void aRealWarningOvertakesADrillOfAnyGradeAndTheDrillSaysSoInEveryRepeat() throws Exception {
    try (Office office = new Office(folder, TEXTS.formatted("蓝色预警"), List.of(speaker()));
        Agent agent = agent(office, "8")) {
      String drill = issued("drill", office.issues(Alert.of("d1", "红").drill()));
      agent.awaitAction("play " + content("drill"));
      issued("blue", office.issues(Alert.of("b1", "蓝")));
      office.awaitState(drill, "CONFIRMED");
      assertThat(story(agent))
          .containsExactly(
              "accept drill",
              "play drill",
              "accept blue",
              "interrupt drill",
              "play blue",
              "end blue played",
              "resume drill",
              "end drill played");
      String words =
          office.get("/api/v1/warnings/" + drill + "/deliveries").path(0).path("text").asText();
      assertThat(words).isEqualTo("【演练】这是演练。红色预警，立即转移这是演练。");
      // A repeat is the whole clip: the words above, from the first to the last.
      assertThat(wholeRepeats(agent, "drill")).isEqualTo(3);
    }
  }

  @Test
  void aLiftOfALesserWarningEndsItAndNeverSpeaksIntoAGraverOne() throws Exception {
    try (Office office = new Office(folder, TEXTS.formatted(LONG), List.of(speaker()));
        Agent agent = agent(office, "8")) {
      Alert mild = Alert.of("b1", "蓝");
      issued("blue", office.issues(mild));
      agent.awaitAction("play " + content("blue"));
      issued("red", office.issues(Alert.of("r1", "红")));
      agent.awaitAction("play " + content("red"));
      Alert cancel = new Alert("b2", mild.sent().plusSeconds(2), "Cancel", "Actual", "蓝");
      issued("lift", office.issues(cancel, mild.reference()));
      agent.awaitAction("end " + content("lift") + " played");
      assertThat(story(agent))
          .containsExactly(
              "accept blue",
              "play blue",
              "accept red",
              "interrupt blue",
              "play red",
              "accept lift",
              "end blue STOPPED",
              "end red played",
              "play lift",
              "end lift played");
    }
  }

  @Test
  void aPlayThatNobodyCanHearIsSaidSoAndCoversNothing() throws Exception {
    try (Office office = new Office(folder, TEXTS.formatted("蓝色预警"), List.of(speaker()));
        Agent agent =
            new Agent(
                office.bundle(DEVICE),
                folder.resolve("agent"),
                "--speed",
                "20",
                "--volume",
                "10")) {
      String blue = issued("blue", office.issues(Alert.of("b1", "蓝")));
      agent.awaitAction("end " + content("blue") + " played");
      office.awaitState(blue, "FAILED");
      assertThat(office.timeline(blue, "UNHEARD")).singleElement().asString().contains("10");
      assertThat(office.timeline(blue, "CONFIRMED")).isEmpty();
      assertThat(office.get("/api/v1/warnings/" + blue + "/coverage").path("covered").asInt())
          .isZero();
    }
  }

  /** Sound files of the longest length; what was cut off is shorter. */
  private long wholeRepeats(Agent agent, String name) throws IOException {
    List<Long> lengths =
        agent.sounds(content(name)).stream().map(f -> f.toFile().length()).toList();
    long whole = lengths.stream().mapToLong(l -> l).max().orElse(0);
    return lengths.stream().filter(l -> l == whole).count();
  }

  private static Loudspeaker speaker() {
    return Township.speaker(DEVICE);
  }

  private Agent agent(Office office, String speed) throws IOException {
    return new Agent(office.bundle(DEVICE), folder.resolve("agent"), "--speed", speed);
  }

  private String issued(String name, String id) {
    names.put(name, id);
    return id;
  }

  /** The one text of a warning's plan, at its first stage; or a notice. */
  private String content(String name) {
    String id = names.get(name);
    return id.startsWith("dn-") ? id : id + ".0.0";
  }

  /** What the agent did, in the names of this test. */
  private List<String> story(Agent agent) throws IOException {
    List<String> story = new ArrayList<>();
    for (JsonNode action : agent.actions()) {
      String told = Agent.told(action);
      for (String name : names.keySet()) {
        told = told.replace(content(name), name);
      }
      if (!told.startsWith("repeat ")) {
        story.add(told);
      }
    }
    return story;
  }

  private double at(Agent agent, String what, String name) throws IOException {
    for (JsonNode action : agent.actions()) {
      if (action.path("do").asText().equals(what)
          && action.path("content").asText().equals(content(name))) {
        return action.path("t").asDouble();
      }
    }
    throw new IOException("no " + what + " of " + name);
  }
}
