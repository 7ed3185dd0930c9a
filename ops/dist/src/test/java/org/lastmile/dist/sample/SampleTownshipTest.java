package org.lastmile.dist.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.lastmile.registry.Gap;
import org.lastmile.registry.ImportReport;
import org.lastmile.registry.Registry;
import org.lastmile.registry.RegistryImport;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.ResponsiblePerson.Part;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;

class SampleTownshipTest {
  private static final SampleTownship TOWNSHIP = SampleTownship.generate(7, 24, 14);

  @Test
  void theWorkbookImportsWithoutAProblemAndWithoutALoss() {
    ImportReport report = RegistryImport.read(TOWNSHIP.files());

    assertThat(report.problems()).isEmpty();
    assertThat(report.notices()).isEmpty();
    Registry registry = report.candidate();
    assertThat(registry.points()).isEqualTo(TOWNSHIP.entries().points());
    assertThat(registry.loudspeakers()).isEqualTo(TOWNSHIP.entries().loudspeakers());
    assertThat(registry.people()).hasSameSizeAs(TOWNSHIP.entries().people());
    assertThat(registry.residents()).hasSameSizeAs(TOWNSHIP.entries().residents());
    assertThat(registry.areas()).containsExactlyElementsOf(TOWNSHIP.entries().areas());
  }

  @Test
  void theCsvFilesImportToTheSameRegistryAsTheWorkbook() {
    assertThat(RegistryImport.read(TOWNSHIP.csv()).candidate().entries())
        .isEqualTo(RegistryImport.read(TOWNSHIP.files()).candidate().entries());
  }

  @Test
  void everyPointHasBothPersonsARouteAndAShelterAndOnlySomeLackALoudspeaker() {
    List<Gap> gaps = RegistryImport.read(TOWNSHIP.files()).gaps();

    Map<Gap.Kind, Long> byKind =
        gaps.stream().collect(Collectors.groupingBy(Gap::kind, Collectors.counting()));
    assertThat(byKind).containsOnlyKeys(Gap.Kind.POINT_WITHOUT_LOUDSPEAKER);
    assertThat(byKind.get(Gap.Kind.POINT_WITHOUT_LOUDSPEAKER)).isBetween(1L, 12L);
  }

  @Test
  void someLoudspeakersCoverSeveralPointsAndNoPhoneIsSharedAndMostPeopleHaveWechat() {
    assertThat(TOWNSHIP.entries().loudspeakers()).hasSize(14);
    assertThat(TOWNSHIP.entries().loudspeakers().stream().map(Loudspeaker::points))
        .anyMatch(points -> points.size() > 1);
    Set<String> phones = new HashSet<>();
    assertThat(TOWNSHIP.entries().people())
        .allMatch(p -> phones.add(p.phone()))
        .allMatch(p -> p.phone().matches("1990000\\d{4}"))
        .filteredOn(p -> !p.openid().isEmpty())
        .hasSizeGreaterThan(TOWNSHIP.entries().people().size() / 2);
    assertThat(TOWNSHIP.entries().people()).anyMatch(p -> p.part() == Part.LEADER);
  }

  @Test
  void theSameSeedGivesTheSameTownshipAndAnotherSeedAnother() {
    assertThat(SampleTownship.generate(7, 24, 14)).isEqualTo(TOWNSHIP);
    assertThat(SampleTownship.generate(8, 24, 14)).isNotEqualTo(TOWNSHIP);
  }

  @Test
  void theRedWarningIsXmlAndItsPolygonThreatensEveryPoint() throws Exception {
    String cap = TOWNSHIP.redRainstorm(Instant.parse("2026-07-05T18:15:00Z"));
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(cap.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getElementsByTagName("sent").item(0).getTextContent())
        .isEqualTo("2026-07-06T02:15:00+08:00");

    Registry registry = RegistryImport.read(TOWNSHIP.files()).candidate();
    Threat threat = registry.threatened(warning(TOWNSHIP));
    assertThat(threat.points()).hasSize(24).noneMatch(p -> p.point().implicit());
    assertThat(threat.notices()).isEmpty();
  }

  @Test
  void aTownshipOfAnySizeCanBeMade() {
    for (int points : new int[] {1, 2, 9, 900}) {
      SampleTownship township = SampleTownship.generate(1, points, points / 2);
      assertThat(RegistryImport.read(township.files()).problems()).isEmpty();
      assertThat(township.entries().points()).hasSize(points);
      assertThat(township.entries().loudspeakers()).hasSize(points / 2);
    }
  }

  private static Warning warning(SampleTownship township) {
    Instant sent = Instant.parse("2026-07-05T18:15:00Z");
    return new Warning(
        new Warning.Identity("qx@yunling.example", "1", sent),
        Warning.Type.ALERT,
        Warning.Nature.ACTUAL,
        Grade.RED,
        new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
        "云岭县气象台",
        "",
        "",
        "",
        Map.of(),
        sent,
        null,
        new Area(
            "云岭县青石镇",
            List.of(new Area.Polygon(township.corners(), List.of())),
            List.of(),
            List.of()),
        List.of(),
        List.of(),
        List.of());
  }
}
