package org.lastmile.console;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.lastmile.channel.Memory;
import org.lastmile.notices.Terms;
import org.lastmile.warning.Grade;

/**
 * Who may come in: people with a password, machines with a token. No account exists until somebody
 * makes one, and the store never sees a password or a token itself. Calls block on the store.
 */
public final class Accounts {
  /** Letters of any script, digits, dot, hyphen, underscore. */
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._-]{1,32}");

  private static final int SHORTEST_PASSWORD = 10;
  private static final int LONGEST_PASSWORD = 200;

  private final Memory memory;
  private final SecureRandom random;
  private final InstantSource clock;
  private final String bootstrapDigest;
  private final Supplier<String> decoy;

  /**
   * A person.
   *
   * @param since when the password was set: sessions from before it are over
   */
  public record User(
      String name, Role role, String hash, List<String> areas, Instant since, boolean active) {
    public User {
      areas = List.copyOf(areas);
    }

    @Override
    public String toString() {
      return name + " (" + role + ")";
    }
  }

  /**
   * A machine's key, without the key.
   *
   * @param id first 12 hex digits of the key's SHA-256
   * @param upTo worst grade it may release by itself; null = none
   * @param terms of a department; null = it speaks as usual, if it may at all
   */
  public record Token(
      String id,
      String name,
      Role role,
      List<String> areas,
      Grade upTo,
      Instant since,
      boolean active,
      Terms terms) {
    public Token {
      areas = List.copyOf(areas);
    }
  }

  /** A new account and its secret, which is shown this once. */
  public record Made(String name, Role role, String secret) {
    @Override
    public String toString() {
      return name + " (" + role + ")";
    }
  }

  /**
   * @param bootstrapToken an admin's token for first start; null or empty = none
   */
  public Accounts(Memory memory, SecureRandom random, InstantSource clock, String bootstrapToken) {
    this.memory = memory;
    this.random = random;
    this.clock = clock;
    this.bootstrapDigest =
        bootstrapToken == null || bootstrapToken.isBlank() ? null : Secret.digest(bootstrapToken);
    this.decoy = new Decoy(random);
  }

  /**
   * Makes a person's account, or gives an existing one a new role, areas and password.
   *
   * @param password null = one is made up
   * @throws Problem 400 with everything that is wrong
   */
  public Made putUser(String name, Role role, String password, List<String> areas) {
    String secret = password == null ? Secret.random(random).substring(0, 20) : password;
    List<Problem.Finding> findings = new ArrayList<>(wrongName(name));
    if (secret.length() < SHORTEST_PASSWORD || secret.length() > LONGEST_PASSWORD) {
      findings.add(
          new Problem.Finding(
              "/password",
              "has " + secret.length() + " characters, not 10 to " + LONGEST_PASSWORD));
    }
    if (secret.equalsIgnoreCase(name)) {
      findings.add(new Problem.Finding("/password", "is the account's own name"));
    }
    if (!findings.isEmpty()) {
      throw Problem.invalid(findings);
    }
    keep(new User(name, role, PasswordHash.of(secret, random), areas, now(), true));
    return new Made(name, role, secret);
  }

  /** Ends a person's account, their sessions with it; false when there is none. */
  public boolean endUser(String name) {
    Optional<User> user = user(name);
    user.ifPresent(u -> keep(new User(u.name(), u.role(), u.hash(), u.areas(), u.since(), false)));
    return user.isPresent();
  }

  /** In the order they were made, ended ones too. */
  public List<User> users() {
    return listed("users").stream().flatMap(n -> user(n).stream()).toList();
  }

  /** Makes a token. {@code upTo}: worst grade it may release by itself; null = none. */
  public Made makeToken(String name, Role role, List<String> areas, Grade upTo) {
    return makeToken(name, role, areas, upTo, null);
  }

  /** The same for a department, with its terms; null = the usual ones. */
  public Made makeToken(String name, Role role, List<String> areas, Grade upTo, Terms terms) {
    List<Problem.Finding> findings = wrongName(name);
    if (!findings.isEmpty()) {
      throw Problem.invalid(findings);
    }
    String secret = "lm_" + Secret.random(random);
    String digest = Secret.digest(secret);
    Token token = new Token(digest.substring(0, 12), name, role, areas, upTo, now(), true, terms);
    memory.put("token." + digest, Json.text(token), Memory.FOR_EVER);
    list("tokens", digest);
    return new Made(name, role, secret);
  }

  /** Ends a token by its id; false when there is none. */
  public boolean endToken(String id) {
    boolean found = false;
    for (String digest : listed("tokens")) {
      if (digest.startsWith(id) && id.length() == 12) {
        Token t = token(digest).orElseThrow();
        Token ended =
            new Token(t.id(), t.name(), t.role(), t.areas(), t.upTo(), t.since(), false, t.terms());
        memory.put("token." + digest, Json.text(ended), Memory.FOR_EVER);
        found = true;
      }
    }
    return found;
  }

  /** In the order they were made, ended ones too. */
  public List<Token> tokens() {
    return listed("tokens").stream().flatMap(d -> token(d).stream()).toList();
  }

  /** True when nobody could sign in: no user and no token was ever made, and none came along. */
  public boolean nobody() {
    return bootstrapDigest == null && memory.add("users", 0) + memory.add("tokens", 0) == 0;
  }

  /** Whose token that is. The bootstrap token needs no store. */
  Optional<Caller> byToken(String secret) {
    String digest = Secret.digest(secret);
    if (bootstrapDigest != null && Secret.same(bootstrapDigest, digest)) {
      return Optional.of(new Caller("bootstrap", Role.ADMIN, true, List.of(), Grade.RED));
    }
    return token(digest)
        .filter(Token::active)
        .map(
            t ->
                new Caller(
                    t.name(),
                    t.role(),
                    true,
                    t.areas(),
                    t.upTo(),
                    t.terms() == null ? Terms.USUAL : t.terms()));
  }

  /** The person, if the password is theirs; takes as long for an unknown name. */
  Optional<User> byPassword(String name, String password) {
    if (password.length() > LONGEST_PASSWORD) {
      return Optional.empty();
    }
    Optional<User> user = NAME.matcher(name).matches() ? user(name) : Optional.empty();
    boolean right = PasswordHash.matches(password, user.map(User::hash).orElseGet(decoy));
    return user.filter(u -> right && u.active());
  }

  Optional<User> user(String name) {
    return memory.get("user." + name).map(u -> Json.kept(u, User.class));
  }

  private Optional<Token> token(String digest) {
    return memory.get("token." + digest).map(t -> Json.kept(t, Token.class));
  }

  private void keep(User user) {
    boolean known = memory.get("user." + user.name()).isPresent();
    memory.put("user." + user.name(), Json.text(user), Memory.FOR_EVER);
    if (!known) {
      list("users", user.name());
    }
  }

  // A counter and one key an entry: two programs adding at once lose nothing.
  private void list(String list, String entry) {
    memory.put(list + "." + memory.add(list, 1), entry, Memory.FOR_EVER);
  }

  private List<String> listed(String list) {
    List<String> entries = new ArrayList<>();
    for (long i = 1, most = memory.add(list, 0); i <= most; i++) {
      memory.get(list + "." + i).filter(e -> !entries.contains(e)).ifPresent(entries::add);
    }
    return entries;
  }

  private List<Problem.Finding> wrongName(String name) {
    return NAME.matcher(name).matches()
        ? List.of()
        : List.of(new Problem.Finding("/name", "is not 1 to 32 letters, digits, dots or hyphens"));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** A hash that no password is known for, made once and only when somebody guesses names. */
  private static final class Decoy implements Supplier<String> {
    private final SecureRandom random;
    private String hash;

    Decoy(SecureRandom random) {
      this.random = random;
    }

    @Override
    public synchronized String get() {
      if (hash == null) {
        hash = PasswordHash.of(Secret.random(random), random);
      }
      return hash;
    }
  }
}
