package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A document taken out of its wrapper.
 *
 * @param id of the delivery; empty when unreadable
 * @param content id; empty when unreadable
 * @param refusal reason of the first two checks; empty when both passed
 * @param body of a command; null when refused, or when it is another document
 * @param document that is no command: a floor, a list of keys, a recovery; else null
 */
record Opened(String id, String content, String refusal, Body body, JsonNode document) {}
