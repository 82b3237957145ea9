"""Secrets at rest."""

import pytest

from addon_service.errors import EnvironmentProblem
from addon_service.vault import Vault, new_key, same, token_hash


def test_what_is_sealed_opens_with_the_same_key_only() -> None:
    vault = Vault(new_key())
    sealed = vault.seal("tokén")
    assert "tok" not in sealed
    assert vault.open(sealed) == "tokén"
    with pytest.raises(EnvironmentProblem, match="another key"):
        Vault(new_key()).open(sealed)


@pytest.mark.parametrize("key", ["short", "", "ä" * 44])
def test_a_key_of_the_wrong_kind_is_refused(key: str) -> None:
    with pytest.raises(EnvironmentProblem, match="encryption key"):
        Vault(key)


def test_hashes_find_a_token_again_without_holding_it() -> None:
    assert token_hash("a") == token_hash("a") != token_hash("b")


def test_any_two_texts_can_be_compared() -> None:
    assert same("ü\ud800", "ü\ud800")
    assert not same("a", "b")
    assert not same("a", "aa")
