package org.lastmile.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.horn.HornConfig;
import org.lastmile.channel.loudspeaker.PreloadPlan;
import org.lastmile.channel.sms.SmsConfig;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;

class ConfigTest {
  private static final Path EXAMPLES = Path.of("../ops/example");
  private static final String AES_KEY = "0123456789012345678901234567890123456789012";

  @TempDir private Path folder;

  private Config read(String yaml, Map<String, String> environment) throws IOException {
    return Config.read(Files.writeString(folder.resolve("lastmile.yaml"), yaml), environment::get);
  }

  private Config read(String yaml) throws IOException {
    return read(yaml, Map.of());
  }

  @Test
  void withoutAFileItRunsOnItsOwnStoreAndItsOwnMqttEndpointAndHasNoModem() {
    Config config = Config.defaults(folder);

    assertThat(config.store().embedded()).isTrue();
    assertThat(config.store().data()).isEqualTo(folder.resolve("data"));
    assertThat(config.loudspeaker().isEmbedded()).isTrue();
    assertThat(config.sms()).isNull();
    assertThat(config.wechat()).isNull();
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.http().managementPort()).isEqualTo(9090);
    assertThat(config.http().bodyLimit()).isEqualTo(8 * 1024 * 1024);
    assertThat(config.zone()).isEqualTo(ZoneId.of("Asia/Shanghai"));
    assertThat(config.policy().policy()).isEqualTo(Policy.defaults());
  }

  @Test
  void anEmptyFileHasEveryChannelOff() throws IOException {
    Config config = read("");

    assertThat(config.sms()).isNull();
    assertThat(config.loudspeaker()).isNull();
    assertThat(config.wechat()).isNull();
    assertThat(config.carriers()).isEmpty();
    assertThat(config.intake().folder()).isNull();
  }

  @Test
  void clipsAreBroughtAheadAfterLunchUnlessTheOfficeSaysOtherwise() throws IOException {
    String speech = "time-zone: Asia/Urumqi\nchannels: { loudspeaker: { speech: { %s } } }";
    ZoneId zone = ZoneId.of("Asia/Urumqi");

    assertThat(preload(speech.formatted("")))
        .isEqualTo(new PreloadPlan(LocalTime.of(13, 30), zone, Duration.ofHours(1)));
    assertThat(preload(speech.formatted("preload: { at: '02:00', spread: 3h }")))
        .isEqualTo(new PreloadPlan(LocalTime.of(2, 0), zone, Duration.ofHours(3)));
    assertThat(preload(speech.formatted("preload: { enabled: false }"))).isNull();
  }

  private PreloadPlan preload(String yaml) throws IOException {
    return read(yaml).loudspeaker().rendering().preload();
  }

  @Test
  void theCountysPlatformIsReadAsItIsWritten() throws IOException {
    HornConfig horn =
        read(
                """
                channels:
                  loudspeaker: {}
                  horn:
                    url: https://county.example/api/broadcast
                    method: PUT
                    headers: { X-Api-Key: "${COUNTY_KEY}" }
                    body: '{"msgId":"{id}","msgDesc":"{text}"}'
                    stop: '{"cancel":"{supersedes}"}'
                    kinds: { WARN: ["1"], LIFT: ["2"] }
                    answer: { code: /code, good: [0, 200], refused: ["1404"], reference: /data/taskId }
                    receipts: { token: "${COUNTY_CALLBACK}", id: /msgId, outcome: /state, played: ["3"], failed: [4, 5] }
                    devices: { prefixes: [GY-], words: [县平台] }
                    patience: 5s
                    in-flight: 2
                """,
                Map.of("COUNTY_KEY", "geheim", "COUNTY_CALLBACK", "a-token-of-the-county"))
            .horn();

    assertThat(horn)
        .isEqualTo(
            new HornConfig(
                "https://county.example/api/broadcast",
                "PUT",
                Map.of("X-Api-Key", "geheim"),
                "application/json",
                "{\"msgId\":\"{id}\",\"msgDesc\":\"{text}\"}",
                "{\"cancel\":\"{supersedes}\"}",
                Map.of("WARN", "1", "LIFT", "2"),
                new HornConfig.Answer("/code", Set.of("0", "200"), Set.of("1404"), "/data/taskId"),
                new HornConfig.Receipts(
                    "a-token-of-the-county",
                    "/msgId",
                    "/state",
                    Set.of(),
                    Set.of(),
                    Set.of("3"),
                    Set.of("4", "5")),
                new HornConfig.Devices(List.of("GY-"), List.of("县平台")),
                Duration.ofSeconds(5),
                2,
                ZoneId.of("Asia/Shanghai")));
    assertThat(horn.toString()).doesNotContain("geheim", "a-token-of-the-county");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnceTheOfficesPolicyIncluded() throws IOException {
    Files.writeString(folder.resolve("policy.yaml"), "waits: { spill: soon }");
    String yaml =
        """
        http: { port: 99999 }
        store: { redis: "memcached://x" }
        channels: { sms: { modems: [ { baud: 1 } ] } }
        policy: policy.yaml
        """;

    Config.Unusable unusable = catchThrowableOfType(Config.Unusable.class, () -> read(yaml));

    assertThat(unusable.problems())
        .extracting(p -> p.substring(folder.toString().length() + 1).replaceAll(": .*", ""))
        .containsExactly(
            "lastmile.yaml", "lastmile.yaml", "lastmile.yaml", "lastmile.yaml", "policy.yaml");
    assertThat(unusable)
        .hasMessageContainingAll(
            "http.port", "store.redis", "modems[0].port", "modems[0].baud", "waits.spill");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Config.Unusable unusable =
        catchThrowableOfType(
            Config.Unusable.class, () -> Config.read(folder.resolve("none.yaml"), n -> null));

    assertThat(unusable.problems())
        .containsExactly(folder.resolve("none.yaml") + ": there is no such file");
  }

  @Test
  void aSecretIsTakenFromTheEnvironmentOrFromAFileBesideTheConfiguration() throws IOException {
    Files.writeString(folder.resolve("pin"), "0042\n");
    Config config =
        read(
            """
            channels:
              sms: { modems: [ { port: /dev/ttyUSB0, pin: "file:pin" } ] }
              loudspeaker: { broker: "mqtt://broker:1883", username: gw, password: "${MQTT_PASSWORD}" }
            """,
            Map.of("MQTT_PASSWORD", "geheim"));

    assertThat(config.sms().modems().get(0).pin()).isEqualTo("0042");
    assertThat(config.loudspeaker().password()).isEqualTo("geheim");
  }

  @Test
  void addressesMayTakeTheirPasswordsFromTheEnvironment() throws IOException {
    Config config =
        read(
            """
            store: { redis: "redis://:${STORE_PASSWORD}@store:6379" }
            channels:
              carriers:
                mail: { uri: "smtp:mail?password=${MAIL_PASSWORD}&subject=${header.attempt}" }
            """,
            Map.of("STORE_PASSWORD", "geheim1", "MAIL_PASSWORD", "geheim2"));

    assertThat(config.store().redis()).isEqualTo("redis://:geheim1@store:6379");
    assertThat(config.carriers().get("mail").uri())
        .isEqualTo("smtp:mail?password=geheim2&subject=${header.attempt}");
    assertThat(config.carriers().get("mail").address()).isEqualTo(Planner.Address.PHONE);
  }

  @Test
  void whatIsSecretNeverShows() throws IOException {
    Config config =
        read(
            """
            store: { redis: "redis://user:geheim@store:6379" }
            channels:
              sms: { modems: [ { port: /dev/ttyUSB0, pin: "98765432" } ] }
              loudspeaker: { broker: "mqtt://broker:1883", password: geheim }
              wechat:
                official-account: { app-id: wx1, secret: geheim, template-id: t, callback-token: geheim, aes-key: "%1$s" }
                wecom: { corp-id: ww1, agent-id: 1000002, secret: geheim, callback-token: geheim, aes-key: "%1$s", robots: { duty: geheim } }
              carriers: { mail: { uri: "smtp:user:geheim@mail?password=geheim" } }
            """
                .formatted(AES_KEY));

    assertThat(config.toString()).doesNotContain("geheim", "98765432", AES_KEY);
  }

  @Test
  void pathsAreMeantFromTheFolderOfTheFile() throws IOException {
    Config config = read("{ store: { data: store }, intake: { folder: ../inbox } }");

    assertThat(config.store().data()).isEqualTo(folder.resolve("store"));
    assertThat(config.intake().folder()).isEqualTo(folder.resolve("../inbox"));
  }

  @Test
  void theSlashAtTheEndOfThePublicAddressIsLeftOut() throws IOException {
    assertThat(read("http: { public-url: https://warn.example/ }").http().publicUrl())
        .isEqualTo("https://warn.example");
  }

  @Test
  void aModemHasItsServiceCentreAndTheCommandThatSwitchesItsPower() throws IOException {
    SmsConfig.Port port =
        read("""
                channels:
                  sms:
                    modems:
                      - port: usb:2c7c:0125/if02
                        smsc: "+8613800100500"
                        power-cycle: { command: [ hub-off-on, "3" ], limit: 10s, every: 30m }
                """)
            .sms()
            .modems()
            .get(0);

    assertThat(port.smsc()).isEqualTo("+8613800100500");
    assertThat(port.powerCycle())
        .isEqualTo(
            new SmsConfig.PowerCycle(
                List.of("hub-off-on", "3"), Duration.ofSeconds(10), Duration.ofMinutes(30)));
    assertThat(port.harmless().powerCycle()).isEqualTo(SmsConfig.PowerCycle.NONE);
  }

  @Test
  void aSimHasABudgetUnlessItIsSaidThatThereIsNone() throws IOException {
    String modems = "channels: { sms: { modems: [ { port: /dev/ttyUSB0 } ]%s } }";

    assertThat(read(modems.formatted("")).sms().budget()).isEqualTo(SmsConfig.Budget.USUAL);
    assertThat(
            read(modems.formatted(", budget: { per-hour: 0, per-day: 500, reserve: 30 }"))
                .sms()
                .budget())
        .isEqualTo(new SmsConfig.Budget(0, 500, 30));
  }

  @Test
  void whatIsWrongWithAModemsEntryIsSaidAllAtOnce() {
    Config.Unusable unusable =
        catchThrowableOfType(
            Config.Unusable.class,
            () ->
                read(
                    """
                    channels:
                      sms:
                        modems:
                          - port: usb:2c7c
                            smsc: China Mobile
                            power-cycle: { every: 1s, comand: x }
                    """));

    assertThat(unusable)
        .hasMessageContainingAll(
            "modems[0].port", "modems[0].smsc", "power-cycle.every", "power-cycle.comand");
  }

  @Test
  void theExampleThatIsShippedCanBeUsed() {
    Function<String, String> environment =
        name -> name.contains("AES") ? AES_KEY : name.contains("PIN") ? "1234" : "something";

    Config config = Config.read(EXAMPLES.resolve("lastmile.yaml"), environment);

    assertThat(config.sms().modems()).hasSize(2);
    assertThat(config.loudspeaker().isEmbedded()).isTrue();
    assertThat(config.wechat().officialAccount().appId()).isNotEmpty();
    assertThat(config.wecom().agentId()).isPositive();
    assertThat(config.intake().upTo()).isEqualTo(Grade.ORANGE);
    assertThat(config.policy().policy().ladders().get(Grade.RED).deadline())
        .isEqualTo(Duration.ofMinutes(4));
  }

  @Test
  void theConfigurationForComposeCanBeUsed() {
    Config config = Config.read(Path.of("../ops/compose/lastmile.yaml"), name -> "something");

    assertThat(config.store().embedded()).isFalse();
    assertThat(config.loudspeaker().isEmbedded()).isFalse();
    assertThat(config.loudspeaker().password()).isEqualTo("something");
  }

  @Test
  void thePolicyInTheExampleSpeaksOfItsOwnPracticeAndLeavesTheRestAsShipped() {
    List<String> problems = new ArrayList<>();

    Policy policy =
        Practice.read(EXAMPLES.resolve("policy.yaml"), ZoneId.of("Asia/Shanghai"), problems)
            .policy();

    assertThat(problems).isEmpty();
    assertThat(policy.name()).isNotEqualTo(Policy.defaults().name());
    assertThat(policy.ladders().get(Grade.BLUE))
        .isEqualTo(Policy.defaults().ladders().get(Grade.BLUE));
  }
}
