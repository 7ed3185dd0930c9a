package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.json;
import static org.lastmile.channel.wechat.ScriptedPlatform.reset;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One token for every thread and every process, renewed early, forced only within the limits. */
class AccessTokenTest {
  private final SetClock clock = new SetClock("2026-11-22T03:30:00Z");
  private final MemoryThatForgets memory = new MemoryThatForgets(clock);
  private ScriptedPlatform platform;
  private AccessToken tokens;

  @BeforeEach
  void open() throws Exception {
    platform = new ScriptedPlatform();
    tokens = process();
  }

  @AfterEach
  void close() {
    platform.close();
  }

  /** Another process with the same store. */
  private AccessToken process() {
    WeChatConfig config = new WeChatConfig(Desk.account(platform.url(), ""), Desk.QUICK);
    Wire wire = new Wire(config.officialAccount().baseUrl(), config.limits());
    return new AccessToken(
        new TokenSource.Stable(config.officialAccount(), wire), config.limits(), memory, clock);
  }

  @Test
  void fifty_threads_in_two_processes_fetch_one_token() throws Exception {
    AccessToken other = process();
    List<Callable<String>> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      threads.add(i % 2 == 0 ? tokens::get : other::get);
    }
    assertThat(all(threads)).hasSize(50).containsOnly("TOKEN-1");
    assertThat(platform.tokenAsks()).hasSize(1);
    JsonNode ask = platform.tokenAsks().get(0);
    assertThat(ask.path("grant_type").asText()).isEqualTo("client_credential");
    assertThat(ask.path("appid").asText()).isEqualTo("wx0123456789abcdef");
    assertThat(ask.path("secret").asText()).isEqualTo("app-secret");
    assertThat(ask.path("force_refresh").asBoolean(true)).isFalse();
  }

  @Test
  void fifty_threads_whose_token_was_refused_fetch_one_new_token() throws Exception {
    tokens.get();
    platform.usualToken("TOKEN-2");
    AccessToken other = process();
    other.get();
    List<Callable<String>> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      AccessToken here = i % 2 == 0 ? tokens : other;
      threads.add(() -> here.replace("TOKEN-1"));
    }
    assertThat(all(threads)).hasSize(50).containsOnly("TOKEN-2");
    assertThat(platform.tokenAsks()).hasSize(2);
  }

  @Test
  void a_failure_is_the_answer_of_all_who_waited() throws Exception {
    platform.nextToken(errcode(40125));
    List<Callable<String>> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      threads.add(
          () -> {
            try {
              return tokens.get();
            } catch (AccessToken.NoToken e) {
              return e.code().toString();
            }
          });
    }
    assertThat(all(threads)).containsOnly("BAD_SECRET");
    assertThat(platform.tokenAsks()).hasSize(1);
    clock.move(Duration.ofSeconds(3));
    assertThat(tokens.get()).isEqualTo("TOKEN-1");
  }

  @Test
  void a_process_that_starts_later_takes_the_stored_token() throws Exception {
    tokens.get();
    assertThat(process().get()).isEqualTo("TOKEN-1");
    assertThat(platform.tokenAsks()).hasSize(1);
  }

  @Test
  void a_process_that_died_while_it_fetched_delays_the_others_only_until_its_claim_ends()
      throws Exception {
    memory.claim("token-claim", "dead", Duration.ofSeconds(9));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<String> waiting = thread.submit(tokens::get);
    clock.move(Duration.ofSeconds(10));
    assertThat(waiting.get()).isEqualTo("TOKEN-1");
    thread.shutdown();
  }

  @Test
  void a_claim_that_another_process_took_over_meanwhile_is_left_to_it() throws Exception {
    platform.nextToken(
        exchange -> {
          clock.move(Duration.ofMinutes(1));
          memory.claim("token-claim", "another", Duration.ofSeconds(9));
          json("{\"access_token\":\"TOKEN-1\",\"expires_in\":7200}").play(exchange);
        });
    assertThat(tokens.get()).isEqualTo("TOKEN-1");
    assertThat(memory.get("token-claim")).contains("another");
  }

  @Test
  void a_claim_of_ones_own_is_given_back_after_the_fetch() throws Exception {
    tokens.get();
    assertThat(memory.get("token-claim")).isEmpty();
  }

  @Test
  void is_renewed_before_its_end_and_not_sooner() throws Exception {
    tokens.get();
    platform.usualToken("TOKEN-2");
    clock.move(Duration.ofMinutes(115));
    assertThat(tokens.get()).isEqualTo("TOKEN-1");
    assertThat(platform.tokenAsks()).hasSize(1);
    clock.move(Duration.ofMinutes(2));
    assertThat(tokens.get()).isEqualTo("TOKEN-2");
    assertThat(platform.tokenAsks()).hasSize(2);
  }

  @Test
  void an_early_renewal_that_fails_leaves_the_working_token_in_use() throws Exception {
    tokens.get();
    clock.move(Duration.ofMinutes(117));
    platform.nextToken(reset());
    assertThat(tokens.get()).isEqualTo("TOKEN-1");
    assertThat(tokens.get()).as("not asked again at once").isEqualTo("TOKEN-1");
    assertThat(platform.tokenAsks()).hasSize(2);
    platform.usualToken("TOKEN-2");
    clock.move(Duration.ofSeconds(31));
    assertThat(tokens.get()).isEqualTo("TOKEN-2");
  }

  @Test
  void is_not_used_past_its_end() throws Exception {
    tokens.get();
    platform.usualToken("TOKEN-2");
    clock.move(Duration.ofHours(3));
    assertThat(tokens.get()).isEqualTo("TOKEN-2");
  }

  @Test
  void is_forced_only_when_the_platform_gives_back_the_token_it_refuses() throws Exception {
    tokens.get();
    platform.nextToken(json("{\"access_token\":\"TOKEN-1\",\"expires_in\":7000}"));
    platform.nextToken(json("{\"access_token\":\"TOKEN-2\",\"expires_in\":7200}"));
    assertThat(tokens.replace("TOKEN-1")).isEqualTo("TOKEN-2");
    assertThat(platform.tokenAsks())
        .extracting(ask -> ask.path("force_refresh").asBoolean())
        .containsExactly(false, false, true);
  }

  @Test
  void is_not_forced_twice_within_thirty_seconds_by_any_process() throws Exception {
    forceOnce(tokens, "A", "B");
    AccessToken other = process();
    platform.nextToken(json("{\"access_token\":\"B\",\"expires_in\":7000}"));
    assertThatThrownBy(() -> other.replace("B")).hasMessageContaining("30 s ago");
    clock.move(Duration.ofSeconds(31));
    forceOnce(other, "B", "C");
  }

  @Test
  void is_forced_at_most_twenty_times_a_day() throws Exception {
    for (int i = 0; i < 20; i++) {
      forceOnce(tokens, "T" + i, "T" + (i + 1));
      clock.move(Duration.ofMinutes(1));
    }
    platform.nextToken(json("{\"access_token\":\"T20\",\"expires_in\":7000}"));
    assertThatThrownBy(() -> tokens.replace("T20")).hasMessageContaining("20 forced");
    clock.move(Duration.ofHours(13));
    forceOnce(tokens, "T20", "T21");
  }

  private void forceOnce(AccessToken process, String refused, String fresh) throws Exception {
    platform.nextToken(json("{\"access_token\":\"" + refused + "\",\"expires_in\":7000}"));
    platform.nextToken(json("{\"access_token\":\"" + fresh + "\",\"expires_in\":7200}"));
    assertThat(process.replace(refused)).isEqualTo(fresh);
    JsonNode last = platform.tokenAsks().get(platform.tokenAsks().size() - 1);
    assertThat(last.path("force_refresh").asBoolean()).isTrue();
  }

  @Test
  void comes_without_the_store_too() throws Exception {
    memory.away(true);
    assertThat(tokens.get()).isEqualTo("TOKEN-1");
    assertThat(tokens.get()).isEqualTo("TOKEN-1");
    assertThat(platform.tokenAsks()).hasSize(1);
  }

  @Test
  void an_answer_without_a_token_is_said_so() {
    platform.nextToken(json("{\"expires_in\":7200}"));
    assertThatThrownBy(tokens::get).hasMessageContaining("holds no token");
  }

  private static List<String> all(List<Callable<String>> threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads.size());
    try {
      List<String> results = new ArrayList<>();
      for (Future<String> result : pool.invokeAll(threads)) {
        results.add(result.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
