package org.lastmile.channel.sms;

import java.time.Clock;
import org.lastmile.channel.Memory;

/**
 * What all modems of one channel work with.
 *
 * @param readOnly what comes in is left in the modem, see {@link SmsConfig#readOnly}
 */
record Shared(
    Outbox outbox,
    Clerk clerk,
    Receipts receipts,
    Intents intents,
    Inbox inbox,
    Budgets budgets,
    PortLocks locks,
    Memory memory,
    Clock clock,
    Timing timing,
    boolean readOnly) {}
