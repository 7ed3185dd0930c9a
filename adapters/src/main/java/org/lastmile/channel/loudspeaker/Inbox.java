package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.lastmile.channel.Signal.Confirmation;
import org.lastmile.channel.Signal.Evidence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes signals of what devices send. A receipt counts only when its id proves that we sent this
 * attempt of this content to the very device whose topic it came on; everything else is counted,
 * logged now and then, and acknowledged, so that it does not come again.
 */
final class Inbox implements Link.Wire {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final InstantSource clock;
  private final SiteSecret secret;
  private final int audible;
  private final Relay relay;
  private final Devices devices;
  private final Twins twins;
  private final Upkeep upkeep;
  private final SendAgain sendAgain;
  private final Consumer<Sequence.Place> seen;
  private final BiConsumer<Boolean, String> linkChanged;
  private final Consumer<LoudspeakerChannel.Preloaded> preloaded;
  private final Map<String, AtomicLong> ignored = new ConcurrentHashMap<>();

  /** Hears every answer, and takes care of a command refused for a reason that we can mend. */
  @FunctionalInterface
  interface SendAgain {
    /** True when the command will be sent again. */
    boolean isUnderWay(String device, String attempt, Receipt answer);
  }

  Inbox(
      InstantSource clock,
      SiteSecret secret,
      int audible,
      Relay relay,
      Devices devices,
      Twins twins,
      Upkeep upkeep,
      SendAgain sendAgain,
      Consumer<Sequence.Place> seen,
      BiConsumer<Boolean, String> linkChanged,
      Consumer<LoudspeakerChannel.Preloaded> preloaded) {
    this.clock = clock;
    this.secret = secret;
    this.audible = audible;
    this.relay = relay;
    this.devices = devices;
    this.twins = twins;
    this.upkeep = upkeep;
    this.sendAgain = sendAgain;
    this.seen = seen;
    this.linkChanged = linkChanged;
    this.preloaded = preloaded;
  }

  @Override
  public CompletionStage<Void> receipt(String device, byte[] payload) {
    devices.heard(device);
    Instant now = clock.instant();
    Receipt receipt;
    try {
      receipt = Receipt.read(payload);
    } catch (Unreadable e) {
      ignored("unreadable receipt: " + e.getMessage(), device);
      return CompletableFuture.completedFuture(null);
    }
    Optional<String> attempt = secret.attempt(receipt.delivery(), device, receipt.content());
    if (attempt.isEmpty()) {
      Optional<String> kind = secret.upkeepKind(receipt.delivery(), device, receipt.content());
      if (kind.isPresent()) {
        answered(device, kind.get(), receipt);
        return CompletableFuture.completedFuture(null);
      }
      ignored("receipt for a command that was not sent to this device", device);
      return CompletableFuture.completedFuture(null);
    }
    Confirmation confirms = receipt.confirms(attempt.get(), device, now, audible);
    devices.played(device, receipt, confirms.evidence() == Evidence.PLAYED);
    if (sendAgain.isUnderWay(device, attempt.get(), receipt)) {
      // It has the command and does not obey yet: it gets what it lacks, and the command again.
      confirms =
          new Confirmation(
              confirms.attempt(), Evidence.RECEIVED, confirms.why(), now, confirms.facts());
    }
    return relay.pass(confirms);
  }

  private void answered(String device, String kind, Receipt receipt) {
    Tested test = kind.equals("test") ? Tested.by(receipt, clock.instant()) : null;
    if (test != null) {
      // Before the answer: whoever sees that it has answered finds the result.
      devices.tested(device, test);
    }
    devices.answered(device, receipt);
    if (kind.equals("preload")) {
      preloaded(device, receipt);
      return;
    }
    if (receipt.outcome() == Receipt.Outcome.REFUSED) {
      upkeep.refused(device, kind, receipt.reason());
    } else if (receipt.outcome() == Receipt.Outcome.DONE) {
      LOG.info("loudspeaker {} has obeyed {} {}", device, kind, receipt.content());
    }
  }

  private void preloaded(String device, Receipt receipt) {
    switch (receipt.outcome()) {
      case DONE ->
          preloaded.accept(new LoudspeakerChannel.Preloaded(device, receipt.content(), ""));
      case FAILED, REFUSED, EXPIRED ->
          preloaded.accept(
              new LoudspeakerChannel.Preloaded(
                  device,
                  receipt.content(),
                  receipt.outcome() == Receipt.Outcome.EXPIRED ? "EXPIRED" : receipt.reason()));
      default -> LOG.debug("loudspeaker {}: {} {}", device, receipt.content(), receipt.outcome());
    }
  }

  @Override
  public void state(String device, byte[] payload, boolean retained) {
    try {
      DeviceState state = DeviceState.read(payload, clock.instant(), retained);
      devices.said(device, state, retained, twins.use(device, state, retained));
      upkeep.said(device, state);
      state.seen().ifPresent(seen);
    } catch (Unreadable e) {
      ignored("unreadable state: " + e.getMessage(), device);
    }
  }

  @Override
  public void joined(String device) {
    devices.joined(device);
  }

  @Override
  public void left(String device, String why) {
    devices.left(device, why);
  }

  @Override
  public void heard(String device) {
    devices.heard(device);
  }

  @Override
  public void linkChanged(boolean up, String why) {
    if (up) {
      devices.listenAnew();
    }
    linkChanged.accept(up, why);
  }

  @Override
  public void ignored(String reason, String device) {
    String kind = reason.indexOf(':') < 0 ? reason : reason.substring(0, reason.indexOf(':'));
    long count = ignored.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet();
    // A flood must not fill the log: the 1st, 2nd, 4th, 8th… is written.
    if (Long.bitCount(count) == 1) {
      LOG.warn("ignored from loudspeaker {}: {} ({} of this kind so far)", device, reason, count);
    }
  }

  /** How much of what was ignored, and why. */
  Map<String, String> ignoredSoFar() {
    Map<String, String> counts = new TreeMap<>();
    ignored.forEach((reason, count) -> counts.put("ignored " + reason, count.toString()));
    return counts;
  }
}
