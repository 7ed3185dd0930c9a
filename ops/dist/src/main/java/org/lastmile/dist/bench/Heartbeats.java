package org.lastmile.dist.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * States of a hundred thousand devices through one connection, since no process here may have as
 * many: at the gateway they look the same.
 */
final class Heartbeats implements AutoCloseable {
  private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
  private final CountDownLatch accepted = new CountDownLatch(1);
  private final Channel channel;
  private final int first;
  private final int count;
  private final long second;
  private final AtomicLong sent = new AtomicLong();
  private int packet;

  /**
   * Begins at once and goes round and round.
   *
   * @param first number of a device
   * @param second how many a second
   */
  Heartbeats(URI broker, String user, int first, int count, long second)
      throws InterruptedException {
    this.first = first;
    this.count = count;
    this.second = second;
    channel =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new MqttDecoder(65_536), MqttEncoder.INSTANCE, new Side(user));
                  }
                })
            .connect(broker.getHost(), broker.getPort())
            .sync()
            .channel();
    if (!accepted.await(20, TimeUnit.SECONDS)) {
      close();
      throw new IllegalStateException("the broker did not take the heartbeats' connection");
    }
    long start = System.nanoTime();
    var unused =
        channel.eventLoop().scheduleAtFixedRate(() -> beat(start), 5, 5, TimeUnit.MILLISECONDS);
  }

  private void beat(long start) {
    long due = (System.nanoTime() - start) / 1_000 * second / 1_000_000;
    while (sent.get() < due && channel.isWritable()) {
      long number = sent.getAndIncrement();
      int device = first + (int) (number % count);
      String type = number < count ? "birth" : "heartbeat";
      ByteBuf payload = channel.alloc().buffer(256);
      payload.writeCharSequence(
          "{\"v\":1,\"type\":\"%s\",\"session\":1,\"at\":%d,\"uptime\":%d,\"volume\":100,"
                  .formatted(type, Instant.now().getEpochSecond(), number / second)
              + "\"muted\":false,\"mains\":true,\"model\":\"VIRTUAL\",\"firmware\":\"1.0\","
              + "\"seen\":{\"epoch\":0,\"seq\":0},\"groups\":[],\"boot\":\"0123456789abcdef\"}",
          StandardCharsets.US_ASCII);
      packet = packet % 65_535 + 1;
      var unused =
          channel.write(
              new MqttPublishMessage(
                  new MqttFixedHeader(
                      MqttMessageType.PUBLISH, false, MqttQoS.AT_LEAST_ONCE, true, 0),
                  new MqttPublishVariableHeader("lm/v1/d/" + Horns.id(device) + "/state", packet),
                  payload));
    }
    channel.flush();
  }

  long sent() {
    return sent.get();
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
  }

  private final class Side extends SimpleChannelInboundHandler<MqttMessage> {
    private final String user;

    Side(String user) {
      this.user = user;
    }

    @Override
    public void channelActive(ChannelHandlerContext to) {
      var unused =
          to.writeAndFlush(
              MqttMessageBuilders.connect()
                  .protocolVersion(MqttVersion.MQTT_3_1_1)
                  .clientId(user)
                  .username(user)
                  .password(Mosquitto.PASSWORD.getBytes(StandardCharsets.UTF_8))
                  .cleanSession(true)
                  .keepAlive(60)
                  .build());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext to, MqttMessage message) {
      if (message.fixedHeader().messageType() == MqttMessageType.CONNACK) {
        accepted.countDown();
      }
    }
  }
}
