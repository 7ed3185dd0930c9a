"""Ed25519 by the system's openssl, or by python3-cryptography where that is installed."""
import base64
import os
import shutil
import subprocess
import tempfile

RFC_8410 = bytes.fromhex("302a300506032b6570032100")


class Verifier:
    """tool: auto, cryptography or openssl."""

    def __init__(self, keys, tool="auto"):
        self.keys = keys
        if tool != "openssl" and cryptography() is not None:
            self.verify = self.by_library
        elif tool == "cryptography" or shutil.which("openssl") is None:
            raise RuntimeError("neither python3-cryptography nor openssl is installed")
        else:
            self.verify = self.by_openssl

    def by_library(self, kid, signed, signature):
        module, invalid = cryptography()
        try:
            module.Ed25519PublicKey.from_public_bytes(self.keys[kid]).verify(signature, signed)
            return True
        except invalid:
            return False

    def by_openssl(self, kid, signed, signature):
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            pem = base64.b64encode(RFC_8410 + self.keys[kid])
            files = {
                "key": b"-----BEGIN PUBLIC KEY-----\n" + pem + b"\n-----END PUBLIC KEY-----\n",
                "body": signed,
                "sig": signature,
            }
            for name, octets in files.items():
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(octets)
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin"]
            done = subprocess.run(
                command + ["-in", "body", "-sigfile", "sig"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=30,
                check=False,
            )
            return done.returncode == 0


def memory_folder():
    """Where temporary files wear out no flash; None = the system's choice."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def cryptography():
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        return None  # openssl does it then
    return ed25519, InvalidSignature
