/** One class a command. */
package org.lastmile.dist.command;
