package org.lastmile.story;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What all stories share: a township, and words for who is in it. */
abstract class Story {
  @TempDir Path folder;

  /** Closed after the story. */
  Township town;

  /** A township that is not open yet. */
  Township township(int points, Duration perPart) {
    town = new Township(folder, points, perPart);
    return town;
  }

  @AfterEach
  void close() {
    if (town != null) {
      town.close();
    }
  }

  Person person(String surname) {
    return town.person(surname);
  }

  Horn speaker(String id) {
    return town.speaker(id);
  }
}
