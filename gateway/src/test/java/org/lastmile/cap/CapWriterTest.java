package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.lastmile.cap.Inputs.CAP;
import static org.lastmile.cap.Inputs.CHINA;
import static org.lastmile.cap.Inputs.JSON;
import static org.lastmile.cap.Inputs.NATIONAL;
import static org.lastmile.cap.Inputs.cap;
import static org.lastmile.cap.Inputs.read;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Hazards;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning;
import org.xml.sax.SAXException;

class CapWriterTest {

  private static final CapWriter WRITER = new CapWriter(CHINA);

  @ParameterizedTest
  @ValueSource(strings = {CAP, NATIONAL, JSON})
  void whatIsWrittenReadsBackTheSame(String input) {
    Warning warning = read(input);
    Warning back = read(WRITER.write(warning));
    assertThat(back).isEqualTo(warning);
    assertThat(back.id()).isEqualTo(warning.id());
    assertThat(back.digest()).isEqualTo(warning.digest());
  }

  @Test
  void whatHasNoStatusCannotBeWritten() {
    Warning warning = read(cap("<status>Actual</status>", ""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WRITER.write(warning))
        .withMessageContaining("no status");
  }

  @Test
  void smallNumbersAreWrittenPlainly() {
    Warning warning = read(cap("29.8,106.6 5.5", "0.00001,0.00002 0.0001"));
    assertThat(WRITER.write(warning)).contains("<circle>0.000010,0.000020 0.00010</circle>");
  }

  /** The reader checks the order, the parts and the words of the schema: no notice means none. */
  @Property(tries = 300)
  void anyWarningIsWrittenAsTheSchemaWantsAndReadsBackTheSame(@ForAll("warnings") Warning warning)
      throws SAXException, IOException {
    String written = WRITER.write(warning);
    Warning back = read(written);
    assertThat(back.digest()).isEqualTo(warning.digest());
    assertThat(back.identity()).isEqualTo(warning.identity());
    assertThat(back.notices())
        .allSatisfy(
            n ->
                assertThat(n)
                    .containsAnyOf(
                        "sent lies",
                        "unknown event code",
                        "crosses itself",
                        "radius 0",
                        "update without references",
                        "the headline says"));
    validate(written);
  }

  /** With -Dlastmile.cap.xsd=FILE the schema of OASIS has its say too. */
  private static void validate(String written) throws SAXException, IOException {
    String file = System.getProperty("lastmile.cap.xsd");
    if (file != null) {
      SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
          .newSchema(new File(file))
          .newValidator()
          .validate(new StreamSource(new StringReader(written)));
    }
  }

  @Provide
  Arbitrary<Warning> warnings() {
    Arbitrary<String> word = Arbitraries.of("暴雨", "a<b & \"c\"", "第一行\n第二行", "𠮷野家", "请转移");
    Arbitrary<Instant> time =
        Arbitraries.longs().between(1_700_000_000L, 1_900_000_000L).map(Instant::ofEpochSecond);
    Arbitrary<Warning.Identity> identity =
        Combinators.combine(Arbitraries.of("气象台", "a@b.cn"), Arbitraries.of("x_1", "y"), time)
            .as(Warning.Identity::new);
    Arbitrary<List<Warning.Reference>> references =
        Combinators.combine(Arbitraries.of("s1", "s2"), Arbitraries.of("i1", "i2", "i3"), time)
            .as(Warning.Reference::new)
            .list()
            .uniqueElements()
            .ofMaxSize(3);
    Arbitrary<Hazard> hazard = Arbitraries.of(Hazards.all());
    Arbitrary<Map<String, String>> texts = Arbitraries.maps(Arbitraries.of("SMS", "SPEAKER"), word);
    return Combinators.combine(
            identity,
            Arbitraries.of(Warning.Type.class),
            Arbitraries.of(Warning.Nature.class).filter(n -> n != Warning.Nature.MISSING),
            Arbitraries.of(Grade.class).injectNull(0.1),
            hazard,
            Combinators.combine(word, texts, time, time.injectNull(0.3)).as(Words::new),
            areas(),
            references)
        .as(
            (id, type, nature, grade, what, words, area, refs) ->
                new Warning(
                    id,
                    type,
                    nature,
                    grade,
                    what,
                    "渝北区",
                    what.name() + "预警",
                    words.text(),
                    words.text(),
                    words.texts(),
                    words.effective(),
                    words.expires(),
                    area,
                    refs,
                    List.of(),
                    List.of()));
  }

  private record Words(
      String text, Map<String, String> texts, Instant effective, Instant expires) {}

  private static Arbitrary<Area> areas() {
    Arbitrary<Position> place =
        Combinators.combine(
                Arbitraries.doubles().between(18, 54), Arbitraries.doubles().between(74, 135))
            .as(Position::new);
    Arbitrary<List<Position>> ring =
        Combinators.combine(place, Arbitraries.doubles().between(0.001, 0.9).ofScale(3))
            .as(
                (p, size) -> {
                  Position east = new Position(p.latitude(), p.longitude() + size);
                  Position north = new Position(p.latitude() + size, p.longitude());
                  return List.of(p, east, north, p);
                });
    Arbitrary<Area.Polygon> polygon =
        Combinators.combine(ring, ring.list().ofMaxSize(2)).as(Area.Polygon::new);
    Arbitrary<Area.Circle> circle =
        Combinators.combine(place, Arbitraries.doubles().between(0, 500)).as(Area.Circle::new);
    return Combinators.combine(
            polygon.list().uniqueElements().ofMaxSize(3),
            circle.list().uniqueElements().ofMaxSize(2),
            Arbitraries.of("500112107000", "500112000000").list().uniqueElements())
        .as((polygons, circles, codes) -> new Area("某镇", polygons, circles, codes));
  }
}
