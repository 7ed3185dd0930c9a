package org.lastmile.cap;

import java.util.List;
import org.lastmile.warning.Warning.Reference;

/**
 * What an input of any form said, before it is judged. Nodes are null when missing or empty.
 *
 * @param secrecy the national form's classification
 */
record Said(
    Node root,
    Node identifier,
    Node sender,
    Node sent,
    Node status,
    Node type,
    Node scope,
    Node secrecy,
    List<Reference> references,
    List<Info> infos) {}
