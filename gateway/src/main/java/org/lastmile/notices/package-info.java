/** What other departments say over the loudspeakers: after every warning, within their bounds. */
package org.lastmile.notices;
