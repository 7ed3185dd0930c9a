"""Recorded audio: fetched once, checked against its hash, kept; whatever the file, it becomes a clip."""
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
import threading
import time

from .signature import memory_folder
from .sound import Clip, Unplayable

LARGEST = 20_000_000
FETCH_SECONDS = 20
DECODE_SECONDS = 60
TRIES = 3
DECODERS = (
    "ffmpeg -v error -nostdin -y -i {in} -f wav -c:a pcm_s16le -ac 1 {out}",
    "mpg123 -q -m -w {out} {in}",
)


class Library:
    """decoder makes the WAV file {out} of the file {in}; empty = ffmpeg or mpg123, if there is one."""

    def __init__(self, folder, bound, decoder=""):
        self.folder = folder
        self.bound = bound
        found = [d for d in DECODERS if shutil.which(d.split()[0])]
        self.decoder = shlex.split(decoder or (found or [""])[0])
        self.lock = threading.Lock()
        self.fetching = {}

    def clip(self, url, sha256):
        path = self.fetch(url, sha256)
        try:
            return Clip.read(path)
        except Unplayable as e:
            if not self.decoder:
                raise Unplayable("AUDIO_FETCH", f"{e.note}, and nothing to decode it with") from e
            return self.decoded(path)

    def decoded(self, path):
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            out = os.path.join(folder, "out.wav")
            command = [part.replace("{in}", path).replace("{out}", out) for part in self.decoder]
            try:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=DECODE_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as e:
                raise Unplayable("AUDIO_FETCH", str(e)) from e
            if done.returncode or not os.path.exists(out):
                why = done.stderr.decode(errors="replace").strip()
                raise Unplayable("AUDIO_FETCH", f"{command[0]}: {why}")
            try:
                return Clip.read(out)
            except Unplayable as e:
                raise Unplayable("AUDIO_FETCH", f"{command[0]}: {e.note}") from e

    def keeps(self, sha256):
        return os.path.exists(os.path.join(self.folder, sha256))

    def fetch(self, url, sha256, seconds=FETCH_SECONDS):
        """The file behind a URL, kept under its hash so that a storm needs no second download."""
        if not sha256:
            raise Unplayable("AUDIO_HASH", "audio without a hash")
        with self.lock:
            one = self.fetching.setdefault(sha256, threading.Lock())
        with one:
            path = os.path.join(self.folder, sha256)
            if not (os.path.exists(path) and hash_of(path) == sha256):
                try:
                    self.bring(url, sha256, path, time.monotonic() + seconds)
                except (OSError, ValueError) as e:
                    raise Unplayable("AUDIO_FETCH", str(e)) from e
                self.tidy(path)
            os.utime(path)  # the least lately used goes first
            return path

    def bring(self, url, sha256, path, end):
        if not url.startswith(("http://", "https://")):
            raise Unplayable("AUDIO_FETCH", "neither http nor https")
        os.makedirs(self.folder, exist_ok=True)
        part = path + ".part"
        resumed = os.path.exists(part)
        if not resumed or hash_of(part) != sha256:
            download(url, part, end)
        if hash_of(part) != sha256 and resumed:
            os.remove(part)  # its beginning was of another file
            download(url, part, end)
        if hash_of(part) != sha256:
            os.remove(part)
            raise Unplayable("AUDIO_HASH", url)
        os.replace(part, path)

    def tidy(self, keep):
        with self.lock:
            files = sorted(os.scandir(self.folder), key=lambda f: f.stat().st_mtime, reverse=True)
            total = os.path.getsize(keep)
            for file in files:
                if file.path == keep:
                    continue
                total += file.stat().st_size
                if total > self.bound:
                    os.remove(file.path)


def download(url, part, end):
    """Goes on where the last try ended, by range; raises OSError or Unplayable."""
    for left in reversed(range(TRIES)):
        try:
            piece_by_piece(url, part, end)
            return
        except (OSError, ValueError):
            if not left or time.monotonic() > end:
                raise


def piece_by_piece(url, part, end):
    import http.client
    import urllib.error
    import urllib.request  # takes longer to load than all the rest

    have = os.path.getsize(part) if os.path.exists(part) else 0
    # The gateway is near: whatever proxy the environment names is not for it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with opener.open(request, timeout=FETCH_SECONDS) as answer:
            goes_on = answer.status == 206 and have
            whole = (have if goes_on else 0) + int(answer.headers.get("Content-Length", -1))
            with open(part, "ab" if goes_on else "wb") as file:
                while piece := answer.read(65_536):
                    file.write(piece)
                    if file.tell() > LARGEST:
                        raise Unplayable("AUDIO_FETCH", "too large")
                    if time.monotonic() > end:
                        raise Unplayable("AUDIO_FETCH", "too slow")
        if "Content-Length" in answer.headers and os.path.getsize(part) < whole:
            raise OSError(f"ended after {os.path.getsize(part)} of {whole} bytes")
    except urllib.error.HTTPError as e:
        if e.code == 416:
            os.remove(part)  # longer than the file is
        raise
    except http.client.HTTPException as e:
        raise OSError(repr(e)) from e


def hash_of(path):
    with open(path, "rb") as file:
        digest = hashlib.sha256()
        while piece := file.read(65_536):
            digest.update(piece)
        return digest.hexdigest()
