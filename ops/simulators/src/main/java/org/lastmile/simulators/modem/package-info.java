/**
 * A GSM modem, its SIM, the short-message centre and the phones behind it, reached through a real
 * pseudo-terminal. It knows nothing of the product: its PDU code is written apart, so that the two
 * check each other.
 */
package org.lastmile.simulators.modem;
