package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.channel.Memory;
import redis.clients.jedis.HostAndPort;

class RedisAddressTest {

  @Test
  void a_single_server_may_have_user_password_port_and_database() {
    RedisAddress whole = RedisAddress.parse("rediss://town:p%40ss+word@db.example:7000/3");
    assertThat(whole.form()).isEqualTo(RedisAddress.Form.SINGLE);
    assertThat(whole.tls()).isTrue();
    assertThat(whole.user()).isEqualTo("town");
    assertThat(whole.password()).isEqualTo("p@ss+word");
    assertThat(whole.hosts()).containsExactly(new HostAndPort("db.example", 7000));
    assertThat(whole.database()).isEqualTo(3);

    RedisAddress bare = RedisAddress.parse("redis://:secret@10.0.0.1");
    assertThat(bare.user()).isNull();
    assertThat(bare.password()).isEqualTo("secret");
    assertThat(bare.hosts()).containsExactly(new HostAndPort("10.0.0.1", 6379));
    assertThat(RedisAddress.parse("redis://[::1]:6380").hosts())
        .containsExactly(new HostAndPort("::1", 6380));
  }

  @Test
  void sentinels_name_a_master_and_clusters_several_nodes() {
    RedisAddress sentinel = RedisAddress.parse("redis-sentinel://:pw@a,b:26380/1#town");
    assertThat(sentinel.form()).isEqualTo(RedisAddress.Form.SENTINEL);
    assertThat(sentinel.master()).isEqualTo("town");
    assertThat(sentinel.hosts())
        .isEqualTo(Set.of(new HostAndPort("a", 26379), new HostAndPort("b", 26380)));

    RedisAddress cluster = RedisAddress.parse("rediss-cluster://a:7000,b:7001");
    assertThat(cluster.form()).isEqualTo(RedisAddress.Form.CLUSTER);
    assertThat(cluster.tls()).isTrue();
  }

  @Test
  void people_see_it_without_its_secrets() {
    assertThat(RedisAddress.parse("redis-sentinel://me:secret@b,a/1#town"))
        .hasToString("redis-sentinel://a:26379,b:26379/1#town");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "localhost:6379; not a Redis address",
        "http://localhost; not a Redis address",
        "redis://a,b; several hosts need redis-sentinel:// or redis-cluster://",
        "redis://a:99999; not host:port: a:99999",
        "redis://a/x; the database is not a number: x",
        "redis-sentinel://a; needs #master",
        "redis-cluster://a/2; a cluster has no databases"
      })
  void what_is_wrong_is_said(String uri, String why) {
    assertThatThrownBy(() -> RedisAddress.parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void everything_wrong_is_said_at_once_and_no_secret_with_it() {
    assertThatThrownBy(() -> RedisAddress.parse("redis://me:secret@a:0,b,c/x"))
        .hasMessageContaining("a:0")
        .hasMessageContaining("several hosts")
        .hasMessageContaining("not a number")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "redis://127.0.0.1:1",
    "redis-sentinel://127.0.0.1:1#town",
    "redis-cluster://127.0.0.1:1"
  })
  void a_store_that_is_not_there_is_away(String uri) {
    try (Ledger ledger = new RedisLedger(RedisAddress.parse(uri), "town")) {
      assertThatThrownBy(ledger::ping)
          .isInstanceOf(Memory.Away.class)
          .hasMessageContaining(uri)
          .hasMessageContaining("does not answer");
    }
  }
}
