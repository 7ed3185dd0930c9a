/**
 * A township that does not exist, for the demo, benchmarks and tests: handed to the gateway as the
 * ledgers of a real office would be.
 */
package org.lastmile.dist.sample;
