package org.lastmile.channel.loudspeaker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How the gateway reaches its loudspeakers. {@code null}, and 0 where that means nothing, take the
 * default.
 *
 * @param broker {@code embedded} (default): devices connect to the gateway itself; or {@code
 *     mqtt://host:1883}, {@code mqtts://host:8883}: both connect to that MQTT 5 broker
 * @param host embedded: address to listen on; default {@code 0.0.0.0}
 * @param port embedded: port to listen on, 0 = any free one
 * @param certificate embedded: PEM file of the server's certificate chain, null = no TLS; broker:
 *     the gateway's own certificate, null = none
 * @param certificateKey PEM file of its private key
 * @param username broker: user name; empty = none
 * @param password broker: password, or embedded: nothing
 * @param clientId broker: client id, unique per gateway; default {@code lastmile-gateway}
 * @param trust broker: PEM file of the authority that signed the broker's certificate; null = the
 *     runtime's own list
 * @param signingKey file with the signing key; null = kept in the channel's memory, made at the
 *     first start
 * @param auth embedded: who may connect; null = each device's password is derived from the site
 *     secret, see {@link LoudspeakerChannel#passwordOf}
 * @param silence a device silent for longer is offline; default 90 s
 * @param audible volume in per cent below which a play does not count as heard; default 30
 * @param inFlight commands under way at once; default 4096 embedded, 1000 by broker
 * @param patience how long an acknowledgement may take before the outcome is unknown; default 20 s
 * @param clientAuthority embedded: PEM file of the authority that signs devices' certificates; a
 *     device that shows one is who its common name says and needs no password; null = none do
 * @param trial broker: nothing is kept there for us when we leave
 * @param rendering how texts become audio for devices that can't speak; null = they don't
 */
public record LoudspeakerConfig(
    String broker,
    String host,
    int port,
    Path certificate,
    Path certificateKey,
    String username,
    String password,
    String clientId,
    Path trust,
    Path signingKey,
    DeviceAuth auth,
    Duration silence,
    int audible,
    int inFlight,
    Duration patience,
    Path clientAuthority,
    boolean trial,
    Rendering rendering) {

  public static final String EMBEDDED = "embedded";

  /** All problems at once, each naming its key. */
  public LoudspeakerConfig {
    broker = broker == null || broker.isBlank() ? EMBEDDED : broker;
    host = host == null || host.isBlank() ? "0.0.0.0" : host;
    username = username == null ? "" : username;
    password = password == null ? "" : password;
    clientId = clientId == null || clientId.isBlank() ? "lastmile-gateway" : clientId;
    silence = silence == null || silence.isZero() ? Duration.ofSeconds(90) : silence;
    audible = audible == 0 ? 30 : audible;
    boolean own = broker.equals(EMBEDDED);
    inFlight = inFlight == 0 ? (own ? 4096 : 1000) : inFlight;
    patience = patience == null || patience.isZero() ? Duration.ofSeconds(20) : patience;

    List<String> problems = new ArrayList<>();
    if (!own && !isBroker(broker)) {
      problems.add(
          "broker: '"
              + broker
              + "' is neither embedded nor mqtt://host:port nor mqtts://host:port");
    }
    if (port < 0 || port > 65_535) {
      problems.add("port: " + port + " is not 0 to 65535");
    }
    if ((certificate == null) != (certificateKey == null)) {
      problems.add("certificate and certificate-key: give both or neither");
    }
    if (clientAuthority != null && (!own || certificate == null)) {
      problems.add("client-authority: only the gateway's own endpoint with a certificate asks");
    }
    if (!own && certificate != null && !broker.startsWith("mqtts:")) {
      problems.add("certificate: towards a broker only with mqtts://");
    }
    if (silence.isNegative()) {
      problems.add("silence: " + silence + " is negative");
    }
    if (audible < 1 || audible > 100) {
      problems.add("audible: " + audible + " is not 1 to 100 per cent");
    }
    if (inFlight < 1 || inFlight > 60_000) {
      problems.add("in-flight: " + inFlight + " is not 1 to 60000");
    }
    if (patience.isNegative()) {
      problems.add("patience: " + patience + " is negative");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("channels.loudspeaker: " + String.join("; ", problems));
    }
  }

  /** One whose devices have passwords only, and all speak for themselves. */
  public LoudspeakerConfig(
      String broker,
      String host,
      int port,
      Path certificate,
      Path certificateKey,
      String username,
      String password,
      String clientId,
      Path trust,
      Path signingKey,
      DeviceAuth auth,
      Duration silence,
      int audible,
      int inFlight,
      Duration patience) {
    this(
        broker,
        host,
        port,
        certificate,
        certificateKey,
        username,
        password,
        clientId,
        trust,
        signingKey,
        auth,
        silence,
        audible,
        inFlight,
        patience,
        null,
        false,
        null);
  }

  /**
   * The same for a moment's trial: under a client id of its own, since under the gateway's a broker
   * would cut the gateway off.
   */
  public LoudspeakerConfig forTrial() {
    return new LoudspeakerConfig(
        broker,
        host,
        port,
        certificate,
        certificateKey,
        username,
        password,
        clientId + "-check-" + ProcessHandle.current().pid(),
        trust,
        signingKey,
        auth,
        silence,
        audible,
        inFlight,
        patience,
        clientAuthority,
        true,
        rendering);
  }

  /** The gateway's own endpoint on that port (0 = any free one), everything else by default. */
  public static LoudspeakerConfig embedded(int port) {
    return new LoudspeakerConfig(
        EMBEDDED, null, port, null, null, null, null, null, null, null, null, null, 0, 0, null);
  }

  /** A broker, everything else by default. */
  public static LoudspeakerConfig broker(String uri, String username, String password) {
    return new LoudspeakerConfig(
        uri, null, 0, null, null, username, password, null, null, null, null, null, 0, 0, null);
  }

  /** Whether devices connect to the gateway itself. */
  public boolean isEmbedded() {
    return broker.equals(EMBEDDED);
  }

  @Override
  public String toString() {
    return "LoudspeakerConfig[" + broker + (isEmbedded() ? " " + host + ":" + port : "") + "]";
  }

  private static boolean isBroker(String text) {
    try {
      URI uri = URI.create(text);
      return List.of("mqtt", "mqtts").contains(String.valueOf(uri.getScheme()))
          && uri.getHost() != null;
    } catch (IllegalArgumentException e) {
      // Not a URI at all: said by the caller with the key's name.
      return false;
    }
  }

  /**
   * How texts become audio.
   *
   * @param command program that reads a text aloud; {@code {text}} in it stands for the text, which
   *     otherwise comes on its standard input, {@code {out}} for the file to write, which is
   *     otherwise its standard output
   * @param format what it writes: {@code wav} or {@code mp3}
   * @param folder where clips are kept
   * @param url where devices find them, ending in {@code /audio}; empty = nowhere
   * @param limit how long the program may take for one text
   * @param patience how long a command waits for its clip before it goes out without
   * @param workers programs at once
   * @param most bytes of clips that are kept
   * @param keep how long a clip is kept that nobody uses
   * @param recordings folder with recordings and their list; null = none
   * @param preload when clips are brought to devices ahead; null = never
   */
  public record Rendering(
      List<String> command,
      String format,
      Path folder,
      String url,
      Duration limit,
      Duration patience,
      int workers,
      long most,
      Duration keep,
      Path recordings,
      PreloadPlan preload) {

    /** As Debian ships it: this voice says characters, its sister cmn reads their pinyin out. */
    public static final List<String> ESPEAK =
        List.of("espeak-ng", "-v", "cmn-latn-pinyin", "-s", "150", "-b", "1", "-w", "{out}");

    public Rendering {
      command = List.copyOf(command);
    }

    /** One whose clips are fetched when a command comes. */
    public Rendering(
        List<String> command,
        String format,
        Path folder,
        String url,
        Duration limit,
        Duration patience,
        int workers,
        long most,
        Duration keep,
        Path recordings) {
      this(command, format, folder, url, limit, patience, workers, most, keep, recordings, null);
    }

    /** By espeak-ng, everything else by default. */
    public static Rendering into(Path folder, String url) {
      return new Rendering(
          ESPEAK,
          "wav",
          folder,
          url,
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          2,
          512L * 1024 * 1024,
          Duration.ofDays(90),
          null);
    }

    /** The same, and clips are brought to devices ahead. */
    public Rendering with(PreloadPlan plan) {
      return new Rendering(
          command, format, folder, url, limit, patience, workers, most, keep, recordings, plan);
    }
  }
}
