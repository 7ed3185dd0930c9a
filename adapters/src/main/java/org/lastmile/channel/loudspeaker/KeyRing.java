package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that devices trust, and the signed lists that told them so. A key is announced, then
 * used, then the one before it is retired; at every moment a device that follows late can follow.
 * Lives in the store, the current key in a file too where one is configured. What changes it
 * blocks.
 */
public final class KeyRing {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEPT = "key-ring";

  /** A device that is further behind needs the recovery key, or somebody with a cable. */
  private static final int DOCUMENTS = 8;

  private static final int RETIRED = 32;

  private final Memory memory;
  private final Path file;
  private final InstantSource clock;
  private volatile State state;

  private KeyRing(Memory memory, Path file, InstantSource clock) {
    this.memory = memory;
    this.file = file;
    this.clock = clock;
  }

  /** What is said of a key: {@code state} is current, next, previous, retired or recovery. */
  public record Line(PublicKey key, String state, Instant since) {}

  /** Asked for what can't be done now; the message says why and what instead. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private record Held(SigningKey key, Instant since) {}

  private record State(
      Held current, Held next, List<Line> others, List<TrustDocument> documents, Edition edition) {
    State {
      others = List.copyOf(others);
      documents = List.copyOf(documents);
    }
  }

  /**
   * The kept one; made at the first start. A key in the file that this store has never seen is a
   * site's own: it becomes the current one. Blocks.
   *
   * @param file with the current key; null = it is in the store alone
   */
  static KeyRing open(Memory memory, Path file, InstantSource clock) throws IOException {
    KeyRing ring = new KeyRing(memory, file, clock);
    SigningKey first = file == null ? SigningKey.keptIn(memory) : SigningKey.in(file);
    Optional<String> kept = memory.get(KEPT);
    if (kept.isEmpty()) {
      ring.state = new State(ring.now(first), null, List.of(), List.of(), Edition.NONE);
      return ring;
    }
    ring.state = read(kept.get());
    if (file != null) {
      ring.reconcile(first);
    }
    return ring;
  }

  /** Asks the store whether another gateway has changed it; true when so. Blocks. */
  boolean refresh() {
    Optional<String> kept = memory.get(KEPT);
    if (kept.isEmpty() || kept.get().equals(json(state))) {
      return false;
    }
    state = read(kept.get());
    return true;
  }

  /** Signs commands. */
  SigningKey signing() {
    return state.current().key();
  }

  /** Of the newest list; {@link Edition#NONE} while devices have only what they were given. */
  Edition edition() {
    return state.edition();
  }

  /** What a device that has this edition lacks, oldest first. */
  List<TrustDocument> after(Edition edition) {
    return state.documents().stream().filter(d -> d.edition().compareTo(edition) > 0).toList();
  }

  /** What a device is provisioned with. */
  public List<TrustedKey> trusted() {
    return trusted(state);
  }

  /** Every key with what is made of it, the current one first. */
  public List<Line> list() {
    State now = state;
    List<Line> all = new ArrayList<>();
    all.add(new Line(now.current().key().publicKey(), "current", now.current().since()));
    if (now.next() != null) {
      all.add(new Line(now.next().key().publicKey(), "next", now.next().since()));
    }
    all.addAll(now.others());
    return all;
  }

  /** Makes the next key and a list that has both. */
  synchronized PublicKey announce(String alg) {
    State now = state;
    if (now.next() != null) {
      throw new Refused(
          "key %s is announced already: use it (rotate --use) or retire it first"
              .formatted(now.next().key().kid()));
    }
    Held next = now(SigningKey.fresh(alg, "k"));
    publish(new State(now.current(), next, now.others(), now.documents(), now.edition()));
    return next.key().publicKey();
  }

  /** From now on the announced key signs; the one before it stays trusted. */
  synchronized PublicKey use() {
    State now = state;
    if (now.next() == null) {
      throw new Refused("no key is announced: rotate first");
    }
    List<Line> others = new ArrayList<>(now.others());
    others.add(0, new Line(now.current().key().publicKey(), "previous", clock.instant()));
    writeFile(now.next().key());
    keep(new State(now(now.next().key()), null, others, now.documents(), now.edition()));
    return state.current().key().publicKey();
  }

