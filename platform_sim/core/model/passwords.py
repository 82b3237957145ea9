"""How a password is kept: salted and hashed, so that nobody reads it out of the database. Pure."""

import hashlib
import hmac

SHORTEST, LONGEST = 8, 256
_COST, _BLOCK, _LANES = 2**13, 8, 1

NOBODYS = f"scrypt${_COST}${_BLOCK}${_LANES}$nobody$none"
"""Kept where there is no password: no text has this hash, and to look takes as long as anywhere."""


def hashed(password: str, salt: str) -> str:
    """`scrypt$cost$block$lanes$salt$hash`."""
    return f"scrypt${_COST}${_BLOCK}${_LANES}${salt}${_scrypt(password, salt, _COST, _BLOCK, _LANES)}"


def is_password(kept: str, given: str) -> bool:
    """Whether `given` is the password that is kept; takes as long when it is not."""
    _, cost, block, lanes, salt, expected = kept.split("$")
    return hmac.compare_digest(expected, _scrypt(given, salt, int(cost), int(block), int(lanes)))


def _scrypt(password: str, salt: str, cost: int, block: int, lanes: int) -> str:
    key = hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt.encode(), n=cost, r=block, p=lanes)
    return key.hex()
