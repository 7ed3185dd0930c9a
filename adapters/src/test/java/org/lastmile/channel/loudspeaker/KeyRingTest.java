package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.MemoryInHeap;

/** Keys change so that a device which follows late can follow, and a thief cannot. */
class KeyRingTest {
  private final MemoryInHeap memory = new MemoryInHeap();
  private final AtomicLong now = new AtomicLong(1_795_318_200);
  private final SigningKey offline = SigningKey.fresh("Ed25519", "r");

  private KeyRing ring() throws IOException {
    return ring(null);
  }

  private KeyRing ring(Path file) throws IOException {
    return KeyRing.open(memory, file, () -> Instant.ofEpochSecond(now.get()));
  }

  private static List<String> states(KeyRing ring) {
    return ring.list().stream().map(KeyRing.Line::state).toList();
  }

  @Test
  void a_new_site_has_one_key_and_devices_lack_nothing() throws IOException {
    KeyRing ring = ring();
    assertThat(states(ring)).containsExactly("current");
    assertThat(ring.after(Edition.NONE)).isEmpty();
    assertThat(ring().signing().kid()).isEqualTo(ring.signing().kid());
  }

  @Test
  void two_keys_overlap_and_each_list_is_signed_by_a_key_that_was_trusted_before()
      throws IOException {
    KeyRing ring = ring();
    PublicKey first = ring.signing().publicKey();
    PublicKey second = ring.announce("Ed25519");
    assertThat(ring.signing().publicKey()).isEqualTo(first);
    ring.use();
    assertThat(ring.signing().publicKey()).isEqualTo(second);
    assertThat(ring.trusted()).extracting(TrustedKey::key).containsExactly(second, first);
    ring.retire(first.kid());
    assertThat(ring.trusted()).extracting(TrustedKey::key).containsExactly(second);
    assertThat(states(ring)).containsExactly("current", "retired");

    List<TrustDocument> lists = ring.after(Edition.NONE);
    assertThat(lists).hasSize(2);
    assertThat(lists.get(0).signedBy(first)).isTrue();
    assertThat(lists.get(0).trusts(second)).isTrue();
    assertThat(lists.get(1).signedBy(second)).isTrue();
    assertThat(lists.get(1).trusts(first)).isFalse();
    assertThat(lists.get(1).edition())
        .isEqualTo(ring.edition())
        .isGreaterThan(lists.get(0).edition());
    assertThat(ring.after(lists.get(0).edition())).hasSize(1);
  }

  @Test
  void everything_is_there_after_a_restart_and_another_gateway_sees_the_change()
      throws IOException {
    KeyRing ring = ring();
    KeyRing other = ring();
    assertThat(other.refresh()).isFalse();
    ring.announce("Ed25519");
    ring.use();
    assertThat(other.refresh()).isTrue();
    assertThat(other.refresh()).isFalse();
    assertThat(other.list()).isEqualTo(ring.list());
    assertThat(ring().list()).isEqualTo(ring.list());
    assertThat(ring().edition()).isEqualTo(ring.edition());
  }

  @Test
  void what_can_not_be_done_is_refused_with_the_reason() throws IOException {
    KeyRing ring = ring();
    String kid = ring.signing().kid();
    assertThatThrownBy(ring::use).hasMessageContaining("rotate first");
    assertThatThrownBy(() -> ring.retire(kid)).hasMessageContaining("signs commands now");
    assertThatThrownBy(() -> ring.retire("k-none")).hasMessageContaining("k-none");
    ring.announce("Ed25519");
    assertThatThrownBy(() -> ring.announce("Ed25519")).hasMessageContaining("announced already");
  }

  @Test
  void a_key_file_holds_the_key_that_signs_and_its_reader_is_the_owner_alone(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("key.json");
    SigningKey given = SigningKey.fresh("Ed25519", "k");
    Files.writeString(file, given.json());
    KeyRing ring = ring(file);
    assertThat(ring.signing().kid()).isEqualTo(given.kid());
    ring.announce("Ed25519");
    assertThat(SigningKey.in(file).kid()).isEqualTo(given.kid());
    ring.use();
    assertThat(SigningKey.in(file).kid()).isEqualTo(ring.signing().kid());
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    assertThat(ring(file).signing().kid()).isEqualTo(ring.signing().kid());
  }

  @Test
  void an_old_file_does_not_bring_a_retired_key_back(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("key.json");
    SigningKey given = SigningKey.fresh("Ed25519", "k");
    Files.writeString(file, given.json());
    KeyRing ring = ring(file);
    ring.announce("Ed25519");
    ring.use();
    ring.retire(given.kid());
    Files.writeString(file, given.json());
    assertThat(ring(file).signing().kid()).isEqualTo(ring.signing().kid());
  }

  @Test
  void a_recovery_key_is_announced_once_and_its_private_half_is_nowhere() throws IOException {
    KeyRing ring = ring();
    ring.addRecovery(offline.publicKey());
    assertThat(ring.trusted().get(1)).isEqualTo(TrustedKey.recovery(offline.publicKey()));
    assertThat(ring.after(Edition.NONE)).hasSize(1);
    assertThatThrownBy(() -> ring.addRecovery(SigningKey.fresh("Ed25519", "r").publicKey()))
        .hasMessageContaining("only by a recovery document");
  }

  @Test
  void a_site_that_lost_its_keys_begins_anew_by_the_recovery_key() throws IOException {
    KeyRing fresh = ring();
    TrustDocument document =
        TrustDocument.recovery(
            offline,
            List.of(
                TrustedKey.command(fresh.signing().publicKey()),
                TrustedKey.recovery(offline.publicKey())),
            Instant.ofEpochSecond(now.get()));
    fresh.recover(TrustDocument.read(document.json()));
    assertThat(fresh.edition()).isEqualTo(new Edition(now.get(), now.get()));
    assertThat(fresh.after(new Edition(0, Long.MAX_VALUE))).hasSize(1);
    assertThatThrownBy(() -> fresh.recover(document)).hasMessageContaining("before");
    now.addAndGet(60);
    fresh.announce("Ed25519");
    assertThat(fresh.after(new Edition(0, 1))).hasSize(2);
    assertThat(fresh.edition().epoch()).isEqualTo(document.edition().epoch());
  }

  @Test
  void a_document_that_would_shut_this_gateway_out_or_that_nobody_vouches_for_is_refused()
      throws IOException {
    KeyRing ring = ring();
    Instant time = Instant.ofEpochSecond(now.get());
    TrustDocument foreign =
        TrustDocument.recovery(offline, List.of(TrustedKey.command(offline.publicKey())), time);
    assertThatThrownBy(() -> ring.recover(foreign)).hasMessageContaining("does not trust");
    TrustDocument unproven =
        TrustDocument.recovery(
            offline, List.of(TrustedKey.command(ring.signing().publicKey())), time);
    assertThatThrownBy(() -> ring.recover(unproven)).hasMessageContaining("no recovery key");
    TrustDocument list =
        TrustDocument.keys(
            ring.signing(),
            new Edition(5, 5),
            List.of(TrustedKey.command(ring.signing().publicKey())));
    assertThatThrownBy(() -> ring.recover(list)).hasMessageContaining("not a recovery");
  }
}
