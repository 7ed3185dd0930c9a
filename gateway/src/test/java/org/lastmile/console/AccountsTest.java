package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.warning.Grade;

class AccountsTest {
  private final SetClock clock = new SetClock();
  private final OpenMemory memory = new OpenMemory();
  private final Accounts accounts = new Accounts(memory, new SecureRandom(), clock, "");

  @Test
  void nobodyCanSignInUntilSomebodyMadeAnAccount() {
    assertThat(accounts.nobody()).isTrue();
    assertThat(accounts.byPassword("admin", "admin")).isEmpty();
    assertThat(accounts.byToken("")).isEmpty();
    accounts.putUser("王芳", Role.OPERATOR, null, List.of());
    assertThat(accounts.nobody()).isFalse();
  }

  @Test
  void aPasswordOpensOnlyItsOwnAccount() {
    accounts.putUser("王芳", Role.OPERATOR, "correct horse battery", List.of());
    accounts.putUser("李强", Role.VIEWER, "another long password", List.of());
    assertThat(accounts.byPassword("王芳", "correct horse battery")).isPresent();
    assertThat(accounts.byPassword("王芳", "another long password")).isEmpty();
    assertThat(accounts.byPassword("赵六", "correct horse battery")).isEmpty();
  }

  @Test
  void aMadeUpPasswordWorksAndIsLong() {
    Accounts.Made made = accounts.putUser("王芳", Role.OPERATOR, null, List.of());
    assertThat(made.secret()).hasSizeGreaterThanOrEqualTo(20);
    assertThat(accounts.byPassword("王芳", made.secret())).isPresent();
  }

