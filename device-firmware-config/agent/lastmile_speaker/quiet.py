"""When the device may test itself aloud: once in each quiet time, every device at its own minute."""
import zlib

DAY = 1440


def due(config, device, now):
    """Names the quiet time in which its test is due now; 0 = none is."""
    begin, end = config.get("quietFrom"), config.get("quietTo")
    if begin is None or end is None:
        return 0
    length = (end - begin) % DAY
    minute = int(now) // 60
    since = (minute - begin) % DAY
    # A whole village that beeps in one second is heard as an alarm.
    own = zlib.crc32(device.encode()) % max(1, length * 3 // 4)
    return minute - since if own <= since < length else 0
