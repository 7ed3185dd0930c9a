/**
 * Village loudspeakers over MQTT, after the contract in {@code device-firmware-config}: signed
 * commands go out, receipts and states come back. Two links carry the same topics: the gateway's
 * own endpoint, and a connection to a broker.
 */
package org.lastmile.channel.loudspeaker;