  /** A list without that key; devices refuse whatever it signs once they have it. */
  synchronized void retire(String kid) {
    State now = state;
    if (now.current().key().kid().equals(kid)) {
      throw new Refused("key " + kid + " signs commands now: rotate first");
    }
    Held next = now.next();
    List<Line> others = new ArrayList<>(now.others());
    if (next != null && next.key().kid().equals(kid)) {
      others.add(0, new Line(next.key().publicKey(), "retired", clock.instant()));
      next = null;
    } else {
      int at = indexOf(others, kid, "previous");
      if (at < 0) {
        throw new Refused("no trusted key " + kid + " but the current one: see keys list");
      }
      others.set(at, new Line(others.get(at).key(), "retired", clock.instant()));
    }
    while (others.stream().filter(l -> l.state().equals("retired")).count() > RETIRED) {
      others.remove(lastRetired(others));
    }
    publish(new State(now.current(), next, others, now.documents(), now.edition()));
  }

  /** Devices that have no recovery key take this one with the next list, which is made now. */
  synchronized void addRecovery(PublicKey key) {
    State now = state;
    if (list().stream().anyMatch(l -> l.key().kid().equals(key.kid()))) {
      throw new Refused("there is a key " + key.kid() + " already");
    }
    if (now.others().stream().anyMatch(l -> l.state().equals("recovery"))) {
      throw new Refused(
          "there is a recovery key already: devices change it only by a recovery document");
    }
    List<Line> others = new ArrayList<>(now.others());
    others.add(new Line(key, "recovery", clock.instant()));
    publish(new State(now.current(), now.next(), others, now.documents(), now.edition()));
  }

  /** Hands a recovery document to every device from now on. */
  synchronized void recover(TrustDocument document) {
    State now = state;
    if (!document.isRecovery()) {
      throw new Refused("that is not a recovery document");
    }
    PublicKey mine = now.current().key().publicKey();
    if (!document.trusts(mine)) {
      throw new Refused(
          "the document does not trust this gateway's key %s: sign it for what keys list --json says"
              .formatted(mine.kid()));
    }
    if (document.edition().epoch() <= now.edition().epoch()) {
      throw new Refused("a recovery of the same time or later was delivered before");
    }
    boolean proven =
        list().stream().anyMatch(l -> l.state().equals("recovery") && document.signedBy(l.key()))
            || document.keys().stream()
                .anyMatch(k -> k.use().equals(TrustedKey.RECOVERY) && document.signedBy(k.key()));
    if (!proven) {
      throw new Refused(
          "no recovery key that this gateway knows, or that the document names, has signed it");
    }
    List<Line> others = new ArrayList<>();
    for (Line line : now.others()) {
      boolean gone = line.state().equals("previous") && !document.trusts(line.key());
      if (!line.state().equals("recovery")) {
        others.add(gone ? new Line(line.key(), "retired", clock.instant()) : line);
      }
    }
    for (TrustedKey key : document.keys()) {
      if (key.use().equals(TrustedKey.RECOVERY)) {
        others.add(new Line(key.key(), "recovery", clock.instant()));
      }
    }
    Held next =
        now.next() != null && document.trusts(now.next().key().publicKey()) ? now.next() : null;
    keep(new State(now.current(), next, others, List.of(document), document.edition()));
  }

  /** Signed by the current key, later than every list before, kept before anybody gets it. */
  private void publish(State with) {
    Edition edition =
        new Edition(
            with.edition().epoch(),
            Math.max(clock.instant().getEpochSecond(), with.edition().issued() + 1));
    List<TrustDocument> documents = new ArrayList<>(with.documents());
    documents.add(TrustDocument.keys(with.current().key(), edition, trusted(with)));
    while (documents.size() > DOCUMENTS) {
      documents.remove(0);
    }
    keep(new State(with.current(), with.next(), with.others(), documents, edition));
  }

  private void keep(State fresh) {
    memory.put(KEPT, json(fresh), Memory.FOR_EVER);
    state = fresh;
  }

