/** Coverage as it is drawn in a terminal of 80 columns and up. */
package org.lastmile.dist.terminal;
