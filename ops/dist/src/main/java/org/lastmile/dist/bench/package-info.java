/** Measures of the whole program on real parts; every figure is one line of JSON. */
package org.lastmile.dist.bench;
