package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;

class MemoryLedgerTest implements LedgerContract {

  @Override
  public Rig rig() {
    MemoryLedger ledger = new MemoryLedger(InstantSource.system());
    return new Rig() {
      @Override
      public Ledger ledger() {
        return ledger;
      }

      @Override
      public Ledger standby() {
        return ledger;
      }

      @Override
      public void close() {
        ledger.close();
      }
    };
  }

  @Test
  void while_away_every_call_says_so() {
    MemoryLedger ledger = new MemoryLedger(InstantSource.system());
    Memory memory = ledger.memory("sms");
    ledger.away(true);
    assertThatThrownBy(ledger::open).isInstanceOf(Memory.Away.class);
    assertThatThrownBy(() -> memory.add("n", 1)).isInstanceOf(Memory.Away.class);
    ledger.away(false);
    ledger.ping();
  }
}
