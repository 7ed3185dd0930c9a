/** What a loudspeaker and a broker need before they know each other, as files. */
package org.lastmile.dist.provision;