  @Test
  void theStoreNeverSeesASecret() {
    accounts.putUser("王芳", Role.OPERATOR, "correct horse battery", List.of());
    Accounts.Made token = accounts.makeToken("county", Role.ISSUER, List.of(), Grade.RED);
    assertThat(memory.values.values())
        .noneMatch(v -> v.contains("correct horse") || v.contains(token.secret()))
        .anyMatch(v -> v.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    assertThat(memory.values.keySet()).noneMatch(k -> k.contains(token.secret()));
    assertThat(token.toString()).doesNotContain(token.secret());
  }

  @Test
  void aWeakAccountIsRefusedWithEverythingThatIsWrong() {
    assertThatThrownBy(() -> accounts.putUser("a b", Role.ADMIN, "short", List.of()))
        .isInstanceOfSatisfying(
            Problem.class,
            p ->
                assertThat(p.findings())
                    .extracting(Problem.Finding::at)
                    .containsExactly("/name", "/password"));
    assertThatThrownBy(
            () -> accounts.putUser("mynameislong", Role.ADMIN, "MyNameIsLong", List.of()))
        .isInstanceOf(Problem.class);
  }

  @Test
  void anEndedAccountStaysOut() {
    accounts.putUser("王芳", Role.OPERATOR, "correct horse battery", List.of());
    assertThat(accounts.endUser("王芳")).isTrue();
    assertThat(accounts.byPassword("王芳", "correct horse battery")).isEmpty();
    assertThat(accounts.endUser("nobody")).isFalse();
  }

  @Test
  void aTokenCarriesRoleAreasAndTrustUntilItIsEnded() {
    Accounts.Made made =
        accounts.makeToken("county", Role.ISSUER, List.of(Township.EAST), Grade.ORANGE);
    Caller caller = accounts.byToken(made.secret()).orElseThrow();
    assertThat(caller.role()).isEqualTo(Role.ISSUER);
    assertThat(caller.issuer().mayRelease()).isTrue();
    assertThat(caller.issuer().upTo()).isEqualTo(Grade.ORANGE);
    assertThat(caller.issuer().areas()).containsExactly(Township.EAST);
    assertThat(accounts.endToken(accounts.tokens().get(0).id())).isTrue();
    assertThat(accounts.byToken(made.secret())).isEmpty();
  }

  @Test
  void aPersonNeverReleasesAlone() {
    Caller person = new Caller("王芳", Role.ADMIN, false, List.of(), null);
    assertThat(person.issuer().mayRelease()).isFalse();
    assertThat(person.issuer().upTo()).isNull();
  }

  @Test
  void theBootstrapTokenIsAnAdminEvenWhileTheStoreIsAway() {
    memory.away = true;
    Accounts first = new Accounts(memory, new SecureRandom(), clock, "let-me-in-first");
    assertThat(first.byToken("let-me-in-first").map(Caller::role)).contains(Role.ADMIN);
    assertThatThrownBy(() -> first.byToken("something else")).isInstanceOf(Memory.Away.class);
  }

  @Test
  void twoProgramsThatAddAtOnceLoseNothing() {
    Accounts other = new Accounts(memory, new SecureRandom(), clock, "");
    accounts.makeToken("one", Role.VIEWER, List.of(), null);
    other.makeToken("two", Role.VIEWER, List.of(), null);
    accounts.makeToken("three", Role.VIEWER, List.of(), null);
    assertThat(other.tokens())
        .extracting(Accounts.Token::name)
        .containsExactly("one", "two", "three");
  }

  @Test
  void aSessionEndsAfterTwelveIdleHoursAndGoesOnWhileItIsUsed() {
    Sessions sessions = new Sessions(memory, new SecureRandom(), clock);
    Sessions.Opened opened = sessions.open("王芳");
    clock.pass(Duration.ofHours(7));
    assertThat(sessions.find(opened.cookie())).isPresent();
    clock.pass(Duration.ofHours(11));
    assertThat(sessions.find(opened.cookie())).isPresent();
    clock.pass(Duration.ofHours(12));
    assertThat(sessions.find(opened.cookie())).isEmpty();
  }

  @Test
  void aSessionAsksForThePasswordAgainAfterAWeek() {
    Sessions sessions = new Sessions(memory, new SecureRandom(), clock);
    Sessions.Opened opened = sessions.open("王芳");
    for (int i = 0; i < 23; i++) {
      clock.pass(Duration.ofHours(7));
      assertThat(sessions.find(opened.cookie())).isPresent();
    }
    clock.pass(Duration.ofHours(7));
    assertThat(sessions.find(opened.cookie())).isEmpty();
  }

  @Test
  void guessingWaitsLongerEachTime() {
    SignInLimit limit = new SignInLimit(clock);
    for (int i = 0; i < 3; i++) {
      assertThat(limit.wait("王芳", "10.0.0.1")).isZero();
      limit.tried("王芳", "10.0.0.1");
    }
    assertThat(limit.wait("王芳", "10.0.0.1")).isEqualTo(Duration.ofSeconds(2));
    clock.pass(Duration.ofSeconds(2));
    limit.tried("王芳", "10.0.0.1");
    assertThat(limit.wait("王芳", "10.0.0.1")).isEqualTo(Duration.ofSeconds(4));
    assertThat(limit.wait("王芳", "10.0.0.2")).isZero();
    limit.succeeded("王芳", "10.0.0.1");
    assertThat(limit.wait("王芳", "10.0.0.1")).isZero();
  }

  @Test
  void oneAddressCanNotGoThroughManyNames() {
    SignInLimit limit = new SignInLimit(clock);
    for (int i = 0; i < 30; i++) {
      limit.tried("name" + i, "10.0.0.1");
    }
    assertThat(limit.wait("somebody else", "10.0.0.1")).isPositive();
    assertThat(limit.wait("somebody else", "10.0.0.2")).isZero();
  }

  /** A memory whose insides can be looked at. */
  private static final class OpenMemory implements Memory {
    final Map<String, String> values = new HashMap<>();
    final Map<String, Long> counters = new HashMap<>();
    boolean away;

    private void there() {
      if (away) {
        throw new Away("the store does not answer", null);
      }
    }

    @Override
    public Optional<String> get(String key) {
      there();
      return Optional.ofNullable(values.get(key));
    }

    @Override
    public void put(String key, String value, Duration keep) {
      there();
      values.put(key, value);
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      there();
      return values.putIfAbsent(key, value) == null;
    }

    @Override
    public void remove(String key) {
      there();
      values.remove(key);
    }

    @Override
    public long add(String counter, long amount) {
      there();
      return counters.merge(counter, amount, Long::sum);
    }
  }
}
