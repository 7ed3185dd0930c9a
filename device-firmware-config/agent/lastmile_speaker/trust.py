"""Whom the device believes: as provisioned, then as the signed lists say."""
import base64
import binascii
from dataclasses import dataclass

SIZES = {"Ed25519": 32, "SM2": 65}
MOST = 8


@dataclass(frozen=True)
class Key:
    """not_after 0 = no end."""

    kid: str
    alg: str
    use: str
    public: bytes
    not_after: int = 0

    def values(self):
        public = base64.b64encode(self.public).decode()
        return {"kid": self.kid, "alg": self.alg, "use": self.use, "public": public, "notAfter": self.not_after}


def key(values):
    """Raises ValueError, KeyError or TypeError when it is none; an unknown algorithm is no fault."""
    not_after = values.get("notAfter", 0)
    use = values.get("use", "command")
    if not isinstance(values["kid"], str) or not values["kid"] or use not in ("command", "recovery"):
        raise ValueError(f"key '{values['kid']}' is for nothing known")
    if type(not_after) is not int or not_after < 0:
        raise ValueError(f"key '{values['kid']}' has no whole notAfter")
    try:
        public = base64.b64decode(values["public"], validate=True)
    except binascii.Error as e:
        raise ValueError(f"key '{values['kid']}': {e}") from e
    size = SIZES.get(values["alg"])
    if size and len(public) != size:
        raise ValueError(f"key '{values['kid']}' is not {size} bytes")
    return Key(values["kid"], values["alg"], use, public, not_after)


@dataclass(frozen=True)
class Trust:
    """epoch of the last recovery, issued of the newest document; (0, 0) as provisioned."""

    keys: tuple
    epoch: int = 0
    issued: int = 0

    def find(self, kid, use, now):
        """None when it does not believe that key for that. now 0 = there is no valid clock."""
        for one in self.keys:
            over = now and one.not_after and now >= one.not_after
            if one.kid == kid and one.use == use and not over:
                return one
        return None

    def of(self, use):
        return tuple(k for k in self.keys if k.use == use)

    def edition(self):
        return self.epoch, self.issued

    def after(self, document, can):
        """The list from now on, and why the document was refused: empty when it was not."""
        edition = document.epoch, document.issued
        if edition == self.edition():
            return self, ""
        if document.recovery:
            later = document.epoch > self.epoch
        else:
            later = document.epoch == self.epoch and document.issued > self.issued
        if not later:
            return self, "REPLAYED"
        listed = Trust(tuple(k for k in document.keys if can(k.alg)))
        if not listed.of("command"):
            return self, "UNSUPPORTED"
        old, fresh = self.of("recovery"), listed.of("recovery")
        # A thief of a command key must not get rid of the recovery key.
        recovery = fresh if not old or (document.recovery and fresh) else old
        return Trust(listed.of("command") + recovery, *edition), ""

    def values(self):
        return {"keys": [k.values() for k in self.keys], "epoch": self.epoch, "issued": self.issued}


def trust(values):
    return Trust(tuple(map(key, values["keys"])), values["epoch"], values["issued"])
