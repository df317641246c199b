"""RS256 with nothing but the standard library, which has no RSA.

The key stays in this process: no other program gets it, on a command line or otherwise. The arithmetic takes no constant time,
which matters where somebody can measure many signatures; an operator's machine signs a few, and nobody waits for them.
"""

import base64
import binascii
import hashlib
import re

from .problem import Problem

# What PKCS#1 puts before a SHA-256 hash (RFC 8017, 9.2, note 1).
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
INTEGER, OCTETS, SEQUENCE = 0x02, 0x04, 0x30


class PrivateKey:
    """A private key of GitHub's: a PEM in PKCS#1 or PKCS#8, with line ends or \\n, or the base64 of one."""

    def __init__(self, text):
        try:
            self.modulus, self.public, self.private = numbers(der(text))
        except (ValueError, IndexError, binascii.Error):
            raise Problem("the private key is no RSA key in PEM; put the .pem file as GitHub gave it into secrets/github-private-key.pem, then make secrets") from None

    def sign(self, message):
        size = (self.modulus.bit_length() + 7) // 8
        digest = SHA256_PREFIX + hashlib.sha256(message).digest()
        block = int.from_bytes(b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest, "big")
        signature = pow(block, self.private, self.modulus)
        if pow(signature, self.public, self.modulus) != block:
            raise Problem("the private key is damaged: its numbers do not belong together")
        return signature.to_bytes(size, "big")


def der(text):
    text = text.replace("\\n", "\n")
    if "BEGIN" not in text:
        text = base64.b64decode(text, validate=True).decode()
    body = re.search(r"-----BEGIN (?:RSA )?PRIVATE KEY-----(.*?)-----END", text, re.DOTALL)
    if not body:
        raise ValueError("no PEM")
    return base64.b64decode("".join(body[1].split()), validate=True)


def numbers(data):
    """Modulus, public and private exponent of RSAPrivateKey (RFC 8017, A.1.2), also inside PrivateKeyInfo (RFC 5208)."""
    fields = list(elements(content(data, SEQUENCE)))
    if fields[1][0] == SEQUENCE:
        fields = list(elements(content(fields[2][1], SEQUENCE)))
    integers = [int.from_bytes(value, "big") for tag, value in fields if tag == INTEGER]
    return integers[1], integers[2], integers[3]


def content(data, wanted):
    tag, value = next(iter(elements(data)))
    if tag != wanted:
        raise ValueError("not what was expected")
    return value


def elements(data):
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("cut short")
        yield tag, data[at:at + length]
        at += length
