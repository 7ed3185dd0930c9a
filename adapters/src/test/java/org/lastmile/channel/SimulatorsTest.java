package org.lastmile.channel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Our counterparts in tests are written a second time, or they would share our mistakes. */
@AnalyzeClasses(packages = "org.lastmile.simulators")
class SimulatorsTest {

  @ArchTest
  static final ArchRule simulatorsShareNoCodeWithTheProduct =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.lastmile..")
                  .and(not(resideInAPackage("org.lastmile.simulators.."))));
}
