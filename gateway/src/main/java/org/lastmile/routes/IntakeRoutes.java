package org.lastmile.routes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.lastmile.cap.Reading;
import org.lastmile.desk.Issuer;
import org.lastmile.desk.Receipt;
import org.lastmile.warning.Warning;

/** Warnings come in: over HTTP, and as files in a watched folder. */
public final class IntakeRoutes extends RouteBuilder {
  private final Intake intake;
  private final Path folder;
  private final Issuer folderIssuer;

  /**
   * Reads a warning and hands it to the desk; answers to the letter what the HTTP contract says.
   */
  public interface Intake {
    Reading read(byte[] input);

    CompletionStage<Receipt> accept(Warning warning, Issuer issuer);
  }

  /**
   * The routes.
   *
   * @param folder watched for files; null = none is
   * @param folderIssuer how far files are trusted
   */
  public IntakeRoutes(Intake intake, Path folder, Issuer folderIssuer) {
    this.intake = intake;
    this.folder = folder;
    this.folderIssuer = folderIssuer;
  }

  @Override
  public void configure() {
    from("platform-http:/api/v1/warnings?httpMethodRestrict=POST&muteException=true")
        .routeId("intake-http")
        .process(new HttpIntake(intake));

    if (folder != null) {
      // A file leaves the folder only when its fate is decided: while the store is away it stays.
      from("file:"
              + folder
              + "?readLock=changed&readLockMinAge=500&readLockTimeout=20000&delay=500"
              + "&antExclude=**/.*&move=${exchangeProperty.fate}/${date:now:yyyyMMddHHmmssSSS}-${file:name}")
          .routeId("intake-folder")
          .process(this::file);
    }
  }

  private void file(Exchange exchange) throws IOException {
    byte[] input = exchange.getMessage().getBody(byte[].class);
    Reading reading = intake.read(input);
    String answer;
    if (reading instanceof Reading.Read read) {
      try {
        Receipt receipt = intake.accept(read.warning(), folderIssuer).toCompletableFuture().join();
        answer = HttpIntake.json(receipt);
      } catch (CompletionException e) {
        throw new IOException("not accepted, tried again: " + e.getCause().getMessage(), e);
      }
      exchange.setProperty("fate", "accepted");
    } else {
      List<Reading.Problem> problems = ((Reading.Refused) reading).problems();
      answer = HttpIntake.problem(400, "The file is not a warning that can be taken", problems);
      exchange.setProperty("fate", "refused");
    }
    Path fate = folder.resolve(exchange.getProperty("fate", String.class));
    Files.createDirectories(fate);
    String name = exchange.getMessage().getHeader(Exchange.FILE_NAME_ONLY, String.class);
    Files.writeString(fate.resolve(name + ".answer.json"), answer, StandardCharsets.UTF_8);
  }
}
