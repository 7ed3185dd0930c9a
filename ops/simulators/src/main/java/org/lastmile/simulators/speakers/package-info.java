/**
 * Village loudspeakers by the thousand in one process, obeying the device contract of
 * device-firmware-config over MQTT. Codec of the wire: Netty's; envelope, checks, memory and player
 * are written apart from the product's, so that the two check each other.
 */
package org.lastmile.simulators.speakers;
