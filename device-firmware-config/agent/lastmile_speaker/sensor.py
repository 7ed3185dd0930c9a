"""A microphone or a current sensor that says whether anything was heard."""
import math
import os
import shlex
import signal
import subprocess
import time

PATIENCE = 3


class Sensor:
    """A program that listens for {seconds}, prints the level, and ends with 0 = heard, 1 = nothing."""

    def __init__(self, command="", kind="microphone"):
        self.command = shlex.split(command)
        self.kind = kind

    def listen(self, seconds, stop):
        """For a with block in which it sounds; what was heard is known after it, unless stop is set."""
        if not self.command:
            return Deaf()
        return Ear([part.replace("{seconds}", f"{seconds:.1f}") for part in self.command], stop)


class Deaf:
    """There is no sensor, or it is broken: no evidence either way."""

    heard = level = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


class Ear(Deaf):
    def __init__(self, command, stop):
        self.command = command
        self.stop = stop
        self.process = None

    def __enter__(self):
        try:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            self.process = None  # the play is what counts; it goes without evidence
        return self

    def __exit__(self, *_):
        if self.process is None:
            return
        end = time.monotonic() + PATIENCE
        with self.process as process:
            while process.poll() is None and time.monotonic() < end and not self.stop.wait(0.02):
                pass
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # with all that its script has started
            os.set_blocking(process.stdout.fileno(), False)
            said = (process.stdout.read(1000) or b"").split()
        if process.returncode in (0, 1) and not self.stop.is_set():
            self.heard = process.returncode == 0
            self.level = number(said[0]) if said else None


class Heard:
    """All repeats of one play together."""

    def __init__(self):
        self.heard = self.level = None

    def add(self, ear):
        if ear.heard is not None:
            self.heard = bool(self.heard) or ear.heard
        if ear.level is not None:
            self.level = ear.level if self.level is None else max(self.level, ear.level)

    def facts(self, kind):
        if self.heard is None:
            return {}
        level = {} if self.level is None else {"level": self.level}
        return {"heard": self.heard, "sensor": kind, **level}


def number(word):
    try:
        value = float(word)
    except ValueError:
        return None  # a sensor that tells no level
    return value if math.isfinite(value) else None
