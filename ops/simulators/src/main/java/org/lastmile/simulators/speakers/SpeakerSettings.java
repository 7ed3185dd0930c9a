package org.lastmile.simulators.speakers;

import java.util.Set;

/**
 * What one loudspeaker is provisioned with.
 *
 * @param id also its user name and client id
 * @param password null = none
 * @param area its own administrative code, 12 digits or more
 * @param groups that it belongs to
 */
public record SpeakerSettings(String id, String password, String area, Set<String> groups) {
  public SpeakerSettings {
    groups = Set.copyOf(groups);
  }

  /** Without password and groups. */
  public static SpeakerSettings of(String id, String area) {
    return new SpeakerSettings(id, null, area, Set.of());
  }

  public SpeakerSettings withPassword(String value) {
    return new SpeakerSettings(id, value, area, groups);
  }

  public SpeakerSettings withGroups(String... names) {
    return new SpeakerSettings(id, password, area, Set.of(names));
  }
}
