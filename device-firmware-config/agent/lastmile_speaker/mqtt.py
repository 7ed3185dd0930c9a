"""The part of MQTT 3.1.1 that a loudspeaker needs: QoS 1 both ways, will, keep-alive."""
import select
import socket
import ssl
import struct
import threading
import time

LARGEST = 16_384
X509_V_FLAG_NO_CHECK_TIME = 0x200000

REFUSALS = {
    1: "the server does not speak MQTT 3.1.1",
    2: "the server refuses this client id",
    3: "the server is not ready",
    4: "wrong user name or password",
    5: "not authorised",
}


class Broken(Exception):
    """The connection is of no more use."""


def field(text):
    octets = text if isinstance(text, bytes) else text.encode()
    return struct.pack(">H", len(octets)) + octets


def packet(first, body):
    length, octets = len(body), bytearray()
    while True:
        octets.append(length % 128 | (128 if length > 127 else 0))
        length //= 128
        if not length:
            return bytes([first]) + bytes(octets) + body


class Connection:
    """One connection. Reads on one thread; any thread may publish."""

    def __init__(self, bundle, will, keep_alive, clock_valid, patience=10):
        self.keep_alive = keep_alive
        self.lock = threading.Lock()
        self.buffer = bytearray()
        self.early = []
        self.sent_at = self.heard_at = time.monotonic()
        try:
            self.socket = socket.create_connection((bundle.host, bundle.port), timeout=patience)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if bundle.tls:
                context = ssl.create_default_context(cafile=bundle.ca)
                if not clock_valid:
                    # In 1970 every certificate is "not yet valid". The server is still checked.
                    context.verify_flags |= X509_V_FLAG_NO_CHECK_TIME
                self.socket = context.wrap_socket(self.socket, server_hostname=bundle.host)
            self.send(
                packet(
                    0x10,
                    field("MQTT") + bytes([4, 0b1110_1110]) + struct.pack(">H", keep_alive)
                    + field(bundle.device)
                    + field(topic(bundle.device, "state")) + field(will)
                    + field(bundle.device) + field(bundle.password),
                )
            )  # user name, password, will retained at QoS 1, clean session
            first, body = self.expect(0x20, patience)
            if body[1]:
                raise Broken(REFUSALS.get(body[1], f"the server answers {body[1]}"))
            self.send(packet(0x82, struct.pack(">H", 1) + field(topic(bundle.device, "cmd")) + b"\1"))
            first, body = self.expect(0x90, patience)
            if body[2] > 1:
                raise Broken("the server refuses the subscription: look at its access list")
        except (OSError, IndexError) as e:
            raise Broken(str(e) or type(e).__name__) from e

    def send(self, octets):
        with self.lock:
            try:
                self.socket.sendall(octets)
            except OSError as e:
                raise Broken(str(e)) from e
            self.sent_at = time.monotonic()

    def publish(self, where, payload, packet_id, retain=False, again=False):
        first = 0x32 | (1 if retain else 0) | (8 if again else 0)
        self.send(packet(first, field(where) + struct.pack(">H", packet_id) + payload))

    def acknowledge(self, packet_id):
        self.send(packet(0x40, struct.pack(">H", packet_id)))

    def expect(self, kind, patience):
        end, answer = time.monotonic() + patience, None
        kept = []
        while time.monotonic() < end:
            for first, body in self.packets(end - time.monotonic()):
                if first & 0xF0 == kind:
                    answer = first, body
                else:
                    kept.append((first, body))  # a command may come before the SUBACK
            if answer:
                self.early = kept
                return answer
        raise Broken("the server does not answer")

    def packets(self, patience, wake=None):
        """Whatever is there, at the latest after that many seconds; wake ends the wait."""
        found, self.early = self.early, []
        if found:
            return found
        pending = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
        ready = [self.socket]
        if not pending:
            ready = select.select([self.socket] + ([wake] if wake else []), [], [], max(0, patience))[0]
        if self.socket in ready:
            try:
                octets = self.socket.recv(65_536)
            except (ssl.SSLWantReadError, socket.timeout):
                octets = None
            except OSError as e:
                raise Broken(str(e)) from e
            if octets == b"":
                raise Broken("the server closed the connection")
            if octets:
                self.buffer += octets
                self.heard_at = time.monotonic()
        while (one := self.cut()) is not None:
            found.append(one)
        return found

    def cut(self):
        """The first whole packet of the buffer; None when there is none."""
        length = shift = 0
        for at in range(1, min(5, len(self.buffer))):
            length |= (self.buffer[at] & 127) << shift
            shift += 7
            if self.buffer[at] < 128:
                if length > LARGEST:
                    raise Broken(f"a packet of {length} bytes")
                if len(self.buffer) < at + 1 + length:
                    return None
                first, body = self.buffer[0], bytes(self.buffer[at + 1 : at + 1 + length])
                del self.buffer[: at + 1 + length]
                return first, body
        if len(self.buffer) >= 5:
            raise Broken("a packet without a length")
        return None

    def keep(self):
        """Pings when it was silent for long; breaks when the server was."""
        now = time.monotonic()
        if now - self.heard_at > self.keep_alive * 1.5:
            raise Broken("the server is silent")
        if now - min(self.sent_at, self.heard_at) > self.keep_alive * 0.8:
            self.send(b"\xc0\0")

    def close(self, politely=False):
        try:
            if politely:
                self.send(b"\xe0\0")
            self.socket.close()
        except (OSError, Broken):
            return  # it is gone either way


def message(first, body):
    """Topic, packet id (0 at QoS 0), payload and retain flag of a PUBLISH."""
    try:
        size = struct.unpack(">H", body[:2])[0]
        name, rest = body[2 : 2 + size].decode(), body[2 + size :]
        if first & 0x06:
            return name, struct.unpack(">H", rest[:2])[0], rest[2:], bool(first & 1)
        return name, 0, rest, bool(first & 1)
    except (struct.error, ValueError) as e:
        raise Broken(f"a message that is none: {e}") from e


def topic(device, what):
    return f"lm/v1/d/{device}/{what}"
