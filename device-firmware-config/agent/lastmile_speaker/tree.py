"""One signature over many bodies: what is signed is the root of a tree of hashes."""
import hashlib

HASH = 32
DEEPEST = 16
SIGNED = b"lastmile-tree-v1:"


def signed_bytes(body, path):
    """What the signature is over: the body itself where there is no path. Raises ValueError."""
    if len(path) % HASH or len(path) > HASH * DEEPEST:
        raise ValueError(f"a path of {len(path)} bytes")
    if not path:
        return body
    node = hashlib.sha256(b"\0" + body).digest()
    for at in range(0, len(path), HASH):
        sibling = path[at : at + HASH]
        node = hashlib.sha256(b"\1" + min(node, sibling) + max(node, sibling)).digest()
    return SIGNED + node
