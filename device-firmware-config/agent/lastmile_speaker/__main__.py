"""The command line."""
import argparse
import os
import signal
import sys

from .audio import Library
from .bundle import BadBundle, Bundle
from .clock import Clock
from .device import Device
from .memory import Memory
from .sensor import Sensor
from .signature import Verifier
from .sound import Horn, Recorder, Studio


def options(arguments):
    parser = argparse.ArgumentParser(
        prog="lastmile-speaker",
        description="A village loudspeaker: connects, checks signed commands, speaks, answers.",
    )
    add = parser.add_argument
    add("--bundle", default="/etc/lastmile-speaker", help="provisioning bundle: folder, device.json or device.uci (%(default)s)")
    add("--state", default="/var/lib/lastmile-speaker", help="folder for what must survive a power cut (%(default)s)")
    add("--player", default="aplay -q {}", help="plays the WAV file {} (%(default)s)")
    add("--speech", default="espeak-ng -v cmn-latn-pinyin -s 150 -f {text} -w {out}", help="makes the WAV file {out} from the text file {text} (%(default)s)")
    add("--volume", type=int, default=100, help="the box's own knob, 0 to 100; bounds what commands ask for")
    add("--clock", choices=("auto", "trusted", "none"), default="auto", help="auto: valid when the kernel says it is kept in time; trusted: a battery-backed clock that was set; none")
    add("--decoder", default="", help="makes the WAV file {out} of the audio file {in}, for what is not WAV (ffmpeg or mpg123, where one is installed)")
    add("--cache", type=int, default=200, help="audio that is kept, megabytes (%(default)s)")
    add("--sensor", default="", help="listens for {seconds}, prints the level, ends with 0 = heard, 1 = nothing heard")
    add("--sensor-kind", choices=("microphone", "current"), default="microphone", help="what it is (%(default)s)")
    add("--heartbeat", type=float, default=30, help=argparse.SUPPRESS)
    add("--keep-alive", type=int, default=30, help=argparse.SUPPRESS)
    add("--retry", type=float, default=1, help=argparse.SUPPRESS)
    add("--floor-patience", type=float, default=300, help=argparse.SUPPRESS)
    tests = parser.add_argument_group("for tests")
    tests.add_argument("--wav", help="write sound to WAV files and actions.jsonl in this folder instead of playing it")
    tests.add_argument("--speed", type=float, default=1, help="with --wav: plays and pauses take that many times less")
    tests.add_argument("--now", type=float, help="start with this clock, Unix seconds")
    tests.add_argument("--boot", default="", help="the name of this boot instead of a random one")
    tests.add_argument("--verify", choices=("auto", "cryptography", "openssl"), default="auto", help="what checks signatures")
    add("--check", action="store_true", help="say whether bundle, speech and signatures work, play a tone, and end")
    return parser.parse_args(arguments)


def main(arguments=None):
    settings = options(arguments)
    settings.volume = min(100, max(0, settings.volume))
    try:
        bundle = Bundle.read(settings.bundle)
        verifier = Verifier(settings.verify)
        if not any(verifier.can(k.alg) for k in bundle.trust.of("command")):
            raise BadBundle("no key for commands of an algorithm that this box has: openssl without SM2?")
        memory = Memory(settings.state)
    except (BadBundle, OSError, RuntimeError) as e:
        print(f"lastmile-speaker: {e}", file=sys.stderr)
        return 1
    if settings.wav:
        os.makedirs(settings.wav, exist_ok=True)
        horn = Recorder(settings.wav, settings.speed)
    else:
        horn = Horn(settings.player)
    library = Library(os.path.join(settings.state, "audio"), settings.cache * 1_000_000, settings.decoder)
    studio = Studio(settings.speech, library)
    sensor = Sensor(settings.sensor, settings.sensor_kind)
    if settings.check:
        from .check import check

        return check(bundle, verifier, studio, horn, sensor)
    if memory.broken:
        print(f"memory was not readable and begins anew: {memory.broken}", file=sys.stderr)
    clock = Clock(settings.clock, settings.now)
    device = Device(bundle, memory, verifier, clock, studio, horn, sensor, settings)
    signal.signal(signal.SIGTERM, lambda *_: device.stop())
    signal.signal(signal.SIGINT, lambda *_: device.stop())
    signal.signal(signal.SIGUSR1, lambda *_: device.player.stop_by_hand())
    device.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
