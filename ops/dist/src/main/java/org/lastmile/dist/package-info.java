/** The program as people start it: its command line, its demo, and simulators to try it against. */
package org.lastmile.dist;
