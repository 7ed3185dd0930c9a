/**
 * All decisions: what becomes of a warning, who is told next on which channel, what an answer
 * means, when the ladder goes up. No Camel, no Redis; time is injected.
 */
package org.lastmile.desk;
