"""What is shown of a manifest holds no secret, whatever the manifest is."""

from copy import deepcopy
from typing import Any

import pytest

from platform_sim.core.model.masking import masked_beside, masked_manifest, masked_url, parts_of

GIVEN: dict[str, Any] = {
    "id": "acme",
    "api": {
        "password": "pw",
        "sso_salt": "grain",
        "config_vars": ["ACME_TOKEN"],
        "production": {"base_url": "https://u:p@acme.example/x", "sso_url": "https://acme.example/sso?key=k3y"},
        "test": "http://me:too@localhost:1",
        "deep": [{"oauth_secret": {"value": "x"}}],
        "api_token": None,
    },
}


def test_secrets_are_hidden_and_the_original_stays() -> None:
    before = deepcopy(GIVEN)
    assert masked_manifest(GIVEN) == {
        "id": "acme",
        "api": {
            "password": "[hidden]",
            "sso_salt": "[hidden]",
            "config_vars": ["ACME_TOKEN"],
            "production": {
                "base_url": "https://[hidden]@acme.example/x",
                "sso_url": "https://acme.example/sso?key=[hidden]",
            },
            "test": "http://[hidden]@localhost:1",
            "deep": [{"oauth_secret": "[hidden]"}],
            "api_token": None,
        },
    }
    assert before == GIVEN


@pytest.mark.parametrize("given", [{}, None, [], 7, "x", {"api": None}, {"api": {"production": 7, "test": None}}])
def test_any_value_can_be_masked(given: Any) -> None:
    assert masked_manifest(given) == given


def test_a_secret_that_another_manifest_has_not_is_told_to_be_another() -> None:
    given = deepcopy(GIVEN)
    given["api"] |= {"password": "new", "test": "http://me:three@localhost:1", "api_token": "x"}
    shown = masked_beside(given, GIVEN)["api"]
    assert shown["password"] == "[hidden, another one]"
    assert shown["sso_salt"] == "[hidden]"
    assert shown["test"] == "http://[hidden]@localhost:1 [hidden, another one]"
    assert shown["api_token"] == "[hidden, another one]"
    assert shown["deep"] == [{"oauth_secret": "[hidden]"}]
    assert masked_beside({"a": [{"key": 1}]}, []) == {"a": [{"key": "[hidden, another one]"}]}


@pytest.mark.parametrize(
    "url", ["https://u:p@acme.example/x?y=1", "https://acme.example/x?y=1", "http://[::1]:80/x?y=1"]
)
def test_what_is_masked_has_parts_as_before(url: str) -> None:
    parts = parts_of(masked_url(url))
    assert (parts.path, parts.query) == ("/x", "y=1")
    assert parts_of("http://[").path == ""
