package org.lastmile.dist.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.Signed;
import org.lastmile.channel.loudspeaker.SigningKey;

/**
 * What a signature costs each command at the gateway, and each device that verifies it: alone, and
 * when many that differ share one. The reference is the command that has one to itself.
 */
final class LoudspeakerSigning implements Measure {
  private static final String BENCH = "loudspeaker-signing";
  private static final String GOLDEN = "/lastmile/device/v1/golden/command-warn.body.json";

  /** As long as the desk's ids are on the wire. */
  private static final String DELIVERY = "w2e6d63e24b0f880.12345.1.AAAAAAAAAAAAAAAA";

  /** The gateway's own trees have 1,024 leaves at most. */
  private static final int[] TREES = {10, 1_000, 4_096};

  /** A device verifies each command by itself: so many are enough to tell what one costs. */
  private static final int VERIFIED = 200;

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws IOException {
    for (String alg : List.of("Ed25519", "SM2")) {
      SigningKey key = SigningKey.fresh(alg, "bench");
      List<byte[]> bodies = bodies(4_096);
      int rounds = quick ? 3 : 15;
      int alone = quick ? 200 : 1_000;
      List<byte[]> few = bodies.subList(0, alone);
      Cost plain = cost(rounds, few.size(), () -> eachAlone(key, few), key.publicKey());
      tell(figures, alg + ", alone", plain, null);
      for (int leaves : TREES) {
        List<byte[]> some = bodies.subList(0, leaves);
        int again = Math.max(1, alone / leaves);
        Cost tree = cost(rounds, leaves * again, () -> together(key, some, again), key.publicKey());
        tell(figures, alg + ", " + leaves + " together", tree, plain);
      }
    }
  }

  private interface Signing {
    /** Signs and wraps; returns what was signed last. */
    List<Signed> all();
  }

  /** Microseconds and bytes of one command. */
  private record Cost(double sign, double verify, double bytes) {}

  private static List<Signed> eachAlone(SigningKey key, List<byte[]> bodies) {
    List<Signed> all = new ArrayList<>(bodies.size());
    for (byte[] body : bodies) {
      all.addAll(Signed.all(key, List.of(body)));
    }
    all.forEach(s -> s.wrap(DELIVERY));
    return all;
  }

  private static List<Signed> together(SigningKey key, List<byte[]> bodies, int times) {
    List<Signed> all = List.of();
    for (int i = 0; i < times; i++) {
      all = Signed.all(key, bodies);
      all.forEach(s -> s.wrap(DELIVERY));
    }
    return all;
  }

  private static Cost cost(int rounds, int commands, Signing signing, PublicKey key) {
    Samples sign = new Samples();
    Samples verify = new Samples();
    double bytes = 0;
    // As many rounds again to warm up: a gateway that has run for a day is warm.
    for (int round = -rounds; round < rounds; round++) {
      long start = System.nanoTime();
      List<Signed> all = signing.all();
      double signed = Samples.millis(start) * 1_000 / commands;
      int step = Math.max(1, all.size() / VERIFIED);
      int count = 0;
      start = System.nanoTime();
      for (int i = 0; i < all.size(); i += step) {
        Signed one = all.get(i);
        if (!key.verifies(one.body(), one.path(), one.sig())) {
          throw new IllegalStateException("a right signature did not verify");
        }
        count++;
      }
      double verified = Samples.millis(start) * 1_000 / count;
      if (round >= 0) {
        sign.add(signed);
        verify.add(verified);
        bytes = all.stream().mapToInt(s -> s.wrap(DELIVERY).length).average().orElse(0);
      }
    }
    return new Cost(sign.median(), verify.median(), bytes);
  }

  private static void tell(Consumer<Figure> figures, String name, Cost cost, Cost plain) {
    Double signed = plain == null ? null : Double.valueOf(plain.sign());
    Double verified = plain == null ? null : Double.valueOf(plain.verify());
    Double length = plain == null ? null : Double.valueOf(plain.bytes());
    figures.accept(
        Figure.lower(BENCH, "sign and wrap: " + name, cost.sign(), signed, "µs/command"));
    figures.accept(Figure.lower(BENCH, "verify: " + name, cost.verify(), verified, "µs/command"));
    figures.accept(Figure.lower(BENCH, "bytes: " + name, cost.bytes(), length, "bytes/command"));
  }

  /** The contract's warning, a place in the sequence and a text of its own for each. */
  private static List<byte[]> bodies(int count) throws IOException {
    String golden;
    try (InputStream in = LoudspeakerSigning.class.getResourceAsStream(GOLDEN)) {
      golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String body =
          golden
              .replace("\"seq\":101", "\"seq\":" + (100_000 + i))
              .replace("上坝", "上坝" + (1_000 + i) + "号");
      bodies.add(body.getBytes(StandardCharsets.UTF_8));
    }
    return bodies;
  }
}
