"""Calls as kinds that are the same in each run."""

import json
from typing import Any

import pytest

from platform_sim.cassettes.kinds import kind_of_heard
from platform_sim.conformance.seen import Heard

UUID, HOOK = "0a0a0a0a-1111-4222-8333-444444444444", "0b0b0b0b-1111-4222-8333-444444444444"


def heard(method: str, path: str, content: Any = None) -> str | None:
    body = b"" if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
    return kind_of_heard(Heard(method, path, {}, body, 200, b""), UUID)


@pytest.mark.parametrize(
    ("method", "path", "content", "kind"),
    [
        ("GET", f"/addons/{UUID}", None, None),
        ("POST", "/logs", b"83 <190>1 ...", None),
        ("PATCH", f"/addons/{HOOK}/config", {"config": []}, None),
        ("PATCH", f"/addons/{UUID}/webhooks/{HOOK}", {}, "PATCH /addons/{id}/webhooks/{id}"),
        (
            "PATCH",
            f"/addons/{UUID}/config",
            {"config": [{"name": "B"}, {"name": "A"}]},
            "PATCH /addons/{id}/config for A, B",
        ),
        ("PUT", "/vendor/apps/app7%40heroku.com", {"config": {"A": "x"}}, "PUT /vendor/apps/{id} for A"),
        ("POST", "/oauth/token", b"grant_type=refresh_token&refresh_token=x", "POST /oauth/token with a refresh token"),
        ("POST", "/oauth/token?code=x", None, "POST /oauth/token with a grant"),
    ],
)
def test_what_a_call_is(method: str, path: str, content: Any, kind: str | None) -> None:
    assert heard(method, path, content) == kind
