"""From words to sound: tones, speech, audio by URL; and where the sound goes."""
import array
import math
import os
import shlex
import subprocess
import sys
import tempfile
import time
import wave

from .signature import memory_folder

RATE = 22_050
RENDER_SECONDS = 60


class Unplayable(Exception):
    """reason is one of the contract's codes."""

    def __init__(self, reason, note=""):
        super().__init__(f"{reason}: {note}")
        self.reason = reason
        self.note = note[:200]


class Clip:
    """Sixteen-bit mono sound."""

    def __init__(self, samples, rate):
        self.samples = samples
        self.rate = rate

    def seconds(self):
        return len(self.samples) / self.rate

    def first(self, seconds):
        return Clip(self.samples[: int(seconds * self.rate)], self.rate)

    def at(self, volume):
        if volume == 100:
            return self
        return Clip(array.array("h", (s * volume // 100 for s in self.samples)), self.rate)

    def write(self, path):
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            samples = self.samples
            if sys.byteorder == "big":
                samples = samples[:]
                samples.byteswap()
            file.writeframes(samples.tobytes())

    @staticmethod
    def read(path):
        """A PCM WAV file of 8 or 16 bits; of several channels the first."""
        try:
            with wave.open(path, "rb") as file:
                width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
                octets = file.readframes(file.getnframes())
        except (wave.Error, EOFError) as e:
            raise Unplayable("NO_SOUND", f"not a PCM WAV file: {e}") from e
        if width == 1:
            samples = array.array("h", ((o - 128) << 8 for o in octets))
        elif width == 2:
            samples = array.array("h", octets[: len(octets) // 2 * 2])
            if sys.byteorder == "big":
                samples.byteswap()
        else:
            raise Unplayable("NO_SOUND", f"a WAV file of {width * 8} bits")
        return Clip(samples[::channels], rate)


def tone(hertz, rate, amplitude=0.8):
    """A sound whose pitch, hertz(second), may change; a list of pitches."""
    phase, samples = 0.0, array.array("h")
    for pitch in hertz:
        phase += 2 * math.pi * pitch / rate
        samples.append(int(32_767 * amplitude * math.sin(phase)))
    return samples


def siren(name, rate):
    """The pattern before the words; nothing where the name is not known."""
    def pitches(seconds, pitch):
        return [pitch(n / rate) for n in range(int(seconds * rate))]

    if name == "alert":
        return tone(pitches(3, lambda t: 880 if t % 1 < 0.5 else 660), rate)
    if name == "evacuate":
        return tone(pitches(4, lambda t: 400 + 600 * (t % 0.8) / 0.8), rate)
    if name == "all-clear":
        return tone(pitches(3, lambda t: 440), rate)
    return array.array("h")


class Studio:
    """Renders what a command wants to sound like, once for all its repeats."""

    def __init__(self, speech, library):
        self.speech = shlex.split(speech)
        self.library = library

    def can_speak(self):
        return any(
            os.access(os.path.join(folder, self.speech[0]), os.X_OK)
            for folder in os.get_exec_path() + [""]
        )

    def render(self, body):
        """Raises Unplayable. An empty clip means that there is nothing to sound."""
        words, note = None, ""
        if body.audio:
            try:
                words = self.library.clip(body.audio, body.sha256)
            except Unplayable as e:
                # The text is signed like the rest: spoken words are better than silence.
                if not body.text or not self.can_speak():
                    raise
                note = f"{e}; spoke the text"[:200]
        if words is None and body.text:
            words = self.speak(body.text)
        if words is None:
            tested = body.kind == "TEST"
            words = Clip(tone([1000] * RATE, RATE) if tested else array.array("h"), RATE)
        return Clip(siren(body.siren, words.rate) + words.samples, words.rate), note

    def speak(self, text):
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            out, words = os.path.join(folder, "out.wav"), os.path.join(folder, "words.txt")
            with open(words, "w", encoding="utf-8") as file:
                file.write(text)
            command = [part.replace("{out}", out).replace("{text}", words) for part in self.speech]
            try:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=RENDER_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as e:
                raise Unplayable("NO_SPEECH", str(e)) from e
            if done.returncode or not os.path.exists(out):
                raise Unplayable("NO_SPEECH", done.stderr.decode(errors="replace").strip())
            clip = Clip.read(out)
            if not clip.samples:
                raise Unplayable("NO_SPEECH", "the speech program made no sound")
            return clip


class Horn:
    """Sound goes to a program such as aplay; {} is the file."""

    speed = 1.0

    def __init__(self, player):
        self.player = shlex.split(player)

    def play(self, clip, name, stop, longest):
        """Seconds that sounded: less than the clip's when stop was set, or after longest."""
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            path = os.path.join(folder, "sound.wav")
            clip.first(longest).write(path)
            command = [part.replace("{}", path) for part in self.player]
            begun = time.monotonic()
            try:
                player = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                )
            except OSError as e:
                raise Unplayable("NO_SOUND", str(e)) from e
            with player:
                while player.poll() is None and not stop.wait(0.02):
                    if time.monotonic() - begun > clip.seconds() + 30:
                        player.kill()
                        raise Unplayable("NO_SOUND", f"{command[0]} hangs")
                if player.poll() is None:
                    player.terminate()
                    try:
                        player.wait(1)
                    except subprocess.TimeoutExpired:
                        player.kill()
                took = time.monotonic() - begun
                length = min(clip.seconds(), longest)
                if not stop.is_set():
                    if player.wait():
                        why = player.stderr.read(1000).decode(errors="replace").strip()
                        raise Unplayable("NO_SOUND", f"{command[0]}: {why}")
                    if took < length / 2 - 0.5:
                        raise Unplayable("NO_SOUND", f"{command[0]} was done after {took:.1f} s")
                    return length
                return min(took, length)


class Recorder:
    """Sound goes to numbered WAV files, for tests; speed shortens the waits."""

    def __init__(self, folder, speed):
        self.folder = folder
        self.speed = speed
        self.count = 0

    def play(self, clip, name, stop, longest):
        length = min(clip.seconds(), longest * self.speed)
        begun = time.monotonic()
        if stop.wait(length / self.speed):
            length = min(length, (time.monotonic() - begun) * self.speed)
        self.count += 1
        clip.first(length).write(os.path.join(self.folder, f"{self.count:03}-{name}.wav"))
        return length
