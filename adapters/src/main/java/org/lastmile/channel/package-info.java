/**
 * The contract between the gateway and everything that carries a message out of the house. A
 * channel knows its wire and nothing of warnings, hazard points or coverage: it is handed a {@link
 * org.lastmile.channel.Message}, answers with an {@link org.lastmile.channel.Outcome}, and later
 * reports what came back as {@link org.lastmile.channel.Signal}s.
 */
package org.lastmile.channel;
