package org.lastmile.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;

/**
 * The stored form of warnings and plans: a version byte and deflated JSON of the record. A plan is
 * cut into chunks, so that no single write holds the store up: first the plan without its points
 * and deliveries, then those, {@value #ROWS} to a chunk.
 */
final class PlanCodec {
  /** Rows of points or deliveries in one chunk. */
  static final int ROWS = 5_000;

  private static final int VERSION = 1;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .build();

  private PlanCodec() {}

  private record Rows(List<Plan.Point> points, List<Delivery> deliveries) {}

  static byte[] encode(Warning warning) {
    return pack(warning);
  }

  static Warning warning(byte[] stored) {
    return unpack(stored, Warning.class);
  }

  /** Packed on all processors: somebody waits for the first command. */
  static List<byte[]> encode(Plan plan) {
    List<Object> chunks = new ArrayList<>();
    chunks.add(with(plan, List.of(), List.of()));
    for (int i = 0; i < plan.points().size(); i += ROWS) {
      chunks.add(new Rows(slice(plan.points(), i), List.of()));
    }
    for (int i = 0; i < plan.deliveries().size(); i += ROWS) {
      chunks.add(new Rows(List.of(), slice(plan.deliveries(), i)));
    }
    return chunks.parallelStream().map(PlanCodec::pack).toList();
  }

  /** The chunks in the order in which {@link #encode(Plan)} made them. */
  static Plan plan(List<byte[]> chunks) {
    List<Plan.Point> points = new ArrayList<>();
    List<Delivery> deliveries = new ArrayList<>();
    for (byte[] chunk : chunks.subList(1, chunks.size())) {
      Rows rows = unpack(chunk, Rows.class);
      points.addAll(rows.points());
      deliveries.addAll(rows.deliveries());
    }
    return with(unpack(chunks.get(0), Plan.class), points, deliveries);
  }

  private static Plan with(Plan plan, List<Plan.Point> points, List<Delivery> deliveries) {
    return new Plan(
        plan.warning(),
        plan.registryVersion(),
        plan.policy(),
        plan.playBy(),
        plan.inForceUntil(),
        points,
        plan.words(),
        deliveries,
        plan.ladder(),
        plan.deadline(),
        plan.supersedes());
  }

  private static <T> List<T> slice(List<T> rows, int from) {
    return rows.subList(from, Math.min(from + ROWS, rows.size()));
  }

  private static byte[] pack(Object record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(VERSION);
    Deflater fast = new Deflater(Deflater.BEST_SPEED);
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, fast)) {
      JSON.writeValue(deflated, record);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write a " + record.getClass().getSimpleName(), e);
    } finally {
      fast.end();
    }
    return out.toByteArray();
  }

  private static <T> T unpack(byte[] stored, Class<T> type) {
    if (stored[0] != VERSION) {
      throw new Ledger.Newer(
          type.getSimpleName()
              + " is stored in form "
              + stored[0]
              + ", this program reads form "
              + VERSION);
    }
    try (InflaterInputStream inflated =
        new InflaterInputStream(new ByteArrayInputStream(stored, 1, stored.length - 1))) {
      return JSON.readValue(inflated, type);
    } catch (UnrecognizedPropertyException e) {
      throw new Ledger.Newer(
          type.getSimpleName() + " has a field this program does not know: " + e.getPropertyName());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "a stored " + type.getSimpleName() + " can't be read: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("a stored " + type.getSimpleName() + " is damaged", e);
    }
  }
}
