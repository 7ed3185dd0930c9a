"""What provisioning gave this device: device.json, or the same as OpenWrt's UCI."""
import json
import os
import re
import shlex

from .trust import SIZES, Trust, key


class BadBundle(Exception):
    """The bundle can't be used; the message says what is wrong with it."""


class Bundle:
    def __init__(self, values, folder):
        problems = []

        def need(name, kind):
            value = values.get(name)
            if not isinstance(value, kind) or value in ("", [], {}):
                problems.append(f"'{name}' is missing or not a {kind.__name__}")
                return kind()
            return value

        if values.get("contract") != 1:
            problems.append("'contract' is not 1: this program speaks version 1")
        self.device = need("device", str)
        self.password = need("password", str)
        server = need("server", dict)
        self.host = server.get("host", "")
        self.port = server.get("port", 0)
        self.tls = server.get("tls") is True
        self.ca = os.path.join(folder, server["ca"]) if server.get("ca") else None
        self.code = str(values.get("code", ""))
        self.groups = tuple(dict.fromkeys(values.get("groups", [])))
        self.floor = values.get("floor") is True
        self.model = str(values.get("model") or "LastMile agent")[:64]
        keys = []
        for line in need("keys", list):
            try:
                one = key(line)
            except (ValueError, KeyError, TypeError) as e:
                problems.append(f"a key that is none: {e}")
                continue
            if one.alg in SIZES:  # one of another algorithm verifies nothing
                keys.append(one)
        self.trust = Trust(tuple(keys))
        if not self.host or not isinstance(self.port, int) or not 0 < self.port < 65536:
            problems.append("'server' has no host, or no port from 1 to 65535")
        if not self.trust.of("command"):
            problems.append("no key for commands: every command would be refused")
        if self.ca and not os.path.isfile(self.ca):
            problems.append(f"{self.ca} is not there")
        if problems:
            raise BadBundle("; ".join(problems))

    @staticmethod
    def read(path):
        """A bundle's folder, its device.json, or its device.uci (OpenWrt: /etc/config/lastmile)."""
        if os.path.isdir(path):
            path = os.path.join(path, "device.json")
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            values = json.loads(text) if text.lstrip().startswith("{") else from_uci(text)
            return Bundle(values, os.path.dirname(os.path.abspath(path)))
        except (OSError, ValueError, AttributeError, TypeError) as e:
            raise BadBundle(f"{path}: {e}") from e
        except BadBundle as e:
            raise BadBundle(f"{path}: {e}") from e


def from_uci(text):
    options, lists = {}, {}
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if len(words) == 3 and words[0] == "option":
            options[words[1]] = words[2]
        elif len(words) == 3 and words[0] == "list":
            lists.setdefault(words[1], []).append(words[2])
    keys = []
    for line in lists.get("key", []):
        kid, alg, use, public = re.split(r"\s+", line)
        keys.append({"kid": kid, "alg": alg, "use": use, "public": public})
    return {
        "contract": int(options.get("contract", "0")),
        "device": options.get("device"),
        "password": options.get("password"),
        "server": {
            "host": options.get("host", ""),
            "port": int(options.get("port", "0")),
            "tls": options.get("tls") == "1",
            "ca": options.get("ca", ""),
        },
        "code": options.get("code", ""),
        "groups": lists.get("group", []),
        "keys": keys,
        "floor": options.get("floor") == "1",
        "model": options.get("model", ""),
    }
