package org.lastmile;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Date;
import java.util.Set;

/** Which room may know which: what {@code docs/architecture.md} promises about the imports. */
@AnalyzeClasses(packages = "org.lastmile", importOptions = HouseRulesTest.OnlyTheProduct.class)
class HouseRulesTest {

  /** The gateway and the channels, without tests, the contract's test jar and the simulators. */
  static final class OnlyTheProduct implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/")
          && !location.contains("-tests.jar")
          && !location.contains("/simulators/");
    }
  }

  @ArchTest
  static final ArchRule warningsKnowNothingButWordsAndTheChannelContract =
      classes()
          .that()
          .resideInAPackage("org.lastmile.warning")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "org.lastmile.warning", "org.lastmile.channel"));

  @ArchTest
  static final ArchRule theDeskDecidesWithoutAFramework =
      classes()
          .that()
          .resideInAPackage("org.lastmile.desk")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..",
                  "org.slf4j..",
                  "org.lastmile.desk",
                  "org.lastmile.ledger",
                  "org.lastmile.warning",
                  "org.lastmile.channel"));

  @ArchTest
  static final ArchRule theDeskKnowsTheLedgerByItsContractAlone =
      noClasses()
          .that()
          .resideInAPackage("org.lastmile.desk")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.lastmile.ledger")
                  .and(
                      describe(
                          "are not the Ledger",
                          c -> !c.getName().startsWith("org.lastmile.ledger.Ledger"))));

  @ArchTest
  static final ArchRule camelStaysInTheRoutes =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.lastmile", "org.lastmile.routes")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.apache.camel..", "io.github.resilience4j.."));

  @ArchTest
  static final ArchRule redisStaysInTheLedger =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lastmile.ledger")
          .should()
          .dependOnClassesThat(resideInAnyPackage("redis.."));

  @ArchTest
  static final ArchRule channelsKnowNothingOfTheGateway =
      noClasses()
          .that()
          .resideInAPackage("org.lastmile.channel..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.lastmile..")
                  .and(
                      describe(
                          "are no channels",
                          c -> !c.getPackageName().startsWith("org.lastmile.channel"))));

  @ArchTest
  static final ArchRule onlyAppAndTheConfigurationNameAChannel =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.lastmile", "org.lastmile.config", "org.lastmile.channel..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.lastmile.channel..")
                  .and(
                      describe(
                          "are one channel's own",
                          c -> !c.getPackageName().equals("org.lastmile.channel"))));

  @ArchTest
  static final ArchRule onlyAppReadsTheConfiguration =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.lastmile", "org.lastmile.config")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.lastmile.config");

  @ArchTest
  static final ArchRule noRoomNeedsARoomThatNeedsIt =
      slices().matching("org.lastmile.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule timeIsGivenAndNeverTaken =
      noClasses()
          .should()
          .callMethodWhere(
              describe(
                  "reads this machine's clock",
                  (JavaCall<?> call) -> readsTheClock(call.getTarget())))
          .orShould()
          .callConstructor(Date.class);

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Service");

  private static boolean readsTheClock(AccessTarget.CodeUnitCallTarget target) {
    String owner = target.getOwner().getName();
    boolean now =
        owner.startsWith("java.time.")
            && target.getName().equals("now")
            && target.getRawParameterTypes().isEmpty();
    boolean system =
        owner.equals(Clock.class.getName())
            && Set.of("systemUTC", "systemDefaultZone", "system", "tickSeconds", "tickMillis")
                .contains(target.getName());
    return now
        || system
        || (owner.equals("java.lang.System") && target.getName().equals("currentTimeMillis"));
  }
}
