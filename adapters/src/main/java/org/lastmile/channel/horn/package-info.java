/**
 * Horns that obey a vendor's or a county's own platform: one HTTP request per message, its shape
 * given by the configuration.
 */
package org.lastmile.channel.horn;
