package org.lastmile.channel.loudspeaker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.lastmile.channel.Signal.Presence;

/** The gateway's supervision of devices without a wire, for tests of a whole day in seconds. */
public final class SupervisedDevices {
  private final InstantSource clock;
  private final Devices devices;

  public SupervisedDevices(
      InstantSource clock, LongSupplier nanos, Function<Presence, CompletionStage<Void>> tell) {
    this.clock = clock;
    this.devices = new Devices(clock, nanos, Duration.ofSeconds(90), 30, tell);
  }

  /** Its state of that type comes in: birth, heartbeat or offline. */
  public void says(String device, String type, long session) {
    String state =
        "{\"v\":1,\"type\":\"%s\",\"session\":%d,\"at\":%d,\"volume\":80}"
            .formatted(type, session, clock.instant().getEpochSecond());
    try {
      devices.said(
          device,
          DeviceState.read(state.getBytes(StandardCharsets.UTF_8), clock.instant(), false),
          false,
          false);
    } catch (Unreadable e) {
      throw new AssertionError(e);
    }
  }

  /** Once a second. */
  public void sweep() {
    devices.sweep();
  }

  /** Nothing can be sent to it now; then its return is told at once. */
  public boolean isGone(String device) {
    boolean gone = devices.isGone(device);
    if (gone) {
      devices.wanted(device);
    }
    return gone;
  }

  /** How many are known. */
  public int known() {
    return devices.all().size();
  }
}
