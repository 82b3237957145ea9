"""Masking."""

from typing import Any

import pytest

from addon_service.inbox import masked


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"plan": "basic", "n": 5}, {"plan": "basic", "n": 5}),
        (
            {"code": "c", "nested": {"Client_Secret": "s"}},
            {"code": "[masked]", "nested": {"Client_Secret": "[masked]"}},
        ),
        ({"config": {"A_URL": "http://x/tok"}}, {"config": {"A_URL": "[masked]"}}),
        ({"token": ["a", {"b": "c"}, None]}, {"token": ["[masked]", {"b": "[masked]"}, None]}),
        ({"url": "https://user:pw@host/path"}, {"url": "https://[masked]@host/path"}),
        (
            {"log_drain_token": "d.1", "logplex_token": "t.1"},
            {"log_drain_token": "[masked]", "logplex_token": "[masked]"},
        ),
        (["text", None], ["text", None]),
    ],
)
def test_secrets_are_masked_and_the_rest_is_not(value: Any, shown: Any) -> None:
    assert masked(value) == shown
