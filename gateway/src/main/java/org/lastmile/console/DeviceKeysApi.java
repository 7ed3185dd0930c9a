package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keys of the loudspeakers, for administrators. No private half ever passes here. */
final class DeviceKeysApi {
  private static final String PATH = "/api/v1/loudspeakers/keys";

  /** A list of eight keys, signed and in base64, is far shorter. */
  private static final int LONGEST_DOCUMENT = 16_000;

  private final DeviceKeys keys;
  private final Api api;

  /**
   * @param keys null = there are no loudspeakers
   */
  DeviceKeysApi(DeviceKeys keys, Api api) {
    this.keys = keys;
    this.api = api;
  }

  void mount() {
    api.on(GET, PATH, Right.ADMINISTER, r -> then(() -> {}));
    api.on(POST, PATH, Right.ADMINISTER, this::announce);
    api.on(POST, PATH + "/use", Right.ADMINISTER, this::use);
    api.on(POST, PATH + "/recovery", Right.ADMINISTER, this::addRecovery);
    api.on(POST, PATH + "/recover", Right.ADMINISTER, this::recover);
    api.on(DELETE, PATH + "/:kid", Right.ADMINISTER, this::retire);
  }

  private CompletionStage<?> announce(Request request) {
    Fields fields = new Fields(request.json());
    String alg = fields.text("alg", 16, false);
    fields.check();
    return then(() -> keys.announce(alg.isEmpty() ? "Ed25519" : alg));
  }

  private CompletionStage<?> use(Request request) {
    Fields fields = new Fields(request.json());
    boolean force = fields.truth("force", false);
    fields.check();
    return then(
        () -> {
          DeviceKeys.Keys now = keys.list();
          if (!force && now.follow() < now.online()) {
            throw new DeviceKeys.Refused(
                "%d of %d loudspeakers that are online do not have the new key yet and would refuse"
                        .formatted(now.online() - now.follow(), now.online())
                    + " its commands: wait, or force it");
          }
          keys.use();
        });
  }

  private CompletionStage<?> retire(Request request) {
    String kid = request.path("kid");
    return then(() -> keys.retire(kid));
  }

  private CompletionStage<?> addRecovery(Request request) {
    Fields fields = new Fields(request.json());
    String kid = fields.text("kid", 32, true);
    String alg = fields.text("alg", 16, true);
    String publicKey = fields.text("publicKey", 120, true);
    fields.check();
    return then(() -> keys.addRecovery(kid, alg, publicKey));
  }

  private CompletionStage<?> recover(Request request) {
    Fields fields = new Fields(request.json());
    String document = fields.text("document", LONGEST_DOCUMENT, true);
    fields.check();
    return then(() -> keys.recover(document));
  }

  /** What is asked for, then how it looks now. */
  private CompletionStage<DeviceKeys.Keys> then(Runnable what) {
    if (keys == null) {
      throw Problem.of(404, "Unknown", "this gateway has no loudspeakers");
    }
    try {
      what.run();
      return CompletableFuture.completedFuture(keys.list());
    } catch (DeviceKeys.Refused e) {
      throw Problem.of(409, "That can't be done now", e.getMessage());
    }
  }
}
