package org.lastmile.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WeChatCommandTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Pattern URL = Pattern.compile("wechat (http://\\S+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final StringWriter out = new StringWriter();
  private Thread command;

  @AfterEach
  void stop() throws InterruptedException {
    command.interrupt();
    command.join();
  }

  private String start(String... args) {
    command =
        new Thread(
            () ->
                Lastmile.commandLine()
                    .setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(new StringWriter()))
                    .execute(args),
            "wechat-command");
    command.start();
    await().atMost(SOON).until(() -> out.toString().contains("robot key"));
    Matcher url = URL.matcher(out.toString());
    assertThat(url.find()).isTrue();
    return url.group(1);
  }

  private String ask(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static HttpRequest.Builder get(String url) {
    return HttpRequest.newBuilder(URI.create(url));
  }

  @Test
  void playsBothPlatformsAndSaysWhatIsToBeConfiguredAndWhatArrives() throws Exception {
    String url =
        start("simulate", "wechat", "--follower", "oWang", "--member", "LiGang:13800000001");
    assertThat(out.toString()).contains("app-id wx", "corp-id ww", "agent-id 1000002", "aes-key");
    assertThat(ask(get(url + "/"))).contains("oWang", "LiGang · 13800000001");
    String moved =
        ask(get(url + "/sandbox/clock").POST(HttpRequest.BodyPublishers.ofString("move=PT10M")));
    assertThat(moved).contains("\"clock\":\"");
    String secrets = "corpid=ww0123456789abcdef&corpsecret=" + between("secret wecom", ",");
    String token = ask(get(url + "/cgi-bin/gettoken?" + secrets));
    token = token.replaceAll(".*\"access_token\":\"([^\"]*).*", "$1");
    String message =
        "{\"touser\":\"ligang\",\"msgtype\":\"text\",\"agentid\":1000002,"
            + "\"text\":{\"content\":\"转移\"}}";
    ask(
        get(url + "/cgi-bin/message/send?access_token=" + token)
            .POST(HttpRequest.BodyPublishers.ofString(message)));
    await().atMost(SOON).until(() -> out.toString().contains("LiGang ← 转移"));
  }

  /** What follows "secret " in the line that has it. */
  private String between(String start, String end) {
    int from = out.toString().indexOf(start) + "secret ".length();
    return out.toString().substring(from, out.toString().indexOf(end, from));
  }
}
