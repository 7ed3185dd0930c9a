package org.lastmile.channel;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A channel knows its own wire and nothing of any other. */
@AnalyzeClasses(
    packages = "org.lastmile.channel",
    importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {

  @ArchTest
  static final ArchRule noChannelSeesAnother =
      slices().matching("org.lastmile.channel.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule theContractIsPlainJava =
      classes()
          .that()
          .resideInAPackage("org.lastmile.channel")
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.lastmile.channel"));

  @ArchTest
  static final ArchRule noChannelSeesCamel =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.camel..");

  @ArchTest
  static final ArchRule serialPortsBelongToSms =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lastmile.channel.sms.at")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fazecast..");

  @ArchTest
  static final ArchRule mqttBelongsToLoudspeakers =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lastmile.channel.loudspeaker")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.eclipse.paho..", "io.vertx..", "io.netty..");

  @ArchTest
  static final ArchRule theSmsCodecKnowsNothingOfModems =
      classes()
          .that()
          .resideInAPackage("org.lastmile.channel.sms.pdu")
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.lastmile.channel.sms.pdu"));

  @ArchTest
  static final ArchRule httpBelongsToWeChatAndToHornsOfAPlatform =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.lastmile.channel.wechat", "org.lastmile.channel.horn")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.net.http..");
}
