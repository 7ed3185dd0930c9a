package org.lastmile.dist.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubAckMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.lastmile.channel.loudspeaker.SigningKey;

/**
 * What the wire can carry: bare Netty that sends each device one command of the same size as ours
 * and counts the receipts. One signature is made before the clock starts; nothing is checked,
 * decided or kept. It is a client of a broker, or the endpoint itself.
 */
final class BareGateway {
  /** Under way at once, as ours by broker. */
  private static final int WINDOW = 1_000;

  private static final int LARGEST = 65_536;
  private static final byte[] PLAYED = "\"outcome\":\"played\"".getBytes(StandardCharsets.UTF_8);
  private static final MqttFixedHeader ACKNOWLEDGE =
      new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0);
  private static final MqttFixedHeader PUBLISH =
      new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.AT_LEAST_ONCE, false, 0);

  private final int count;
  private final SigningKey key = SigningKey.fresh("Ed25519", "b");
  private final EventLoopGroup loops = new NioEventLoopGroup(2);
  private final AtomicReferenceArray<ChannelHandlerContext> devices;
  private final boolean[] done;
  private final AtomicInteger played = new AtomicInteger();
  private volatile long last;
  private volatile String open = "";
  private volatile String close = "";
  private int round;
  private int port;
  private BrokerSide broker;

  private BareGateway(int count) {
    this.count = count;
    this.devices = new AtomicReferenceArray<>(count);
    this.done = new boolean[count];
  }

  /**
   * Connects or listens, and serves until nobody asks any more.
   *
   * @param args number of devices, and a broker's address or nothing
   */
  public static void main(String[] args) throws Exception {
    BareGateway bare = new BareGateway(Integer.parseInt(args[0]));
    if (args.length > 1) {
      bare.connect(URI.create(args[1]));
    } else {
      bare.listen();
    }
    Station.serve(bare::answer);
    Runtime.getRuntime().halt(0);
  }

  private String answer(String question, String rest) throws InterruptedException {
    return switch (question) {
      case "key" -> key.publicKey().kid() + "=" + key.publicKey().base64();
      case "port" -> Integer.toString(port);
      case "round" -> round(Integer.parseInt(rest));
      default -> throw new IllegalArgumentException("asked for " + question);
    };
  }

  /** Answers nanoseconds from the first write to the last receipt, and how many are missing. */
  private String round(int octets) throws InterruptedException {
    prepare(octets);
    synchronized (done) {
      Arrays.fill(done, false);
    }
    played.set(0);
    long start = System.nanoTime();
    if (broker != null) {
      broker.context.executor().execute(broker::begin);
    } else {
      for (int i = 0; i < count; i++) {
        ChannelHandlerContext to = devices.get(i);
        if (to != null) {
          int device = i;
          to.executor().execute(() -> send(to, command(to, device, 7)));
        }
      }
    }
    long until = start + TimeUnit.SECONDS.toNanos(60);
    while (played.get() < count && System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
    }
    return (last - start) + " " + (count - played.get());
  }

  /** Signs once; the text is filled up until the command has as many octets as one of ours. */
  private void prepare(int octets) {
    round++;
    String text = "x";
    for (int i = 0; i < 3; i++) {
      sign(text);
      int missing = octets - open.length() - delivery(0).length() - close.length();
      text = "x".repeat(Math.max(1, text.length() + missing * 3 / 4));
    }
    sign(text);
  }

  private void sign(String text) {
    ObjectNode body = new ObjectMapper().createObjectNode();
    long now = Instant.now().getEpochSecond();
    body.put("v", 1).put("type", "command").put("content", "bare" + round).put("kind", "WARN");
    body.put("about", "").put("epoch", 1).put("seq", round).put("priority", 1);
    body.put("issued", now).put("notAfter", now + 600).put("drill", false);
    body.putArray("targets").add("999901000000");
    body.putArray("supersedes");
    body.put("text", text);
    body.putObject("speech").put("repeats", 3).put("pauseMs", 2000).put("volume", 100);
    byte[] octets = body.toString().getBytes(StandardCharsets.UTF_8);
    Base64.Encoder base64 = Base64.getEncoder();
    open = "{\"v\":1,\"id\":\"";
    close =
        "\",\"kid\":\""
            + key.publicKey().kid()
            + "\",\"sig\":\""
            + base64.encodeToString(key.sign(octets))
            + "\",\"body\":\""
            + base64.encodeToString(octets)
            + "\"}";
  }

  /** As long as one of ours. */
  private String delivery(int device) {
    return "bare%06d.%06d.%06d.1.0123456789abcdef".formatted(round, round, device);
  }

  private MqttPublishMessage command(ChannelHandlerContext to, int device, int packet) {
    ByteBuf payload = to.alloc().buffer(1024);
    payload.writeCharSequence(open, StandardCharsets.US_ASCII);
    payload.writeCharSequence(delivery(device), StandardCharsets.US_ASCII);
    payload.writeCharSequence(close, StandardCharsets.US_ASCII);
    return new MqttPublishMessage(
        PUBLISH,
        new MqttPublishVariableHeader("lm/v1/d/" + Horns.id(device) + "/cmd", packet),
        payload);
  }

  /** What is lost shows in the count. */
  private static void write(ChannelHandlerContext to, Object message) {
    var unused = to.write(message, to.voidPromise());
  }

  private static void send(ChannelHandlerContext to, Object message) {
    var unused = to.writeAndFlush(message, to.voidPromise());
  }

  private void receipt(MqttPublishMessage message) {
    String topic = message.variableHeader().topicName();
    if (!topic.endsWith("/rcpt") || !isPlayed(message.payload())) {
      return;
    }
    int device = Integer.parseInt(topic.substring(9, 15));
    synchronized (done) {
      if (done[device]) {
        return;
      }
      done[device] = true;
    }
    last = System.nanoTime();
    played.incrementAndGet();
  }

  private static boolean isPlayed(ByteBuf payload) {
    int from = payload.readerIndex();
    int most = payload.writerIndex() - PLAYED.length;
    for (int i = from; i <= most; i++) {
      int j = 0;
      while (j < PLAYED.length && payload.getByte(i + j) == PLAYED[j]) {
        j++;
      }
      if (j == PLAYED.length) {
        return true;
      }
    }
    return false;
  }

  private static void acknowledge(ChannelHandlerContext to, MqttPublishMessage message) {
    write(
        to,
        new MqttPubAckMessage(
            ACKNOWLEDGE, MqttMessageIdVariableHeader.from(message.variableHeader().packetId())));
  }

  private void listen() throws InterruptedException {
    Channel server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new MqttDecoder(LARGEST), MqttEncoder.INSTANCE, new EndpointSide());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    port = ((java.net.InetSocketAddress) server.localAddress()).getPort();
  }

  private void connect(URI uri) throws InterruptedException {
    broker = new BrokerSide();
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new MqttDecoder(LARGEST), MqttEncoder.INSTANCE, broker);
              }
            })
        .connect(uri.getHost(), uri.getPort())
        .sync();
    if (!broker.subscribed.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the broker did not take the bare client");
    }
  }

  /** One device's connection. */
  private final class EndpointSide extends SimpleChannelInboundHandler<MqttMessage> {
    private int device;

    @Override
    protected void channelRead0(ChannelHandlerContext to, MqttMessage message) {
      switch (message.fixedHeader().messageType()) {
        case CONNECT -> {
          String id = ((MqttConnectMessage) message).payload().clientIdentifier();
          device = Integer.parseInt(id.substring(1));
          write(
              to,
              MqttMessageBuilders.connAck()
                  .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
                  .sessionPresent(false)
                  .build());
        }
        case SUBSCRIBE -> {
          write(
              to,
              MqttMessageBuilders.subAck()
                  .packetId(((MqttSubscribeMessage) message).variableHeader().messageId())
                  .addGrantedQos(MqttQoS.AT_LEAST_ONCE)
                  .build());
          devices.set(device, to);
        }
        case PUBLISH -> {
          acknowledge(to, (MqttPublishMessage) message);
          receipt((MqttPublishMessage) message);
        }
        case PINGREQ -> write(to, MqttMessage.PINGRESP);
        default -> {
          // acknowledgements of commands: nobody here asks for them
        }
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext to) {
      to.flush();
    }
  }

  /** The one connection to a broker. */
  private final class BrokerSide extends SimpleChannelInboundHandler<MqttMessage> {
    private final CountDownLatch subscribed = new CountDownLatch(1);
    private ChannelHandlerContext context;
    private int next = count;
    private int underWay;
    private int packet;

    @Override
    public void channelActive(ChannelHandlerContext to) {
      context = to;
      MqttProperties properties = new MqttProperties();
      properties.add(
          new MqttProperties.IntegerProperty(
              MqttProperties.MqttPropertyType.RECEIVE_MAXIMUM.value(), 65_535));
      send(
          to,
          MqttMessageBuilders.connect()
              .protocolVersion(MqttVersion.MQTT_5)
              .clientId("bare")
              .username(Mosquitto.GATEWAY)
              .password(Mosquitto.PASSWORD.getBytes(StandardCharsets.UTF_8))
              .cleanSession(true)
              .keepAlive(60)
              .properties(properties)
              .build());
      var unused =
          to.executor()
              .scheduleAtFixedRate(() -> send(to, MqttMessage.PINGREQ), 20, 20, TimeUnit.SECONDS);
    }

    void begin() {
      next = 0;
      underWay = 0;
      more();
    }

    private void more() {
      while (next < count && underWay < WINDOW && context.channel().isWritable()) {
        underWay++;
        packet = packet % 65_535 + 1;
        write(context, command(context, next++, packet));
      }
      context.flush();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext to, MqttMessage message) {
      switch (message.fixedHeader().messageType()) {
        case CONNACK -> {
          MqttConnectReturnCode code =
              ((MqttConnAckMessage) message).variableHeader().connectReturnCode();
          if (code == MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            send(
                to,
                MqttMessageBuilders.subscribe()
                    .messageId(1)
                    .addSubscription(MqttQoS.AT_LEAST_ONCE, "lm/v1/d/+/rcpt")
                    .addSubscription(MqttQoS.AT_LEAST_ONCE, "lm/v1/d/+/state")
                    .build());
          }
        }
        case SUBACK -> subscribed.countDown();
        case PUBACK -> underWay--;
        case PUBLISH -> {
          acknowledge(to, (MqttPublishMessage) message);
          receipt((MqttPublishMessage) message);
        }
        default -> {
          // answers to pings
        }
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext to) {
      more();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext to) {
      more();
    }
  }
}
