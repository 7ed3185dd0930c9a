package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.FileUpload;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Planner;

/** The registry, page by page, and the import of ledgers. */
final class RegistryApi {
  private static final long MOST_BODY = 64L * 1024 * 1024;
  private static final String IMPORT = "/api/v1/registry/import";
  private static final int MOST_PAGE = 1000;

  /** Fields of a person that only who needs them sees. */
  private static final Set<String> PERSONAL = Set.of("phone", "backupPhone", "openid", "wecom");

  private final Rosters rosters;
  private final Supplier<Planner.Accounts> accounts;
  private final Api api;

  /**
   * @param page from 1
   * @param version of the registry
   */
  private record Page(List<JsonNode> items, int page, int size, int total, int version) {}

  /** Accounts: what is known of people's WeChat beside the registry. */
  RegistryApi(Rosters rosters, Supplier<Planner.Accounts> accounts, Api api) {
    this.rosters = rosters;
    this.accounts = accounts;
    this.api = api;
  }

  void mount(Router router) {
    api.on(GET, "/api/v1/registry/points", Right.SEE, r -> page(r, reach(r.caller())));
    api.on(GET, "/api/v1/registry/people", Right.SEE, r -> page(r, people(r.caller())));
    router.post(IMPORT).handler(Gate.needs(Right.IMPORT));
    router
        .post(IMPORT)
        .handler(
            BodyHandler.create(System.getProperty("java.io.tmpdir"))
                .setBodyLimit(MOST_BODY)
                .setDeleteUploadedFilesOnEnd(true))
        .handler(this::take);
  }

  /** Each point with who is reached there by WeChat. */
  private List<?> reach(Caller caller) {
    Reach reach = new Reach(rosters, accounts.get());
    boolean personal = caller.may(Right.SEE_PERSONAL);
    return points(caller).stream()
        .map(
            p -> {
              Reach.At at = reach.at(p);
              ObjectNode shown = Json.MAPPER.valueToTree(p);
              return shown.set("wechat", Json.MAPPER.valueToTree(personal ? at : at.masked()));
            })
        .toList();
  }

  private List<HazardPoint> points(Caller caller) {
    return rosters.points().stream().filter(p -> caller.sees(p.areaCode())).toList();
  }

  private Set<String> pointIds(Caller caller) {
    return points(caller).stream().map(HazardPoint::id).collect(Collectors.toSet());
  }

  private List<?> people(Caller caller) {
    Set<String> points = pointIds(caller);
    return rosters.people().stream()
        .filter(
            p ->
                caller.areas().isEmpty()
                    || (!p.areaCode().isEmpty() && caller.sees(p.areaCode()))
                    || p.points().stream().anyMatch(points::contains))
        .toList();
  }

  /** {@code ?page=1&size=100&q=words}: q is looked for in every field that is shown. */
  private CompletionStage<Page> page(Request request, List<?> all) {
    int size = request.query("size", 1, MOST_PAGE, 100);
    int page = request.query("page", 1, 1_000_000, 1);
    String words = request.query("q");
    boolean personal = request.caller().may(Right.SEE_PERSONAL);
    List<JsonNode> found = new ArrayList<>();
    for (Object item : all) {
      ObjectNode shown = Json.MAPPER.valueToTree(item);
      if (!personal) {
        PERSONAL.stream()
            .filter(shown::has)
            .forEach(f -> shown.put(f, Mask.address(shown.path(f).asText())));
      }
      if (words.isEmpty() || shown.toString().contains(words)) {
        found.add(shown);
      }
    }
    int from = Math.min((page - 1) * size, found.size());
    int to = Math.min(from + size, found.size());
    return CompletableFuture.completedFuture(
        new Page(found.subList(from, to), page, size, found.size(), rosters.version()));
  }

  private void take(RoutingContext context) {
    List<FileUpload> uploads = context.fileUploads();
    String name = context.request().getParam("name", "ledger");
    api.answer(
        context,
        request -> {
          if (!request.caller().areas().isEmpty()) {
            throw Problem.forbidden(
                "an import replaces the whole registry, this account is limited to areas");
          }
          List<Rosters.LedgerFile> files =
              uploads.isEmpty()
                  ? List.of(new Rosters.LedgerFile(name, request.body()))
                  : uploads.stream().map(RegistryApi::read).toList();
          if (files.stream().allMatch(f -> f.bytes().length() == 0)) {
            throw Problem.invalid(
                List.of(new Problem.Finding("/", "there is no file: send one or more ledgers")));
          }
          boolean dryRun = truth(request, "dry-run");
          Rosters.Imported report =
              rosters.read(
                  files, dryRun, truth(request, "despite-problems"), request.caller().name());
          if (!dryRun && !report.taken()) {
            throw new Problem(
                422,
                "The ledgers have problems: nothing was changed",
                "correct them, or import what could be read with ?despite-problems=true",
                report.problems(),
                Map.of());
          }
          return CompletableFuture.completedFuture(report);
        });
  }

  private static boolean truth(Request request, String name) {
    return switch (request.query(name)) {
      case "true" -> true;
      case "", "false" -> false;
      default ->
          throw Problem.invalid(List.of(new Problem.Finding("?" + name, "is not true or false")));
    };
  }

  private static Rosters.LedgerFile read(FileUpload upload) {
    try {
      return new Rosters.LedgerFile(
          upload.fileName(), Buffer.buffer(Files.readAllBytes(Path.of(upload.uploadedFileName()))));
    } catch (IOException e) {
      throw new UncheckedIOException("an uploaded file can't be read back", e);
    }
  }
}
