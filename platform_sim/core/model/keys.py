"""Public keys of OpenSSH: what a line of text holds. Pure."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

KINDS = ("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")
LONGEST = 16_384


@dataclass(frozen=True)
class PublicKey:
    """A key as it is shown: `text` is the whole line."""

    text: str
    comment: str
    fingerprint: str
    """MD5 in pairs of hex digits with colons, as the API has always shown it."""


def read_public_key(line: str) -> PublicKey | None:
    """The key in `KIND BASE64 COMMENT`, the contents of an `id_....pub`; None if it is none."""
    parts = line.strip().split(None, 2)
    if len(line) > LONGEST or len(parts) < 2 or parts[0] not in KINDS or not line.isascii() or "\n" in line.strip():
        return None
    kind, encoded, *rest = parts
    try:
        blob = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    # The key itself begins with its kind, after four bytes that say how long that is.
    if not blob.startswith(len(kind).to_bytes(4, "big") + kind.encode()) or len(blob) < 4 + len(kind) + 32:
        return None
    digits = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    fingerprint = ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    return PublicKey(" ".join(parts), rest[0] if rest else "", fingerprint)
