"""The first two checks of the contract: readable, and signed by a known key."""
import base64
import binascii
import json
import re
from dataclasses import dataclass, field

from .tree import signed_bytes
from .trust import MOST, key

LARGEST = 8192
LONGEST_TEXT = 1500
KINDS = ("WARN", "UPDATE", "LIFT", "STOP", "TEST", "NOTICE", "CONFIG", "REPORT", "PRELOAD")
MOST_GROUPS = 32
BOUNDS = {"volume": (0, 100), "heartbeat": (10, 60), "quietFrom": (0, 1439), "quietTo": (0, 1439)}
ID = re.compile(r"[A-Za-z0-9._-]{1,96}")
CONTENT = re.compile(r"[A-Za-z0-9._-]{1,64}")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Body:
    """What is signed: the same for every device that is told the same."""

    content: str
    kind: str
    about: str
    place: tuple
    priority: int
    issued: int
    not_after: int
    targets: tuple
    supersedes: frozenset
    text: str
    repeats: int
    pause: float
    volume: int
    siren: str
    audio: str
    sha256: str
    config: dict

    @staticmethod
    def own_test(volume, not_after):
        """What the device asks of itself."""
        return Body(
            "self-test", "TEST", "", (0, 0), 9, 0, not_after, (), frozenset(), "", 1, 0.0, volume,
            "", "", "", {},
        )

    def is_for(self, device, code, groups):
        return any(matches(target, device, code, groups) for target in self.targets)


@dataclass(frozen=True)
class Floor:
    """Signed time and lowest place in the sequence, for one device in one boot."""

    device: str
    boot: str
    now: int
    place: tuple
    ended: tuple


@dataclass(frozen=True)
class KeyList:
    """A keys or a recovery document: whom to believe from now on."""

    recovery: bool
    epoch: int
    issued: int
    keys: tuple
    seq_floor: int


@dataclass(frozen=True)
class Opened:
    """id and content are empty where they can't be read; reason is empty when both checks passed."""

    id: str = ""
    content: str = ""
    reason: str = ""
    note: str = ""
    body: object = field(default=None)


def levels(code):
    """An administrative code without the levels that are all zero."""
    if len(code) == 12:
        for zero in ("000", "000", "00", "00"):
            if not code.endswith(zero):
                break
            code = code[: -len(zero)]
    return code


def matches(target, device, code, groups):
    if target.startswith("device:"):
        return target == "device:" + device
    if re.fullmatch("[0-9]+", target):
        return code.startswith(levels(target))
    return target in groups


def opened(payload, verifier, trust, now):
    """now by the device's clock, 0 = it has no valid one."""
    try:
        if len(payload) > LARGEST:
            raise ValueError(f"{len(payload)} bytes")
        wrapper = json.loads(payload.decode())
        if not isinstance(wrapper, dict):
            raise ValueError("not an object")
    except (ValueError, RecursionError) as e:
        return Opened(reason="MALFORMED", note=str(e))
    name = wrapper.get("id")
    name = name if isinstance(name, str) and ID.fullmatch(name) else ""
    try:
        if type(wrapper.get("v")) is not int or wrapper["v"] != 1 or not name:
            raise ValueError("no version 1, or no id")
        signed = decoded(wrapper.get("body"))
        body = json.loads(signed.decode())
        content = body.get("content", "") if isinstance(body, dict) else None
        if content is None or type(body.get("v")) is not int or body["v"] != 1:
            raise ValueError("body is not version 1")
        if body.get("type") == "command" and not CONTENT.fullmatch(content):
            raise ValueError("body without a content id")
        signature = decoded(wrapper.get("sig", ""))
        under = signed_bytes(signed, decoded(wrapper.get("path", "")))
    except (ValueError, TypeError, RecursionError) as e:
        return Opened(id=name, reason="MALFORMED", note=str(e))
    shown = content if isinstance(content, str) and CONTENT.fullmatch(content) else ""
    kid = wrapper.get("kid")
    signer = trust.find(kid, "recovery" if body.get("type") == "recovery" else "command", now)
    if signer is None:
        return Opened(name, shown, "UNKNOWN_KEY", f"key {kid}")
    if not verifier.is_right(signer, under, signature):
        return Opened(name, shown, "BAD_SIGNATURE")
    try:
        return inside(name, shown, body)
    except (ValueError, TypeError, KeyError) as e:
        return Opened(name, shown, "MALFORMED", f"body: {e!r}"[:200])


def inside(name, content, body):
    """What a known key has signed."""
    if body.get("type") == "floor":
        ended = tuple(map(str, body.get("ended", [])))
        floor = Floor(body["device"], body["boot"], number(body, "now"), place(body), ended)
        return Opened(name, content, body=floor)
    if body.get("type") in ("keys", "recovery"):
        return Opened(name, content, body=key_list(body))
    if body.get("type") != "command" or body.get("kind") not in KINDS:
        return Opened(name, content, "UNSUPPORTED", f"{body.get('type')} {body.get('kind')}"[:200])
    if len(body["text"]) > LONGEST_TEXT:
        return Opened(name, content, "TOO_LONG")
    speech = body["speech"]
    sha256 = speech.get("sha256", "")
    if sha256 and not SHA256.fullmatch(sha256):
        raise ValueError("sha256")
    return Opened(
        name,
        content,
        body=Body(
            content,
            body["kind"],
            str(body.get("about", "")),
            place(body),
            number(body, "priority"),
            number(body, "issued"),
            number(body, "notAfter"),
            tuple(map(str, body["targets"])),
            frozenset(map(str, body.get("supersedes", []))),
            body["text"],
            max(1, number(speech, "repeats")),
            number(speech, "pauseMs") / 1000,
            min(100, number(speech, "volume")),
            str(speech.get("siren", "")),
            str(speech.get("audio", "")),
            sha256,
            settings(body) if body["kind"] == "CONFIG" else {},
        ),
    )


def key_list(body):
    recovery = body["type"] == "recovery"
    if not 0 < len(body["keys"]) <= MOST:
        raise ValueError(f"{len(body['keys'])} keys")
    return KeyList(
        recovery,
        number(body, "epoch"),
        number(body, "issued"),
        tuple(map(key, body["keys"])),
        number(body, "seqFloor") if recovery else 0,
    )


def settings(body):
    """Of a CONFIG what is known here; raises ValueError when that is out of bounds."""
    config = body["config"]
    kept = {}
    for name, (least, most) in BOUNDS.items():
        if name in config:
            if not least <= number(config, name) <= most:
                raise ValueError(f"{name} {config[name]}")
            kept[name] = config[name]
    if "groups" in config:
        groups = config["groups"]
        if not all(isinstance(g, str) for g in groups) or len(groups) > MOST_GROUPS:
            raise ValueError("groups")
        kept["groups"] = list(dict.fromkeys(groups))
    return kept


def place(body):
    return number(body, "epoch"), number(body, "seq")


def number(values, name):
    value = values[name]
    if type(value) is not int or value < 0:
        raise ValueError(f"{name} is not a whole number")
    return value


def decoded(text):
    if not isinstance(text, str):
        raise ValueError("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as e:
        raise ValueError(f"not base64: {e}") from e
