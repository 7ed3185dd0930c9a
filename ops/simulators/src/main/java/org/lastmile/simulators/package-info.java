/** Counterparts to test against: no product code inside. */
package org.lastmile.simulators;
