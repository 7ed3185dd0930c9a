"""What an installer wants to know before leaving: does it verify, speak, sound and connect?"""
import json
import threading

from .clock import Clock
from .mqtt import Broken, Connection
from .sound import RATE, Clip, Unplayable, tone
from .trust import Key

# RFC 8032 section 7.1, TEST 2: a signature that must be right.
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNED = bytes.fromhex("72")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def check(bundle, verifier, studio, horn, sensor):
    """0 when everything works; says each thing on a line of its own."""
    print(f"ok       bundle of {bundle.device} for {bundle.host}:{bundle.port}")
    bad = 0

    def verify():
        test = Key("test", "Ed25519", "command", PUBLIC)
        if not verifier.is_right(test, SIGNED, SIGNATURE):
            raise RuntimeError("a right signature is called wrong")
        if verifier.is_right(test, SIGNED + b"x", SIGNATURE):
            raise RuntimeError("a wrong signature is called right")
        lacking = {k.alg for k in bundle.trust.keys if not verifier.can(k.alg)}
        if lacking:
            raise RuntimeError(f"this box can't check {', '.join(sorted(lacking))}")

    def sound(clip):
        horn.play(clip, "check", threading.Event(), clip.seconds())

    def listen():
        clip = Clip(tone([660] * 3 * RATE, RATE), RATE)
        with sensor.listen(clip.seconds() / horn.speed, threading.Event()) as ear:
            sound(clip)
        if not ear.heard:
            raise RuntimeError("it heard nothing" if ear.heard is False else "it does not answer")

    def connect():
        # Under the device's own id: do not run it beside the service.
        will = json.dumps({"v": 1, "type": "offline", "session": 0, "reason": "bye"}).encode()
        Connection(bundle, will, 30, Clock().valid()).close(politely=True)

    trials = [
        ("signatures", verify),
        ("tone", lambda: sound(Clip(tone([660] * RATE, RATE), RATE))),
        ("speech", lambda: sound(studio.speak("喇叭测试"))),
        ("connection", connect),
    ]
    if sensor.command:
        trials.insert(3, ("sensor", listen))
    for name, trial in trials:
        try:
            trial()
            print(f"ok       {name}")
        except (Unplayable, Broken, RuntimeError, OSError) as e:
            bad = 1
            print(f"problem  {name}: {e}")
    return bad
