/**
 * The main job shown whole in one process: a real store, a real MQTT endpoint, modems on real
 * pseudo-terminals, a WeChat over HTTP, and a made-up township whose devices and people behave
 * almost as well as real ones.
 */
package org.lastmile.dist.demo;
