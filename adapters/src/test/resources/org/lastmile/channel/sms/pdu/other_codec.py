"""Another hand's codec, for GammuTest: libgammu by its Python module.

read:   a line is the SMS-SUBMITs of one message, hex without centre address, in any order;
        answers its text as gammu joins it, UTF-16 in hex
write:  a line is a number, "gsm7" or "ucs2", and a text, UTF-16 in hex; answers the SMS-DELIVERs
        of it, hex with centre address
"""
import sys

import gammu


def read(line):
    parts = [[gammu.DecodePDU(bytes.fromhex(pdu), False)] for pdu in line.split()]
    linked = gammu.LinkSMS(parts)
    if len(linked) != 1:
        raise ValueError("%d messages of %d parts" % (len(linked), len(parts)))
    text = "".join(part["Text"] for part in linked[0])
    return text.encode("utf-16-be", "surrogatepass").hex()


def write(line):
    number, alphabet, text = line.split()
    entry = {"ID": "ConcatenatedTextLong", "Buffer": bytes.fromhex(text).decode("utf-16-be")}
    parts = gammu.EncodeSMS({"Class": -1, "Unicode": alphabet == "ucs2", "Entries": [entry]})
    pdus = []
    for part in parts:
        part["Number"] = number
        part["SMSC"] = {"Number": "+8613800100500"}
        pdu = bytearray(gammu.EncodePDU(part, "Deliver"))
        pdu[1 + pdu[0]] &= 0xFC  # gammu lays it out as a DELIVER, but calls it a SUBMIT
        pdus.append(pdu.hex())
    return " ".join(pdus)


answer = {"read": read, "write": write}[sys.argv[1]]
for line in sys.stdin:
    print(answer(line))
