package org.lastmile.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;

/** Any Camel endpoint is a channel; here a file endpoint stands for a carrier. */
class CarrierChannelTest {
  @TempDir Path folder;
  private final DefaultCamelContext camel = new DefaultCamelContext();

  @BeforeEach
  void start() {
    camel.start();
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  private Outcome send(CarrierChannel channel) {
    return channel
        .send(ChannelContract.message("w1-0.1", "13800000001"))
        .toCompletableFuture()
        .join();
  }

  @Test
  void hands_text_and_address_to_the_endpoint() throws Exception {
    CarrierChannel channel =
        new CarrierChannel(
            "mail",
            "file:" + folder + "?fileName=${header.address}.txt",
            camel,
            Clock.systemUTC(),
            (text, mark) -> List.of(text));
    assertThat(send(channel)).isInstanceOf(Outcome.Accepted.class);
    assertThat(Files.readString(folder.resolve("13800000001.txt"))).contains("上坝滑坡点");
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void an_endpoint_that_fails_is_a_lane_that_is_down_and_says_so() {
    CarrierChannel channel =
        new CarrierChannel(
            "mail",
            "direct:nobody-listens?block=false",
            camel,
            Clock.systemUTC(),
            (text, mark) -> List.of(text));
    assertThat(send(channel)).isInstanceOf(Outcome.LaneDown.class);
    assertThat(channel.check().state()).isNotEqualTo(Health.State.UP);
  }

  @Test
  void a_closed_channel_says_lane_down_and_has_no_room() {
    CarrierChannel channel =
        new CarrierChannel(
            "mail", "file:" + folder, camel, Clock.systemUTC(), (text, mark) -> List.of(text));
    channel.close();
    assertThat(send(channel)).isInstanceOf(Outcome.LaneDown.class);
    assertThat(channel.room()).isZero();
  }
}