  private void reconcile(SigningKey inFile) {
    State now = state;
    String kid = inFile.kid();
    if (now.current().key().publicKey().equals(inFile.publicKey())) {
      return;
    }
    if (indexOf(now.others(), kid, "retired") >= 0 || indexOf(now.others(), kid, "previous") >= 0) {
      LOG.warn("{} holds key {}, which is out of use; {} signs", file, kid, signing().kid());
      return;
    }
    boolean announced =
        now.next() != null && now.next().key().publicKey().equals(inFile.publicKey());
    List<Line> others = new ArrayList<>(now.others());
    others.add(0, new Line(now.current().key().publicKey(), "previous", clock.instant()));
    if (!announced) {
      LOG.error(
          "{} holds key {}, which this store does not know: it signs from now on, and devices that"
              + " were not given it refuse it",
          file,
          kid);
    }
    keep(
        new State(
            now(inFile), announced ? null : now.next(), others, now.documents(), now.edition()));
  }

  private void writeFile(SigningKey key) {
    if (file == null) {
      return;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            fresh,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(fresh, key.json());
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Refused(
          "the new key can't be written to %s, so the old one goes on: %s".formatted(file, e));
    }
  }

  private Held now(SigningKey key) {
    return new Held(key, clock.instant());
  }

  private static List<TrustedKey> trusted(State of) {
    List<TrustedKey> keys = new ArrayList<>();
    keys.add(TrustedKey.command(of.current().key().publicKey()));
    if (of.next() != null) {
      keys.add(TrustedKey.command(of.next().key().publicKey()));
    }
    for (Line line : of.others()) {
      switch (line.state()) {
        case "previous" -> keys.add(TrustedKey.command(line.key()));
        case "recovery" -> keys.add(TrustedKey.recovery(line.key()));
        default -> {}
      }
    }
    return keys;
  }

  private static int indexOf(List<Line> lines, String kid, String state) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).key().kid().equals(kid) && lines.get(i).state().equals(state)) {
        return i;
      }
    }
    return -1;
  }

  private static int lastRetired(List<Line> lines) {
    int last = -1;
    for (int i = 0; i < lines.size(); i++) {
      last = lines.get(i).state().equals("retired") ? i : last;
    }
    return last;
  }

  private static String json(State of) {
    ObjectNode node = JSON.createObjectNode();
    node.set("current", held(of.current()));
    if (of.next() != null) {
      node.set("next", held(of.next()));
    }
    ArrayNode others = node.putArray("others");
    for (Line line : of.others()) {
      others
          .addObject()
          .put("kid", line.key().kid())
          .put("alg", line.key().alg())
          .put("public", line.key().base64())
          .put("state", line.state())
          .put("since", line.since().toString());
    }
    ArrayNode documents = node.putArray("documents");
    of.documents().forEach(d -> documents.add(d.json()));
    node.put("epoch", of.edition().epoch()).put("issued", of.edition().issued());
    return node.toString();
  }

  private static ObjectNode held(Held held) {
    return JSON.createObjectNode()
        .put("key", held.key().json())
        .put("since", held.since().toString());
  }

  private static State read(String json) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException("the key ring in the store is not JSON", e);
    }
    List<Line> others = new ArrayList<>();
    for (JsonNode line : node.path("others")) {
      others.add(
          new Line(
              new PublicKey(
                  line.path("kid").asText(),
                  line.path("alg").asText(),
                  line.path("public").asText()),
              line.path("state").asText(),
              Instant.parse(line.path("since").asText())));
    }
    List<TrustDocument> documents = new ArrayList<>();
    node.path("documents").forEach(d -> documents.add(TrustDocument.read(d.asText())));
    return new State(
        held(node.path("current")),
        node.has("next") ? held(node.path("next")) : null,
        others,
        documents,
        new Edition(node.path("epoch").asLong(), node.path("issued").asLong()));
  }

  private static Held held(JsonNode node) {
    return new Held(
        SigningKey.parse(node.path("key").asText()), Instant.parse(node.path("since").asText()));
  }
}
