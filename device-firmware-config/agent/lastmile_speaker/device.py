"""The loudspeaker: obeys in the contract's order of checks, answers, says how it is."""
import json
import os
import random
import secrets
import select
import socket
import sys
import threading
import time

from . import FIRMWARE, quiet
from .command import Body, Floor, KeyList, opened
from .memory import Known
from .mqtt import Broken, Connection, message, topic
from .player import AUDIBLE, Player
from .sound import Unplayable

PATIENCE = 20
LARGEST_STATE = 1024
PRELOAD_SECONDS = 300


class Device:
    def __init__(self, bundle, memory, verifier, clock, studio, horn, sensor, settings):
        self.bundle = bundle
        self.memory = memory
        self.verifier = verifier
        self.clock = clock
        self.settings = settings
        self.trust = bundle.trust
        if memory.trust and memory.provisioned == bundle.trust:
            self.trust = memory.trust  # a new bundle is a new beginning
        self.session = 0
        self.new_boot(settings.boot)
        self.floored = False
        self.restate = False  # its state has changed: said when that is saved
        self.storage = ""
        self.considering = False  # then what is answered is saved with the rest, in a moment
        self.connection = None
        self.packet_id = 0
        self.flying = {}
        self.failures = 0
        self.stopping = threading.Event()
        self.wake_end, self.wake_start = socket.socketpair()
        self.wake_end.setblocking(False)
        self.wake_start.setblocking(False)
        self.actions = None
        self.studio = studio
        if settings.wav:
            self.actions = open(os.path.join(settings.wav, "actions.jsonl"), "a", encoding="utf-8")
        self.preloading = threading.Lock()
        self.player = Player(self, studio, horn, sensor)

    # What the player asks.

    def volume(self):
        return min(self.settings.volume, self.memory.config.get("volume", 100))

    def muted(self):
        """A file named muted in the state folder: what a switch on the box makes and removes."""
        return os.path.exists(os.path.join(self.memory.folder, "muted"))

    def answer(self, known, outcome, **facts):
        """To every delivery that asked for it; kept before it is sent."""
        with self.memory.lock:
            facts = {k: v for k, v in facts.items() if v != ""}
            known.last = {"outcome": outcome, "at": self.clock.at(), **facts}
            for delivery in known.ids:
                self.memory.post(receipt(delivery, known.content, known.last))
            self.memory.dirty |= outcome != "playing"  # to have begun is not worth the wear
            if not self.considering:
                self.keep()
        self.wake()

    def busy(self, known):
        """Not obeyed and not remembered: whoever brings it again is heard anew."""
        with self.memory.lock:
            self.memory.forget(known)
            self.answer(known, "refused", reason="BUSY")

    def tested(self, outcome, heard):
        with self.memory.lock:
            self.memory.test = {"at": self.clock.at(), "outcome": outcome}
            if heard is not None:
                self.memory.test["heard"] = heard
            self.memory.dirty = True
            if not self.considering:
                self.keep()
        self.restate = True
        self.wake()

    def keep(self):
        with self.memory.lock:
            self.considering = False
            if self.memory.dirty:
                try:
                    self.memory.save()
                    self.storage = ""
                except OSError as e:  # a full disk must not silence it
                    self.storage = "STORAGE"
                    self.say(f"memory could not be saved: {e}")

    def act(self, what, content, **facts):
        if self.actions:
            line = {"t": round(time.monotonic(), 3), "do": what, "content": content, **facts}
            self.actions.write(json.dumps(line) + "\n")
            self.actions.flush()

    # The checks.

    def consider(self, payload):
        it = opened(payload, self.verifier, self.trust, self.clock.at())
        if it.reason:
            return self.refuse(it, it.reason, it.note)
        if isinstance(it.body, Floor):
            return self.take_floor(it)
        if isinstance(it.body, KeyList):
            return self.take_keys(it)
        body = it.body
        if not body.is_for(self.bundle.device, self.bundle.code, self.groups()):
            return self.refuse(it, "NOT_FOR_ME")
        if self.needs_floor():
            self.restate = True
            return self.refuse(it, "NO_FLOOR")
        with self.memory.lock:
            known = self.memory.known(body.content)
            if known and not again(known, it.id) and not self.dropped(body, known, it.id):
                known.asked_by(it.id)
                self.memory.post(receipt(it.id, known.content, known.last))
                self.memory.stale = True
                return None
            reason = self.memory.refusal(body)
            if reason:
                return self.refuse(it, reason)
            self.clock.issued(body.issued)
            if self.clock.valid() and self.clock.now() >= body.not_after:
                self.say(f"{body.content}: expired")
                at = {"outcome": "expired", "at": self.clock.at()}
                self.memory.post(receipt(it.id, body.content, at))
                return None
            known = self.memory.accept(body)
            known.ids = [it.id]
            if body.kind in ("CONFIG", "REPORT"):
                self.configure(body)
                self.answer(known, "done")
            else:
                self.answer(known, "received")
        self.say(f"{body.content}: {body.kind} accepted")
        self.act("accept", body.content, kind=body.kind, priority=body.priority)
        if body.kind == "PRELOAD":
            threading.Thread(target=self.preload, args=(known, body), daemon=True).start()
        elif body.kind not in ("CONFIG", "REPORT"):
            self.player.obey(known, body)
        return None

    def refuse(self, it, reason, note=""):
        self.say(f"refused {reason} {note}".rstrip())
        self.act("refuse", it.content, reason=reason)
        facts = {"outcome": "refused", "reason": reason, "at": self.clock.at()}
        if note:
            facts["note"] = note
        self.memory.post(receipt(it.id, it.content, facts))

    def configure(self, body):
        if body.kind == "CONFIG":
            self.memory.config = {**self.memory.config, **body.config}
            self.memory.configured = body.content
        self.restate = True

    def groups(self):
        return self.memory.config.get("groups", self.bundle.groups)

    def preload(self, known, body):
        with self.preloading:  # one at a time: it is never urgent
            try:
                self.studio.library.fetch(body.audio, body.sha256, PRELOAD_SECONDS)
                self.answer(known, "done")
            except Unplayable as e:
                self.answer(known, "failed", reason=e.reason, note=e.note)
            except Exception as e:  # whatever it was, it has an answer
                self.answer(known, "failed", reason="INTERNAL", note=repr(e))

    def dropped(self, body, known, delivery):
        """A clip that it said it keeps, and had to make room of since, is fetched again."""
        told_again = body.kind == "PRELOAD" and delivery not in known.ids
        return told_again and known.last["outcome"] == "done" and not self.studio.library.keeps(body.sha256)

    # Floor and keys.

    def new_boot(self, name=""):
        self.boot = name or secrets.token_hex(16)
        self.boot_at = time.monotonic()

    def needs_floor(self):
        """A device that can't know what is old is told, if its gateway can tell."""
        blind = not self.clock.valid() or not self.memory.has_history()
        return self.bundle.floor and not self.floored and blind

    def take_floor(self, it):
        floor = it.body
        if floor.device != self.bundle.device:
            return self.refuse(it, "NOT_FOR_ME")
        if floor.boot != self.boot:
            return self.refuse(it, "REPLAYED", "a floor for another boot")
        with self.memory.lock:
            self.clock.told(floor.now)
            self.memory.raise_floor(floor.place, floor.ended)
            self.memory.dirty = True
        self.floored = True
        self.restate = True
        self.say(f"floor {floor.place}")
        self.act("floor", "", epoch=floor.place[0], seq=floor.place[1])
        return None

    def take_keys(self, it):
        trust, reason = self.trust.after(it.body, self.verifier.can)
        if reason:
            return self.refuse(it, reason)
        self.restate = True
        if trust is self.trust:
            return None
        with self.memory.lock:
            self.trust = self.memory.trust = trust
            self.memory.provisioned = self.bundle.trust
            if it.body.recovery:
                self.memory.begin_anew((it.body.epoch, it.body.seq_floor))
            self.memory.dirty = True
        self.say(f"trusts {', '.join(k.kid for k in trust.keys)}")
        self.act("keys", it.content, epoch=trust.epoch, issued=trust.issued)
        return None

    # The wire.

    def run(self):
        for known in self.memory.unfinished():
            self.answer(known, "failed", reason="INTERNAL", note="power was lost before the end")
        while not self.stopping.is_set():
            try:
                self.session = secrets.randbelow(1 << 31)
                will = json.dumps(self.offline("will")).encode()
                self.connection = Connection(
                    self.bundle, will, self.settings.keep_alive, self.clock.valid()
                )
                self.failures = 0
                self.serve(self.connection)
            except Broken as e:
                self.say(f"{self.bundle.host}:{self.bundle.port}: {e}")
            finally:
                if self.connection:
                    self.connection.close()
                self.connection = None
                self.flying.clear()
                self.keep()
            if not self.stopping.is_set():
                self.stopping.wait(self.retry_delay())
        self.memory.dirty |= self.memory.stale
        self.keep()

    def retry_delay(self):
        """Doubles up to a minute, so spread that a village does not come back in one second."""
        seconds = min(60, self.settings.retry * 2 ** min(self.failures, 10))
        self.failures += 1
        return seconds * random.uniform(0.5, 1.5)

    def serve(self, connection):
        self.say(f"connected to {self.bundle.host}:{self.bundle.port}")
        self.state(connection, "birth")
        beat = time.monotonic()
        while not self.stopping.is_set():
            self.flush(connection)
            wait = max(0, min(1, beat + self.heartbeat() - time.monotonic()))
            packets = connection.packets(wait, self.wake_end)
            with self.memory.lock:
                self.considering = bool(packets)
            done = [self.receive(first, body) for first, body in packets]
            self.keep()
            for packet_id in filter(None, done):
                connection.acknowledge(packet_id)
            self.drain()
            if self.needs_floor() and time.monotonic() > self.boot_at + self.settings.floor_patience:
                self.new_boot()
                self.restate = True
            self.test_itself()
            if self.restate or time.monotonic() >= beat + self.heartbeat():
                beat = time.monotonic()
                self.restate = False
                self.state(connection, "heartbeat")
                self.memory.dirty |= self.memory.stale
                self.keep()
            connection.keep()
        self.send(connection, "state", self.offline("bye"), retain=True)
        connection.close(politely=True)

    def heartbeat(self):
        return self.memory.config.get("heartbeat", self.settings.heartbeat)

    def test_itself(self):
        """By its own timetable: a tone in the quiet time that a CONFIG has named."""
        now = quiet.due(self.memory.config, self.bundle.device, self.clock.now())
        if not now or now == self.memory.tested or not self.clock.valid() or self.player.at_work():
            return
        with self.memory.lock:
            self.memory.tested = now
            self.memory.dirty = True
            self.keep()
        until = int(self.clock.now()) + 60
        self.act("test", "self-test")
        self.player.obey(Known("self-test", (0, 0), "", 0), Body.own_test(AUDIBLE, until))

    def receive(self, first, body):
        """The packet id to acknowledge when memory is saved; 0 = none."""
        if first & 0xF0 == 0x30:
            where, packet_id, payload, retained = message(first, body)
            if where == topic(self.bundle.device, "cmd") and not retained:
                try:
                    self.consider(payload)
                except Exception as e:  # one bad command must not silence the device
                    self.say(f"a command could not be considered: {e!r}")
            return packet_id
        if first & 0xF0 == 0x40:
            kept = self.flying.pop(int.from_bytes(body[:2], "big"), None)
            if kept and kept[0]:
                self.memory.acknowledged(kept[0])
        return 0

    def flush(self, connection):
        """Every receipt that is not on its way, or has been for too long."""
        now = time.monotonic()
        with self.memory.lock:
            due = list(self.memory.outbox)
        on_their_way = [kept[0] for kept in self.flying.values()]
        for packet_id, (kept, sent) in list(self.flying.items()):
            if now - sent > PATIENCE:
                if kept is None:
                    del self.flying[packet_id]
                    continue
                self.flying[packet_id] = kept, now
                connection.publish(
                    topic(self.bundle.device, "rcpt"), octets(kept), packet_id, again=True
                )
        for kept in due:
            if not any(kept is flying for flying in on_their_way):
                self.send(connection, "rcpt", kept, kept=kept)

    def send(self, connection, what, values, retain=False, kept=None):
        self.packet_id = self.packet_id % 65_535 + 1
        self.flying[self.packet_id] = kept, time.monotonic()
        connection.publish(
            topic(self.bundle.device, what), octets(values), self.packet_id, retain=retain
        )

    def state(self, connection, kind):
        epoch, seq = self.memory.highest()
        state = {
            "v": 1,
            "type": kind,
            "session": self.session,
            "at": self.clock.at(),
            "uptime": int(float(first_line("/proc/uptime", "0").split()[0])),
            "volume": self.volume(),
            "muted": self.muted(),
            "model": self.bundle.model,
            "firmware": FIRMWARE,
            "seen": {"epoch": epoch, "seq": seq},
        }
        degrees = first_line("/sys/class/thermal/thermal_zone0/temp", "")
        if degrees.lstrip("-").isdigit():
            state["temperature"] = int(degrees) / 1000
        fault = self.player.fault or self.storage or ("" if self.studio.can_speak() else "NO_SPEECH")
        if fault:
            state["fault"] = fault
        if self.bundle.floor:
            state["boot"] = self.boot
            if self.needs_floor():
                state["needs"] = "floor"
        state.update(self.kept())
        if len(octets(state)) > LARGEST_STATE:
            del state["groups"]
        self.send(connection, "state", state, retain=True)

    def kept(self):
        """Of what it keeps, what the gateway wants to know."""
        memory = self.memory
        kept = {"groups": list(self.groups())}
        if memory.obeyed:
            kept["last"] = memory.obeyed
        if memory.configured:
            kept["config"] = memory.configured
        if memory.test:
            kept["test"] = memory.test
        # Said only when a power cut can't undo it.
        if self.trust.edition() == memory.saved_edition != (0, 0):
            kept["trust"] = {"epoch": self.trust.epoch, "issued": self.trust.issued}
        return kept

    def offline(self, reason):
        return {"v": 1, "type": "offline", "session": self.session, "reason": reason}

    def stop(self):
        self.stopping.set()
        self.wake()

    def wake(self):
        try:
            self.wake_start.send(b".")
        except BlockingIOError:
            return  # it has not yet seen the last hundred thousand: it will wake

    def drain(self):
        if select.select([self.wake_end], [], [], 0)[0]:
            self.wake_end.recv(65_536)

    def say(self, words):
        print(f"{self.bundle.device}: {words}", file=sys.stderr, flush=True)


def again(known, delivery):
    """A new delivery of what failed, or of what nobody can have heard, is tried again."""
    last = known.last
    unheard = last["outcome"] == "played" and (
        last.get("muted") or last.get("volume", 0) < AUDIBLE or last.get("heard") is False
    )
    return delivery not in known.ids and (last["outcome"] == "failed" or unheard)


def receipt(delivery, content, facts):
    if "note" in facts:  # it may hold what somebody else wrote
        shown = "".join(c if c.isprintable() else " " for c in facts["note"])
        facts = {**facts, "note": shown[:200]}
    return {"v": 1, "id": delivery, "content": content, **facts}


def octets(values):
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def first_line(path, otherwise):
    try:
        with open(path, encoding="ascii") as file:
            return file.readline().strip()
    except OSError:
        return otherwise  # not every machine has it
