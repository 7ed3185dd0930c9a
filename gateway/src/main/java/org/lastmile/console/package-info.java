/**
 * What people and programs outside see of the house: sign-in, the HTTP interface, live events, the
 * public feed and the console page. It decides nothing about warnings; it asks the desk.
 */
package org.lastmile.console;
