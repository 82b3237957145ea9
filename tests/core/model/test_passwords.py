"""How passwords are kept."""

import pytest

from platform_sim.core.model.passwords import NOBODYS, hashed, is_password


@pytest.mark.parametrize("password", ["correct horse", "pässwörd:with:colons", "💥" * 8, " blank at the ends "])
def test_a_password_is_known_again_and_no_other(password: str) -> None:
    kept = hashed(password, "salt")
    assert is_password(kept, password)
    for other in (password + "x", password[:-1], password.upper() + "!", "", kept):
        assert not is_password(kept, other)


def test_what_is_kept_does_not_hold_the_password_and_differs_by_salt() -> None:
    first, second = hashed("correct horse", "salt-1"), hashed("correct horse", "salt-2")
    assert "correct horse" not in first
    assert first.split("$")[-1] != second.split("$")[-1]
    assert is_password(first, "correct horse")
    assert is_password(second, "correct horse")


def test_the_cost_is_kept_with_it_so_that_it_can_rise() -> None:
    """scrypt's own test vector (RFC 7914 §12), cut from 64 to 64 bytes: N=1024, r=8, p=16."""
    expected = (
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
    assert is_password(f"scrypt$1024$8$16$NaCl${expected}", "password")
    assert not is_password(f"scrypt$1024$8$16$NaCl${expected}", "passwore")


def test_nobodys_is_no_text_s_and_takes_as_long_as_any() -> None:
    for given in ("", "nobody", "none", NOBODYS):
        assert not is_password(NOBODYS, given)
    assert NOBODYS.split("$")[:4] == hashed("correct horse", "salt").split("$")[:4], "scrypt and its cost"
