/**
 * The ways through the house, as Camel routes: warnings in, messages out to the lanes, what comes
 * back to the desk. A route is a sentence; decisions are the desk's, wires the adapters'.
 */
package org.lastmile.routes;
