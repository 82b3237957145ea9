"""Events that can be included, the bytes of a payload and their signature (partner-api §6.2, §6.3)."""

import json

import pytest

from platform_sim.core.model.webhooks import ACTIONS, PARTNER_EVENTS, include_of, signature, wire_body

TABLE = """
api:addon             create update destroy
api:addon-attachment  create destroy
api:app               create update destroy
api:build             create update
api:collaborator      create update destroy
api:domain            create destroy
api:dyno              create
api:formation         update destroy
api:release           create update
api:sni-endpoint      create update destroy
dyno                  update destroy
"""
"""As the sheet has it; of `api:ssl-endpoint` it says only that it is old."""


def test_a_signature_is_of_these_bytes_and_this_secret() -> None:
    known = signature("secret", b'{"action":"update"}')
    assert known != signature("secret", b'{"action": "update"}')
    assert known != signature("secret2", b'{"action":"update"}')


def test_the_bytes_do_not_depend_on_the_order_in_which_a_payload_was_put_together() -> None:
    body = wire_body({"b": {"y": 1, "x": "ü"}, "a": None})
    assert body == wire_body({"a": None, "b": {"x": "ü", "y": 1}}) == '{"a":null,"b":{"x":"ü","y":1}}'.encode()
    assert json.loads(body) == {"a": None, "b": {"x": "ü", "y": 1}}


def test_what_can_be_included_is_the_table_of_the_sheet() -> None:
    rows = [line.split() for line in TABLE.strip().splitlines()]
    assert {name: set(actions) for name, *actions in rows} == {
        name: set(actions) for name, actions in ACTIONS.items() if name != "api:ssl-endpoint"
    }


@pytest.mark.parametrize(
    ("kind", "action", "name"),
    [
        ("addon", "destroy", "api:addon"),
        ("addon-attachment", "create", "api:addon-attachment"),
        ("addon-attachment", "update", None),
        ("dyno", "create", "api:dyno"),
        ("dyno", "update", "dyno"),
        ("dyno", "destroy", "dyno"),
        ("formation", "create", None),
        ("formation", "update", "api:formation"),
        ("release", "destroy", None),
        ("account", "create", None),
        ("webhook", "create", None),
    ],
)
def test_names_of_events(kind: str, action: str, name: str | None) -> None:
    assert include_of(kind, action) == name


def test_dyno_is_for_webhooks_of_apps() -> None:
    assert set(ACTIONS) - set(PARTNER_EVENTS) == {"dyno"}
