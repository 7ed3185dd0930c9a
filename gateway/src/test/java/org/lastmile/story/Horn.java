package org.lastmile.story;

import java.util.List;
import org.lastmile.simulators.speakers.Play;
import org.lastmile.simulators.speakers.Speaker;

/** A loudspeaker in the fleet. */
record Horn(Speaker device) {

  /** Waits until these words were heard from it. */
  void plays(String words) {
    Township.until(
        device.id() + " plays " + words,
        () -> device.played().stream().anyMatch(p -> p.audible() && p.text().contains(words)));
  }

  List<Play> played() {
    return device.played();
  }
}
