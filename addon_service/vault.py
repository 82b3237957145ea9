"""Secrets at rest: sealed with Fernet, or kept as a hash where looking up is all that is needed.

It touches nothing but the bytes given to it. (partner-api §3.2: tokens must be encrypted at rest.)
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from addon_service.errors import EnvironmentProblem


def new_key() -> str:
    """A fresh key for a `Vault`, as text."""
    return Fernet.generate_key().decode("ascii")


class Vault:
    """Seals and opens texts with one key."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key.encode("utf-8"))
        except ValueError:
            raise EnvironmentProblem(
                "cannot use the encryption key: it must be 32 bytes as URL-safe base64; "
                "restore the file `key` in the data folder, or correct ADDON_KEY"
            ) from None

    def seal(self, text: str) -> str:
        """The text, unreadable without the key."""
        return self._fernet.encrypt(text.encode("utf-8")).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text again. Raises EnvironmentProblem when it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode("ascii")).decode("utf-8")
        except InvalidToken:
            raise EnvironmentProblem(
                "cannot open what is stored: it was sealed with another key; "
                "restore the file `key` in the data folder, or the old ADDON_KEY"
            ) from None


def token_hash(token: str) -> str:
    """What is kept of a token to find it again. It has 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))
