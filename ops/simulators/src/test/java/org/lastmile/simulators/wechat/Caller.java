package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A client of the platforms that knows nothing but HTTP and JSON. */
final class Caller {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final WeChatSandbox sandbox;

  Caller(WeChatSandbox sandbox) {
    this.sandbox = sandbox;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return HTTP.send(posting(path, body), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> posts(String path, String body) {
    return HTTP.sendAsync(posting(path, body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest posting(String path, String body) {
    return request(path)
        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + path));
  }

  JsonNode read(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json.readTree(answer.body());
  }

  /** As the official account. */
  JsonNode account(String path, String body) throws IOException, InterruptedException {
    AccountSettings settings = sandbox.account().settings();
    String ask =
        """
        {"grant_type":"client_credential","appid":"%s","secret":"%s"}"""
            .formatted(settings.appId(), settings.secret());
    String token = read(post("/cgi-bin/stable_token", ask)).path("access_token").asText();
    return read(post(path + "?access_token=" + token, body));
  }

  JsonNode wecomToken() throws IOException, InterruptedException {
    WeComSettings settings = sandbox.wecom().settings();
    return read(
        get(
            "/cgi-bin/gettoken?corpid="
                + (settings.corpId() + "&corpsecret=" + settings.secret())));
  }

  /** As the WeCom application. */
  JsonNode wecom(String path, String body) throws IOException, InterruptedException {
    return wecom(wecomToken().path("access_token").asText(), path, body);
  }

  JsonNode wecom(String token, String path, String body) throws IOException, InterruptedException {
    return read(post(path + "?access_token=" + token, body));
  }
}
