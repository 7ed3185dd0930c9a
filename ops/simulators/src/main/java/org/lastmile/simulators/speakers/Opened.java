package org.lastmile.simulators.speakers;

/**
 * A command taken out of its wrapper.
 *
 * @param id of the delivery; empty when unreadable
 * @param content id; empty when unreadable
 * @param refusal reason of the first two checks; empty when both passed
 * @param body null when refused
 */
record Opened(String id, String content, String refusal, Body body) {}
