package org.lastmile.channel.loudspeaker;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.lastmile.channel.Health;

/**
 * How many files and sockets this process has open, of how many it may: each loudspeaker on the
 * gateway's own endpoint takes one.
 *
 * @param most 0 = not known on this system
 */
record Descriptors(long open, long most) {

  static Descriptors now() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new Descriptors(unix.getOpenFileDescriptorCount(), unix.getMaxFileDescriptorCount())
        : new Descriptors(0, 0);
  }

  /** Above four fifths the endpoint says that it is outgrown. */
  Health.Part part(int connections) {
    Map<String, String> facts =
        Map.of(
            "connections",
            Integer.toString(connections),
            "descriptors",
            most == 0 ? "not known" : open + " of " + most);
    if (most == 0 || open * 5 <= most * 4) {
      return new Health.Part("endpoint", Health.State.UP, "", facts);
    }
    return new Health.Part(
        "endpoint",
        Health.State.DEGRADED,
        ("the gateway's own endpoint is nearly full: %d of %d file descriptors are open, %d of them"
                + " loudspeakers. Raise the limit (systemd: LimitNOFILE, ulimit -n), or let"
                + " loudspeakers connect to a broker (channels.loudspeaker.broker)")
            .formatted(open, most, connections),
        facts);
  }
}
