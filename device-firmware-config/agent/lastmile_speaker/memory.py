"""What must survive a power cut: accepted commands, what they ended, receipts not acknowledged."""
import json
import os
import threading

from .trust import trust

WINDOW = 64
ENDED = 256
OUTBOX = 64
IDS = 8


class Known:
    """An accepted command: its last outcome, and the delivery ids that asked for it."""

    def __init__(self, content, place, about, issued, ids=(), last=None):
        self.content = content
        self.place = tuple(place)
        self.about = about
        self.issued = issued
        self.ids = list(ids)
        self.last = last or {"outcome": "received"}

    def asked_by(self, delivery):
        if delivery not in self.ids:
            self.ids = (self.ids + [delivery])[-IDS:]


class Memory:
    """In one file that is replaced as a whole. The caller saves before it answers."""

    def __init__(self, folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.folder = folder
        self.file = os.path.join(folder, "memory.json")
        self.lock = threading.RLock()
        self.window = {}
        self.placeless = []  # contents whose place a recovery took away
        self.ended = []
        self.outbox = []
        self.floor = (0, 0)
        self.trust = None  # as documents have made it; None = as provisioned
        self.provisioned = None  # the list that was the bundle's then
        self.saved_edition = (0, 0)
        self.config = {}
        self.configured = ""
        self.obeyed = ""
        self.test = None
        self.tested = 0  # the quiet time in which it tested itself last
        self.broken = ""
        self.dirty = False  # must be saved before anything is answered
        self.stale = False  # worth saving one day
        self.load()

    def load(self):
        try:
            with open(self.file, encoding="utf-8") as file:
                kept = json.load(file)
            for k in kept["window"]:
                known = Known(**k)
                self.window[known.place] = known
            self.placeless = [Known(**k) for k in kept.get("placeless", [])]
            self.ended, self.outbox = kept["ended"], kept["outbox"]
            self.floor = tuple(kept["floor"])
            if kept.get("trust"):
                self.trust = trust(kept["trust"])
                self.provisioned = trust(kept["provisioned"])
                self.saved_edition = self.trust.edition()
            self.config = kept.get("config", {})
            self.configured, self.obeyed = kept.get("configured", ""), kept.get("obeyed", "")
            self.test, self.tested = kept.get("test"), kept.get("tested", 0)
        except FileNotFoundError:
            return  # the first start
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
            # Better a device without history, which then asks for a floor, than none at all.
            self.broken = str(e)
            os.replace(self.file, self.file + ".broken")

    def save(self):
        with self.lock:
            kept = {
                "window": [vars(k) for k in self.window.values()],
                "placeless": [vars(k) for k in self.placeless],
                "ended": self.ended,
                "outbox": self.outbox,
                "floor": self.floor,
                "trust": self.trust and self.trust.values(),
                "provisioned": self.provisioned and self.provisioned.values(),
                "config": self.config,
                "configured": self.configured,
                "obeyed": self.obeyed,
                "test": self.test,
                "tested": self.tested,
            }
            fresh = self.file + ".new"
            with open(fresh, "w", encoding="utf-8", opener=private) as file:
                json.dump(kept, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self.file)
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            self.dirty = self.stale = False
            self.saved_edition = self.trust.edition() if self.trust else (0, 0)

    def has_history(self):
        return bool(self.window or self.placeless) or any(self.floor)

    def all(self):
        return [*self.window.values(), *self.placeless]

    def known(self, content):
        return next((k for k in self.all() if k.content == content), None)

    def refusal(self, body):
        """REPLAYED, SUPERSEDED, or empty when neither."""
        same = self.window.get(body.place)
        full = len(self.window) >= WINDOW
        if (
            (same and same.content != body.content)
            or (full and body.place < min(self.window))
            or body.place <= self.floor
        ):
            return "REPLAYED"
        overtaken = body.about and any(
            k.about == body.about and k.issued > body.issued for k in self.all()
        )
        return "SUPERSEDED" if overtaken or body.content in self.ended else ""

    def accept(self, body):
        """Also what is known already: it has a new place then."""
        known = self.known(body.content) or Known(body.content, body.place, body.about, body.issued)
        self.forget(known)
        known.place = body.place
        self.window[body.place] = known
        if len(self.window) > WINDOW:
            del self.window[min(self.window)]
        self.end(sorted(body.supersedes))
        self.obeyed = body.content
        return known

    def forget(self, known):
        """As if it had never come."""
        if self.window.get(known.place) is known:
            del self.window[known.place]
        if known in self.placeless:
            self.placeless.remove(known)

    def end(self, contents):
        self.ended = ([e for e in self.ended if e not in contents] + list(contents))[-ENDED:]

    def raise_floor(self, place, ended):
        self.floor = max(self.floor, place)
        self.end(ended)

    def begin_anew(self, place):
        """After a recovery places begin anew, even lower; contents stay known."""
        self.floor = place
        self.placeless = self.all()[:WINDOW]
        self.window = {}

    def highest(self):
        return max(self.window, default=(0, 0))

    def unfinished(self):
        """Commands whose play a power cut has ended."""
        return [k for k in self.all() if k.last["outcome"] in ("received", "playing")]

    # Receipts that the server has not acknowledged.

    def post(self, receipt):
        with self.lock:
            self.outbox = (self.outbox + [receipt])[-OUTBOX:]

    def acknowledged(self, receipt):
        with self.lock:
            if receipt in self.outbox:
                self.outbox.remove(receipt)
                self.stale = True


def private(path, flags):
    return os.open(path, flags, 0o600)
