"""The time, and whether it can be believed."""
import ctypes
import time

TIME_ERROR = 5
PROVEN_WRONG = 600


class Clock:
    """mode: auto asks the kernel whether somebody keeps it in time; trusted; none."""

    def __init__(self, mode="auto", starts_at=None):
        self.mode = mode
        self.shift = 0 if starts_at is None else starts_at - time.time()
        self.floor = None
        self.at_least = 0

    def now(self):
        own = time.time() + self.shift
        if self.floor:
            said, heard = self.floor
            told = said + time.monotonic() - heard
            if not self.kept() or abs(own - told) > PROVEN_WRONG:
                return told
        return own

    def valid(self):
        """A clock far before the issue of a signed command is proven wrong."""
        return (self.kept() or self.floor is not None) and (
            self.now() >= self.at_least - PROVEN_WRONG
        )

    def at(self):
        return int(self.now()) if self.valid() else 0

    def issued(self, moment):
        self.at_least = max(self.at_least, moment)

    def told(self, moment):
        """A signed floor says what time it is; a clock that is valid and near it goes on."""
        if not self.valid() or abs(self.now() - moment) > PROVEN_WRONG:
            self.floor = moment, time.monotonic()
            self.at_least = 0

    def kept(self):
        return self.mode == "trusted" or (self.mode == "auto" and synchronised())


def synchronised():
    """NTP, chrony, GNSS daemons all tell the kernel when they have set the clock."""
    try:
        timex = ctypes.create_string_buffer(512)
        return ctypes.CDLL(None).adjtimex(timex) in range(TIME_ERROR)
    except (OSError, AttributeError):
        return False  # a C library without adjtimex: nobody vouches for the clock
