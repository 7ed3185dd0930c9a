package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.LocalTime;
import java.util.List;

/**
 * What a device is told to keep; null = as it is.
 *
 * @param volume highest, per cent
 * @param heartbeat 10 to 60 s
 * @param quietFrom UTC: from when on it may test itself audibly
 * @param quietTo UTC: until when; earlier than {@code quietFrom} = over midnight
 * @param groups all that it belongs to
 */
public record DeviceSettings(
    Integer volume,
    Duration heartbeat,
    LocalTime quietFrom,
    LocalTime quietTo,
    List<String> groups) {
  private static final int MOST_GROUPS = 32;
  private static final int LONGEST_GROUP = 64;

  public DeviceSettings {
    if (volume != null && (volume < 0 || volume > 100)) {
      throw new IllegalArgumentException("volume: " + volume + " is not 0 to 100 per cent");
    }
    if (heartbeat != null && (heartbeat.toSeconds() < 10 || heartbeat.toSeconds() > 60)) {
      throw new IllegalArgumentException("heartbeat: " + heartbeat + " is not 10 to 60 s");
    }
    if ((quietFrom == null) != (quietTo == null)) {
      throw new IllegalArgumentException("quiet hours: give both ends or neither");
    }
    if (groups != null
        && (groups.size() > MOST_GROUPS
            || groups.stream()
                .anyMatch(
                    g ->
                        g.isBlank()
                            || g.length() > LONGEST_GROUP
                            || g.startsWith("device:")
                            || g.matches("[0-9]+")))) {
      throw new IllegalArgumentException(
          "groups: at most 32 names of 64 characters, none of digits alone, none device:…");
    }
    groups = groups == null ? null : List.copyOf(groups);
  }
}
