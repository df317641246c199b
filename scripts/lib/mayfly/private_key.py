"""The App's private key, in the shapes that docs/reference.md lists, and what is signed with it."""

import base64
import binascii
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .problem import Problem

KEY = re.compile(r"-----BEGIN ((?:RSA )?PRIVATE KEY)-----(.*?)-----END \1-----", re.DOTALL)
OTHER = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----.*?-----END \1-----", re.DOTALL)


class PrivateKey:
    """Stays in this process: no other program gets it, on a command line or otherwise."""

    def __init__(self, text):
        """Raises Problem that says what the text is instead of a key, to follow its name."""
        kind, body = block(text)
        if "ENCRYPTED" in body:
            raise Problem("is encrypted; the function has no passphrase for it")
        try:
            body = base64.b64encode(decoded(body)).decode()
        except ValueError:
            raise Problem("is damaged: what is between BEGIN and END is no base64") from None
        try:
            self.key = serialization.load_pem_private_key(f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n".encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Problem("is damaged: it is cut short, something was added, or its numbers do not belong together") from None
        if not isinstance(self.key, rsa.RSAPrivateKey):
            raise Problem("is no RSA key")

    def sign(self, message):
        """RS256."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def block(text):
    """What a PEM is called, and what stands in it."""
    text = lines(text)
    if "-----" not in text:
        try:
            text = lines(decoded(text).decode("latin-1"))
        except ValueError:
            text = ""
        if "-----" not in text:
            raise Problem("is no PEM, nor the base64 of one")
    found = KEY.search(text)
    if found:
        return found[1], found[2]
    other = OTHER.search(text)
    if not other:
        raise Problem("is no whole PEM: it lacks its BEGIN or END line")
    if "ENCRYPTED" in other[1]:
        raise Problem("is encrypted; the function has no passphrase for it")
    raise Problem(f"is a PEM of another kind: {other[1]}")


def lines(text):
    """The text with real line ends where they are written as \\n or \\r\\n."""
    return text.replace("\\r", "\r").replace("\\n", "\n")


def decoded(text):
    """Raises ValueError, of which binascii.Error is one."""
    packed = re.sub(r"[ \t\n\v\f\r]", "", text).rstrip("=")
    if not packed:
        raise binascii.Error("nothing")
    return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
