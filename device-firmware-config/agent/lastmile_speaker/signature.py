"""Ed25519, and SM2 with SM3, by the system's openssl; Ed25519 by python3-cryptography where that is."""
import base64
import os
import shutil
import subprocess
import tempfile

RFC_8410 = bytes.fromhex("302a300506032b6570032100")
SM2_POINT = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SM2_OPTIONS = ("-digest", "sm3", "-pkeyopt", "distid:1234567812345678")
LONGEST_SM2 = 72

# A signature by the key of GB/T 32918.5, annex A: an openssl without SM2 can't tell that it is right.
SM2_PUBLIC = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_SIGNED = b"lastmile"
SM2_SIGNATURE = bytes.fromhex(
    "3046022100bf97ec71da03f2369380975f75414ba84b4badd029d92e108ad3898c88db8cb6"
    "0221009194ac536bdd63523f744dc4bab242dcefcf9a6739380db110abaae9e206377a"
)


class Verifier:
    """tool: auto, cryptography or openssl. The key says which algorithm, never the wire."""

    def __init__(self, tool="auto"):
        self.library = cryptography() if tool != "openssl" else None
        self.openssl = shutil.which("openssl")
        self.has_sm2 = None
        if self.library is None and (tool == "cryptography" or self.openssl is None):
            raise RuntimeError("neither python3-cryptography nor openssl is installed")

    def can(self, alg):
        if alg == "SM2" and self.has_sm2 is None:
            self.has_sm2 = self.is_sm2(SM2_PUBLIC, SM2_SIGNED, SM2_SIGNATURE)
        return alg == "Ed25519" or (alg == "SM2" and self.has_sm2)

    def is_right(self, key, signed, signature):
        if key.alg == "SM2":
            return self.is_sm2(key.public, signed, signature)
        return key.alg == "Ed25519" and self.is_ed25519(key.public, signed, signature)

    def is_ed25519(self, public, signed, signature):
        if len(signature) != 64:
            return False
        if self.library is None:
            return self.by_openssl(RFC_8410 + public, signed, signature)
        module, invalid = self.library
        try:
            module.Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
            return True
        except invalid:
            return False

    def is_sm2(self, public, signed, signature):
        if self.openssl is None or not 0 < len(signature) <= LONGEST_SM2:
            return False
        return self.by_openssl(SM2_POINT + public, signed, signature, SM2_OPTIONS)

    def by_openssl(self, public, signed, signature, options=()):
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            pem = base64.encodebytes(public)
            files = {
                "key": b"-----BEGIN PUBLIC KEY-----\n" + pem + b"-----END PUBLIC KEY-----\n",
                "body": signed,
                "sig": signature,
            }
            for name, octets in files.items():
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(octets)
            command = [self.openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin"]
            done = subprocess.run(
                [*command, *options, "-in", "body", "-sigfile", "sig"],
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
