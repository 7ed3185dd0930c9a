package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.modem.Fault;

/** What goes wrong, the same way each time. */
class FaultPlanTest {

  @Test
  void every_fault_that_the_simulator_knows_has_a_row() {
    Set<Fault.Kind> rows =
        FaultPlan.all().stream()
            .flatMap(plan -> plan.faults().stream())
            .map(Fault::kind)
            .collect(Collectors.toSet());
    assertThat(rows).containsAll(EnumSet.allOf(Fault.Kind.class));
  }

  @Test
  void random_mixes_are_the_same_in_every_run_and_differ_from_each_other() {
    List<FaultPlan> mixes =
        FaultPlan.all().stream().filter(p -> p.name().startsWith("random")).toList();
    assertThat(mixes).hasSize(3).doesNotHaveDuplicates();
    assertThat(FaultPlan.all()).containsAll(mixes);
    assertThat(mixes).extracting(FaultPlan::faults).doesNotHaveDuplicates();
  }
}
