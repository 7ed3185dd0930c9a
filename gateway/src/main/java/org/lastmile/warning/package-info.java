/**
 * The words of the house as data, and what follows from them by rule alone: who must be told of a
 * warning (Plan), how far that has come (Progress, Coverage), and what is due next. Pure: it sees
 * java.* and the small channel contract, reads no clock and knows no store.
 */
package org.lastmile.warning;
