"""What is kept of calls that come in: names of fields, and no value that may be a secret."""

import json
from typing import Any

import pytest

from platform_sim.core.model.outlines import BODY_LIMIT, outlined_body, outlined_headers, outlined_path

S = "s3cr3t-0815"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"plan": "exceptions:test", "name": "mine"}, {"plan": "exceptions:test", "name": "mine"}),
        ({"config": {"name": S}}, {"config": {"name": "[hidden]"}}),
        ({"config": [{"name": "X_URL", "value": S}]}, {"config": [{"name": "X_URL", "value": "[hidden]"}]}),
        ({"config": [S]}, {"config": ["[hidden]"]}),
        ({"env": {"name": S}, "command": S}, {"env": {"name": "[hidden]"}, "command": "[hidden]"}),
        ({"env": [{"name": S}]}, {"env": [{"name": "[hidden]"}]}),
        ({"app": {"name": "acme", "env": {"name": S}}}, {"app": {"name": "acme", "env": {"name": "[hidden]"}}}),
        ({"updates": [{"type": "web", "quantity": 2}]}, {"updates": [{"type": "web", "quantity": 2}]}),
        ({"updates": [{"type": {"x": S}}]}, {"updates": [{"type": "[hidden]"}]}),
        ({"password": S, "maintenance": True}, {"password": "[hidden]", "maintenance": True}),
        ({"source_blob": {"url": S, "version": S}}, {"source_blob": {"url": "[hidden]", "version": "[hidden]"}}),
        (S, "[hidden]"),
        ([S], ["[hidden]"]),
    ],
)
def test_names_stay_and_values_only_where_they_are_harmless(body: Any, kept: Any) -> None:
    text = outlined_body(body)
    assert json.loads(text) == kept
    assert S not in text


@pytest.mark.parametrize("body", [{"name": S}, {"plan": S, "app": {"name": S}}, [S], S])
def test_where_names_are_a_customers_own_no_value_stays(body: Any) -> None:
    assert S not in outlined_body(body, only_names=True)


def test_a_body_is_cut() -> None:
    assert len(outlined_body({"name": "x" * 10_000})) < BODY_LIMIT + 50
    assert outlined_body({}) == outlined_body(None) == ""


@pytest.mark.parametrize(
    ("template", "values", "path"),
    [
        ("/apps/{app}/addons/{add-on}", {"app": "acme", "add-on": "db-1"}, "/apps/acme/addons/db-1"),
        ("/a/{log-drain.query_identity}", {"log-drain.query_identity": "d.1234"}, "/a/[hidden]"),
        ("/i/{team-invitation.token}/accept", {"team-invitation.token": S}, "/i/[hidden]/accept"),
        ("/apps/{app}", {"app": "https%3A%2F%2Fu%3Ap%40host"}, "/apps/[hidden]"),
        ("/users/{account}", {"account": "ada%40example.com"}, "/users/ada%40example.com"),
    ],
)
def test_a_path_without_what_is_secret_in_it(template: str, values: dict[str, str], path: str) -> None:
    assert outlined_path(template, values) == path


def test_headers_say_how_and_never_with_what_right() -> None:
    sent = {"accept": "application/json", "authorization": f"Bearer {S}", "cookie": S, "user-agent": "x" * 900}
    kept = outlined_headers(sent.get)
    assert kept == {"accept": "application/json", "user-agent": "x" * 200}
