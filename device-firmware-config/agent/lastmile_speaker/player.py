"""Who may sound: a higher priority interrupts, an equal one waits, updates and lifts end others."""
import threading

from .sensor import Heard
from .sound import Unplayable

QUEUE = 8
AUDIBLE = 30
FOR_EVER = 365 * 86_400


class Item:
    def __init__(self, known, body, order):
        self.known = known
        self.body = body
        self.order = order
        self.clip = None
        self.note = ""
        self.repeats = 0
        self.seconds = 0.0
        self.begun = False
        self.heard = Heard()
        self.verdict = None  # why it must stop sounding: INTERRUPTED or a reason

    def rank(self):
        return self.body.priority, self.order

    def so_far(self):
        return {"seconds": round(self.seconds, 1), "repeats": self.repeats}


class Player:
    """device: clock, volume(), muted(), answer(known, outcome, **facts), busy(known),
    tested(outcome, heard), act(what, content, **facts)."""

    def __init__(self, device, studio, horn, sensor):
        self.device = device
        self.studio = studio
        self.horn = horn
        self.sensor = sensor
        self.changed = threading.Condition()
        self.preparing = []
        self.waiting = []
        self.current = None
        self.stop = threading.Event()
        self.orders = 0
        self.fault = ""
        threading.Thread(target=self.work, name="player", daemon=True).start()

    def obey(self, known, body):
        with self.changed:
            if body.kind in ("STOP", "LIFT"):
                whole = body.kind == "LIFT" or not body.supersedes
                self.end(
                    lambda b: b.content in body.supersedes
                    or (whole and body.about and b.about == body.about),
                    "STOPPED",
                )
            if body.kind == "STOP":
                self.device.answer(known, "stopped", reason="DONE", seconds=0, repeats=0)
                return
            self.orders += 1
            item = Item(known, body, self.orders)
            self.preparing.append(item)
            held = sorted(self.preparing + self.waiting, key=Item.rank)
            if len(held) > QUEUE:
                self.forget(held[-1])
                self.device.act("refuse", held[-1].body.content, reason="BUSY")
                self.device.busy(held[-1].known)
            if item in self.preparing:
                threading.Thread(target=self.prepare, args=(item,), daemon=True).start()

    def prepare(self, item):
        """Rendered first, so that what it replaces sounds until it can."""
        try:
            item.clip, item.note = self.studio.render(item.body)
            failure = None
        except Unplayable as e:
            failure = e
        except Exception as e:  # whatever it was, the others must still be heard
            failure = Unplayable("INTERNAL", repr(e))
        with self.changed:
            if item not in self.preparing:
                return
            self.preparing.remove(item)
            self.changed.notify_all()
            if failure or not item.clip.samples:
                self.broken(failure)
                self.silent(item, failure)
                return
            self.enter(item)

    def broken(self, failure):
        if failure and failure.reason in ("NO_SOUND", "NO_SPEECH"):
            self.fault = failure.reason

    def silent(self, item, failure):
        """Nothing of it can be heard."""
        if failure:
            self.device.act("fail", item.body.content, reason=failure.reason)
            self.answer(item, "failed", reason=failure.reason, note=failure.note)
        elif item.body.kind == "LIFT":
            self.device.answer(item.known, "stopped", reason="DONE", seconds=0, repeats=0)
        else:
            self.answer(item, "failed", reason="NO_SPEECH", note="no words, no siren")

    def enter(self, item):
        body = item.body
        if body.kind == "UPDATE":
            self.end(lambda b: b.content in body.supersedes, "SUPERSEDED")

        def rivals(b):
            return body.about and b.about == body.about and b.priority == body.priority

        others = self.waiting + ([self.current] if self.current else [])
        if any(rivals(o.body) and o.body.issued > body.issued for o in others):
            self.device.answer(item.known, "stopped", reason="SUPERSEDED", seconds=0, repeats=0)
            return
        self.end(lambda b: rivals(b) and b.issued < body.issued, "SUPERSEDED")
        self.waiting.append(item)
        current = self.current
        if current and current.verdict is None and body.priority < current.body.priority:
            current.verdict = "INTERRUPTED"
            self.stop.set()
        self.changed.notify_all()

    def end(self, which, reason):
        for item in list(self.waiting + self.preparing):
            if which(item.body):
                self.forget(item)
                self.device.act("end", item.body.content, reason=reason)
                self.device.answer(item.known, "stopped", reason=reason, **item.so_far())
        current = self.current
        if current and which(current.body):
            current.verdict = reason
            self.stop.set()

    def forget(self, item):
        for queue in (self.waiting, self.preparing):
            if item in queue:
                queue.remove(item)

    def stop_by_hand(self):
        with self.changed:
            current = self.current
            if current:
                self.end(lambda b: b is current.body, "BY_HAND")

    def at_work(self):
        with self.changed:
            return bool(self.current or self.waiting or self.preparing)

    # On the player's own thread.

    def work(self):
        while True:
            with self.changed:
                while (item := self.next()) is None:
                    self.changed.wait()
                self.waiting.remove(item)
                item.verdict = None
                self.stop.clear()
                self.current = item
            try:
                self.perform(item)
            except Unplayable as e:
                self.finish(item, "failed", reason=e.reason, note=e.note)
                self.broken(e)
            except Exception as e:  # the next one must still be heard
                self.finish(item, "failed", reason="INTERNAL", note=repr(e)[:200])

    def next(self):
        """The best that waits, unless a better one is nearly ready."""
        best = min(self.waiting, key=Item.rank, default=None)
        if best and any(p.body.priority < best.body.priority for p in self.preparing):
            return None
        return best

    def left(self, item):
        """Seconds until its last moment; for ever without a valid clock."""
        clock = self.device.clock
        return item.body.not_after - clock.now() if clock.valid() else FOR_EVER

    def perform(self, item):
        if self.left(item) <= 0:
            self.over(item)
            return
        content = item.body.content
        volume = min(item.body.volume, self.device.volume())
        muted = self.device.muted()
        clip = item.clip.at(0 if muted else volume)
        self.device.act("resume" if item.begun else "play", content, volume=volume, muted=muted)
        item.begun = True
        self.device.answer(item.known, "playing", volume=volume, muted=muted)
        while item.repeats < item.body.repeats and self.left(item) > 0 and not self.stop.is_set():
            self.device.act("repeat", content, number=item.repeats + 1)
            longest = self.left(item)
            seconds = min(clip.seconds() / self.horn.speed, longest)
            with self.sensor.listen(seconds, self.stop) as ear:
                sounded = self.horn.play(clip, content, self.stop, longest)
            item.seconds += sounded
            if self.stop.is_set() or self.left(item) <= 0:
                break
            item.repeats += 1
            item.heard.add(ear)
            unheard = item.heard.heard is False and not muted and volume >= AUDIBLE
            self.fault = "NO_SOUND" if unheard else ""
            if item.repeats < item.body.repeats:
                self.stop.wait(min(item.body.pause / self.horn.speed, max(0, self.left(item))))
        item.told = {"volume": volume, "muted": muted}
        with self.changed:
            verdict = item.verdict
            if verdict == "INTERRUPTED" and item.repeats < item.body.repeats:
                self.device.act("interrupt", content, **item.so_far())
                self.waiting.append(item)
                self.current = None
                return
        if verdict and verdict != "INTERRUPTED":
            self.finish(item, "stopped", reason=verdict, **item.so_far())
        else:
            self.over(item)

    def over(self, item):
        """All repeats done, or its last moment has come."""
        if item.repeats == 0:
            self.finish(item, "expired")
            return
        note = {"note": item.note} if item.note else {}
        heard = item.heard.facts(self.sensor.kind)
        self.finish(item, "played", **item.so_far(), **item.told, **heard, **note)

    def finish(self, item, outcome, **facts):
        with self.changed:
            self.current = None
        self.answer(item, outcome, **facts)
        self.device.act("end", item.body.content, outcome=outcome, **facts)

    def answer(self, item, outcome, **facts):
        self.device.answer(item.known, outcome, **facts)
        if item.body.kind == "TEST" and outcome in ("played", "failed"):
            self.device.tested(outcome, facts.get("heard"))
