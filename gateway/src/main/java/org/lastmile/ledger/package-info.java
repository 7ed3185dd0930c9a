/**
 * Keeps what must not be lost: warnings, their plans and everything that happened to them, and the
 * small memories of channels and offices. The ledger stores and fences; it decides nothing.
 */
package org.lastmile.ledger;
