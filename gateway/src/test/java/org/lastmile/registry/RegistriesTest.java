package org.lastmile.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lastmile.registry.Township.DAWAN;
import static org.lastmile.registry.Township.code;
import static org.lastmile.registry.Township.ids;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;

class RegistriesTest {
  private static final Instant NOW = Instant.parse("2026-04-20T08:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  private static Registry township(String point) {
    return new Township()
        .point(point, DAWAN, "一组", "29.5,106.5", "滑坡")
        .responsible("王", Part.A, DAWAN, point)
        .leader("镇长", Level.TOWN, Township.TOWN, "")
        .resident("孙", DAWAN, "一组", point)
        .loudspeaker("L1", DAWAN, "", "29.5,106.5", point)
        .registry();
  }

  @Test
  void beforeTheFirstImportThereIsAnEmptyRegistryOfVersionZero() {
    Registry none = new Registries(new MemoryInHeap(), CLOCK).current();
    assertThat(none.version()).isZero();
    assertThat(none.threatened(Township.warning(Township.RAIN, code(DAWAN))).points()).isEmpty();
  }

  @Test
  void aSwapIsSeenAtOnceAndAfterARestart() {
    Memory memory = new MemoryInHeap();
    Registries registries = new Registries(memory, CLOCK);

    Registry swapped = registries.swap(township("P01"));

    assertThat(swapped.version()).isEqualTo(1);
    assertThat(swapped.importedAt()).isEqualTo(NOW);
    assertThat(registries.current()).isSameAs(swapped);
    Registry restored = new Registries(memory, CLOCK).current();
    assertThat(restored.version()).isEqualTo(1);
    assertThat(restored.importedAt()).isEqualTo(NOW);
    assertThat(restored.entries()).isEqualTo(swapped.entries());
    assertThat(ids(restored.threatened(Township.warning(Township.RAIN, code(DAWAN)))))
        .containsExactly("P01");
  }

  @Test
  void whoHoldsARegistryKeepsItWhileAnotherIsSwappedIn() {
    Registries registries = new Registries(new MemoryInHeap(), CLOCK);
    Registry first = registries.swap(township("P01"));
    Registry second = registries.swap(township("P02"));

    assertThat(second.version()).isEqualTo(2);
    assertThat(first.point("P01")).isPresent();
    assertThat(registries.current().point("P01")).isEmpty();
  }

  @Test
  void aRegistryTooLargeForOneWriteComesBackWhole() {
    Memory memory = new MemoryInHeap();
    Township township = new Township();
    java.util.Random dice = new java.util.Random(1);
    for (int i = 0; i < 30_000; i++) {
      township.resident("人" + Long.toHexString(dice.nextLong()), DAWAN, "一组", "");
    }
    Registry swapped = new Registries(memory, CLOCK).swap(township.registry());

    assertThat(memory.get("registry/1/1")).isPresent();
    assertThat(new Registries(memory, CLOCK).current().entries()).isEqualTo(swapped.entries());
  }

  @Test
  void anotherNodeTakesOverWhatThisOnePutIntoUse() {
    Memory memory = new MemoryInHeap();
    Registries active = new Registries(memory, CLOCK);
    Registries standby = new Registries(memory, CLOCK);
    active.swap(township("P01"));

    assertThat(standby.current().version()).isZero();
    assertThat(standby.refresh().point("P01")).isPresent();
    assertThat(standby.swap(township("P02")).version()).isEqualTo(2);
  }

  @Test
  void whenTheStoreIsAwayTheOldRegistryStaysInUse() {
    Flaky memory = new Flaky();
    Registries registries = new Registries(memory, CLOCK);
    Registry first = registries.swap(township("P01"));
    memory.away = true;

    assertThatThrownBy(() -> registries.swap(township("P02"))).isInstanceOf(Memory.Away.class);
    assertThat(registries.current()).isSameAs(first);

    memory.away = false;
    assertThat(new Registries(memory, CLOCK).current().point("P01")).isPresent();
  }

  @Test
  void aCrashBeforeTheLastWriteLeavesTheOldRegistry() {
    Flaky memory = new Flaky();
    new Registries(memory, CLOCK).swap(township("P01"));
    memory.refused = "registry/current";
    Registries crashing = new Registries(memory, CLOCK);
    assertThatThrownBy(() -> crashing.swap(township("P02"))).isInstanceOf(Memory.Away.class);

    memory.refused = "";
    Registries restarted = new Registries(memory, CLOCK);
    assertThat(restarted.current().point("P01")).isPresent();
    // The number of the one that never came into use is not given again.
    assertThat(restarted.swap(township("P03")).version()).isEqualTo(3);
  }

  @Test
  void aStoreOfANewerProgramIsRefusedWithAClearWord() {
    Memory memory = new MemoryInHeap();
    memory.put(
        "registry/current",
        "{\"format\":99,\"version\":1,\"importedAt\":\"2026-04-20T08:00:00Z\",\"chunks\":0,\"crc\":0}",
        Memory.FOR_EVER);
    assertThatThrownBy(() -> new Registries(memory, CLOCK)).hasMessageContaining("newer program");
  }

  @Test
  void aDamagedRegistryIsNeverUsedInPart() {
    Memory memory = new MemoryInHeap();
    new Registries(memory, CLOCK).swap(township("P01"));
    memory.remove("registry/1/0");
    assertThatThrownBy(() -> new Registries(memory, CLOCK))
        .hasMessageContaining("registry/1/0 is missing");
  }

  /** A memory that can be away, wholly or for one key. */
  private static final class Flaky implements Memory {
    private final Memory kept = new MemoryInHeap();
    private boolean away;
    private String refused = "";

    private void check(String key) {
      if (away || key.equals(refused)) {
        throw new Away("away", null);
      }
    }

    @Override
    public Optional<String> get(String key) {
      return kept.get(key);
    }

    @Override
    public void put(String key, String value, Duration keep) {
      check(key);
      kept.put(key, value, keep);
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      check(key);
      return kept.claim(key, value, keep);
    }

    @Override
    public void remove(String key) {
      kept.remove(key);
    }

    @Override
    public long add(String counter, long amount) {
      check(counter);
      return kept.add(counter, amount);
    }
  }
}
