"""One-time passwords as authenticator apps show them: RFC 6238 with SHA-1, 30 seconds, six digits. Pure."""

import base64
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30
_DIGITS = 6
_NEIGHBOURS = (0, -1, 1)
"""Steps before and after that are taken, too: clocks differ, and people type slowly."""


def secret_from(seed: bytes) -> str:
    """A secret in the Base32 that authenticator apps read; `seed` has 20 bytes that nobody can guess."""
    return base64.b32encode(seed).decode()


def code_at(secret: str, moment: datetime, step: int = 0) -> str:
    """The code that is shown at a moment, or so many steps after it."""
    counter = int(moment.timestamp()) // STEP + step
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def is_code(secret: str, given: str, moment: datetime) -> bool:
    """Whether a code is good at a moment; blanks, as people write them, do not count."""
    plain = "".join(given.split()).encode("utf-8", "surrogatepass")
    good = [hmac.compare_digest(code_at(secret, moment, step).encode(), plain) for step in _NEIGHBOURS]
    return any(good)


def seconds_left(moment: datetime) -> int:
    """How long the code of a moment is shown."""
    return STEP - int(moment.timestamp()) % STEP


def address(secret: str, email: str) -> str:
    """The address that authenticator apps read from a QR code."""
    issuer = "Platform Sim"
    return f"otpauth://totp/{quote(f'{issuer}:{email}')}?{urlencode({'secret': secret, 'issuer': issuer})}"
