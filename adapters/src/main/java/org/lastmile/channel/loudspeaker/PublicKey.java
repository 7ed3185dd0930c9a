package org.lastmile.channel.loudspeaker;

/**
 * What a device checks commands with.
 *
 * @param kid key id, as commands name it
 * @param alg {@code Ed25519}
 * @param base64 the raw 32 bytes
 */
public record PublicKey(String kid, String alg, String base64) {}
