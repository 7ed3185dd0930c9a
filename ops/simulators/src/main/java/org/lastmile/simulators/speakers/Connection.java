package org.lastmile.simulators.speakers;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPubAckMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;

/** One MQTT connection of one loudspeaker, from CONNECT to its end, on the device's event loop. */
final class Connection extends SimpleChannelInboundHandler<MqttMessage> {
  private static final int MAX_PACKET = 65_536;
  private static final int SUBSCRIBE_ID = 1;

  /** Whom the connection tells what happens. */
  interface Owner {
    /** The command subscription stands. */
    void ready(Connection connection);

    void command(byte[] payload);

    void acknowledged(int packetId);

    void gone(Connection connection, Throwable why);
  }

  private final FleetSettings fleet;
  private final SpeakerSettings device;
  private final byte[] will;
  private final Owner owner;
  private ChannelHandlerContext context;
  private boolean ended;

  private Connection(FleetSettings fleet, SpeakerSettings device, byte[] will, Owner owner) {
    this.fleet = fleet;
    this.device = device;
    this.will = will;
    this.owner = owner;
  }

  /** Begins to connect; the owner hears the rest. */
  static void open(
      EventLoop loop, FleetSettings fleet, SpeakerSettings device, byte[] will, Owner owner) {
    Connection connection = new Connection(fleet, device, will, owner);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new MqttDecoder(MAX_PACKET), MqttEncoder.INSTANCE, connection);
                  }
                });
    if (!fleet.source().isEmpty()) {
      bootstrap.localAddress(fleet.source(), 0);
    }
    ChannelFuture connecting =
        bootstrap.connect(fleet.server().getHost(), fleet.server().getPort());
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            connection.end(done.cause());
          }
        });
  }

  static String topic(SpeakerSettings device, String last) {
    return "lm/v1/d/" + device.id() + "/" + last;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    MqttMessageBuilders.ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .protocolVersion(fleet.version() == 5 ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
            .clientId(device.id())
            .username(device.id())
            .cleanSession(true)
            .keepAlive((int) Math.max(1, fleet.heartbeat().toSeconds()))
            .willFlag(true)
            .willTopic(topic(device, "state"))
            .willQoS(MqttQoS.AT_LEAST_ONCE)
            .willRetain(true)
            .willMessage(will);
    if (device.password() != null) {
      connect.password(device.password().getBytes(StandardCharsets.UTF_8));
    }
    send(connect.build());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, MqttMessage message) {
    if (message.decoderResult().isFailure()) {
      end(message.decoderResult().cause());
    } else if (message instanceof MqttPublishMessage publish) {
      published(publish);
    } else if (message instanceof MqttConnAckMessage connected) {
      MqttConnectReturnCode code = connected.variableHeader().connectReturnCode();
      if (code == MqttConnectReturnCode.CONNECTION_ACCEPTED) {
        send(
            MqttMessageBuilders.subscribe()
                .messageId(SUBSCRIBE_ID)
                .addSubscription(MqttQoS.AT_LEAST_ONCE, topic(device, "cmd"))
                .build());
      } else {
        end(new IllegalStateException(device.id() + " is refused: " + code));
      }
    } else if (message.fixedHeader().messageType() == MqttMessageType.SUBACK) {
      owner.ready(this);
    } else if (message.fixedHeader().messageType() == MqttMessageType.PUBACK) {
      owner.acknowledged(((MqttMessageIdVariableHeader) message.variableHeader()).messageId());
    } else if (message.fixedHeader().messageType() == MqttMessageType.DISCONNECT) {
      end(new IllegalStateException(device.id() + " was sent away"));
    }
  }

  private void published(MqttPublishMessage publish) {
    byte[] payload = ByteBufUtil.getBytes(publish.payload());
    if (publish.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE) {
      send(
          new MqttPubAckMessage(
              new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0),
              MqttMessageIdVariableHeader.from(publish.variableHeader().packetId())));
    }
    if (!publish.fixedHeader().isRetain()) {
      owner.command(payload);
    }
  }

  void publish(String topic, byte[] payload, boolean retain, int packetId, boolean again) {
    send(
        new MqttPublishMessage(
            new MqttFixedHeader(MqttMessageType.PUBLISH, again, MqttQoS.AT_LEAST_ONCE, retain, 0),
            new MqttPublishVariableHeader(topic, packetId),
            Unpooled.wrappedBuffer(payload)));
  }

  /** Ends as wished: no last will. */
  void disconnect() {
    if (!ended && context != null) {
      ended = true;
      context
          .writeAndFlush(
              new MqttMessage(
                  new MqttFixedHeader(
                      MqttMessageType.DISCONNECT, false, MqttQoS.AT_MOST_ONCE, false, 0)))
          .addListener(done -> hangUp());
    }
  }

  /** Ends as a lost power supply does: the server publishes the last will. */
  void cut() {
    if (!ended && context != null) {
      ended = true;
      hangUp();
    }
  }

  private void hangUp() {
    var unused = context.close(); // channelInactive tells the rest
  }

  private void send(MqttMessage message) {
    if (ended) {
      return;
    }
    context
        .writeAndFlush(message)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                end(done.cause());
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(new IllegalStateException("the server hung up"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(cause);
  }

  private void end(Throwable why) {
    if (!ended) {
      ended = true;
      if (context != null) {
        hangUp();
      }
      owner.gone(this, why);
    }
  }
}
