/**
 * What the office decides: one YAML file for the program, one for its practice (policy and texts).
 * Everything that is wrong is said at once, each problem with its path.
 */
package org.lastmile.config;
