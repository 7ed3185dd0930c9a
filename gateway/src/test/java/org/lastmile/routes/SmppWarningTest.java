package org.lastmile.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.App;
import org.lastmile.config.Config;

/** The whole gateway with a carrier's SMPP centre as its only way to people: a config entry. */
class SmppWarningTest {
  private static final String TOKEN = "bootstrap-of-this-test";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  private static final String POINTS =
      """
      编号,名称,乡镇,村,行政区划代码,经度,纬度,灾害类型
      QS-001,上坝滑坡点,木耳镇,上坝村,500112105201,106.5,29.5,滑坡
      """;

  private static final String PEOPLE =
      """
      姓名,职务,电话,A/B角,负责点
      王建国,村主任,13800000001,A,QS-001
      """;

  private static String warning() {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
          <identifier>s1</identifier><sender>test</sender>
          <sent>%s</sent><status>Actual</status>
          <msgType>Alert</msgType><scope>Public</scope>
          <info><language>zh-CN</language><category>Met</category><event>暴雨</event>
            <urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>
            <headline>木耳镇发布暴雨红色预警</headline>
            <area><areaDesc>木耳镇</areaDesc><polygon>29,106 29,107 30,107 30,106 29,106</polygon></area>
          </info>
        </alert>
        """
        .formatted(
            OffsetDateTime.now(Clock.system(ZoneId.of("Asia/Shanghai")))
                .truncatedTo(ChronoUnit.SECONDS)
                .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
  }

  @Test
  void a_warning_reaches_the_responsible_person_by_smpp() throws Exception {
    try (SmppCentre centre = new SmppCentre()) {
      Files.writeString(
          folder.resolve("lastmile.yaml"),
          """
          http: { port: 0, management-port: 0 }
          store: { redis: embedded, data: ./data }
          channels:
            carriers:
              mobile: { uri: 'smpp://warn@localhost:%d?password=secret&systemType=&sourceAddr=106900001&registeredDelivery=0' }
          """
              .formatted(centre.port()));
      try (App app =
          App.start(Config.read(folder.resolve("lastmile.yaml")), Clock.systemUTC(), TOKEN)) {
        await().atMost(Duration.ofSeconds(60)).until(app.desk()::active);
        post(app, "/api/v1/registry/import?name=points.csv", "application/octet-stream", POINTS);
        post(app, "/api/v1/registry/import?name=people.csv", "application/octet-stream", PEOPLE);
        post(app, "/api/v1/warnings", "application/cap+xml", warning());
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(centre.text()).contains("上坝滑坡点"));
        assertThat(centre.taken)
            .allMatch(part -> part.getDestAddress().equals("13800000001"))
            .allMatch(part -> part.getValidityPeriod().endsWith("R"));
      }
    }
  }

  private void post(App app, String path, String type, String body) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + path))
                .header("Content-Type", type)
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
  }
}
