"""What a request was for, by itself and by what was said before about the same resource."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from platform_sim.conformance.calls import BACK
from platform_sim.conformance.rule import MUST, Found, Looks, RuleBook
from platform_sim.conformance.scenes.life import CALLED
from platform_sim.conformance.seen import Exchange, Heard, Seen
from platform_sim.core.model.sso import Entry
from platform_sim.coverage.judged import judge, seen_of
from platform_sim.coverage.moments import LOGIN, Life, Service, login_moment, moment_of
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from ..zoo.partner import MANIFEST, PASSWORD, SALT

UUID = "0a0a0a0a-1111-4222-8333-444444444444"
ZOO = Service(MANIFEST, "secret-of-the-client", ("test", "big"))
ORDER = {"uuid": UUID, "plan": "test", "region": "r", "callback_url": "http://p/x", "options": {}, "oauth_grant": None}
NOW = 1_800_000_000


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


RIGHT = basic("zoo", PASSWORD)


def exchange(
    method: str, content: Any = None, authorization: str = RIGHT, status: int = 200, place: str = "", **headers: str
) -> Exchange:
    base = "https://zoo.example/heroku/resources"
    url = (base if method == "POST" else f"{base}/{UUID}") + place
    body = None if content is None else json.dumps(content).encode()
    request = PartnerRequest(method, url, {"Authorization": authorization, **headers}, body, 25)
    return Exchange("", request, PartnerAnswer(status, {}, b"{}", 1), NOW)


def moment(found: Exchange, life: Life | None) -> str:
    kind = ZOO.kind(found.request)
    assert kind is not None
    return moment_of(kind, found, ZOO, life)


def lived(*steps: Exchange) -> Life:
    """A resource about which that was said."""
    life = Life(UUID, ZOO, {UUID})
    for step in (exchange("POST", ORDER), *steps):
        life.learns(Exchange(moment(step, life if life.exchanges else None), step.request, step.answer, NOW))
    return life


@pytest.mark.parametrize(
    ("found", "steps", "what"),
    [
        (exchange("POST", ORDER), None, "provision"),
        (exchange("POST", ORDER | {"plan": "none"}), None, "provision of an unknown plan"),
        (exchange("POST", {"uuid": UUID, "plan": "test"}), None, ""),
        (exchange("POST", ORDER), [], "provision again"),
        (exchange("POST", ORDER | {"region": "x"}), [], ""),
        (exchange("POST", ORDER), [exchange("PUT", {"plan": "big"})], ""),
        (exchange("POST", ORDER), [exchange("DELETE")], "provision after the end"),
        (exchange("POST", ORDER, ""), None, "provision without credentials"),
        (exchange("PUT", {"plan": "big"}, "Bearer x"), [], "plan change with a token"),
        (exchange("PUT", {"plan": "big"}, basic("zoo", "x")), [], "plan change with a wrong password"),
        (exchange("PUT", {"plan": "big"}, basic("other", PASSWORD)), [], "plan change as somebody else"),
        (exchange("PUT", {"plan": "big"}, RIGHT.replace("Basic", "basic")), [], "plan change"),
        (exchange("PUT", {"plan": "big"}, "Basic !"), None, ""),
        (exchange("DELETE", None, ""), [exchange("DELETE")], ""),
        (exchange("PUT", {"plan": "big"}), None, "plan change of an unknown uuid"),
        (exchange("PUT", {"plan": "big"}), [exchange("PUT", {"plan": "big"})], "plan change again"),
        (exchange("PUT", {"plan": "big"}), [exchange("PUT", {"plan": "big"}, status=422)], "plan change"),
        (exchange("PUT", {"plan": "none"}), [], "plan change to an unknown plan"),
        (exchange("PUT", {}), [], "plan change without a plan"),
        (exchange("PUT", {"plan": "big"}), [exchange("DELETE")], "plan change after the end"),
        (exchange("DELETE"), [], "deprovision"),
        (exchange("DELETE"), [exchange("DELETE", status=503)], "deprovision"),
        (exchange("DELETE"), [exchange("DELETE", None, "")], "deprovision"),
        (exchange("DELETE"), [exchange("DELETE", status=410)], "deprovision again"),
        (exchange("DELETE", Prefer="respond-async"), [], "late end deprovision"),
        (exchange("DELETE", place="?async=true"), [], "late end deprovision"),
        (exchange("GET", place="/data/x"), [], ""),
    ],
)
def test_what_a_request_was_for(found: Exchange, steps: list[Exchange] | None, what: str) -> None:
    assert moment(found, None if steps is None else lived(*steps)) == what


def test_a_login_is_of_the_place_that_the_manifest_says() -> None:
    assert ZOO.kind(PartnerRequest("POST", "https://zoo.example/sso", {}, b"", 25)) == LOGIN
    assert ZOO.kind(PartnerRequest("POST", "https://elsewhere.example/sso", {}, b"", 25)) is None


ENTRY = Entry(UUID, UUID, "user-1", "you@example.com", "shop", "shop", "e30")
GOOD = ENTRY.signed(SALT, str(NOW))
TOKENS = ("user_scoped_resource_token", "resource_token", "token")


@pytest.mark.parametrize(
    ("form", "what"),
    [
        (GOOD, "login"),
        ({name: GOOD[name] for name in GOOD if name not in TOKENS[1:]}, "login"),
        (ENTRY.signed(SALT, str(NOW - 301)), "stale login"),
        (GOOD | {"timestamp": str(NOW - 1)}, "login with wrong tokens"),
        (GOOD | {TOKENS[0]: "0" * 64}, ""),
        (GOOD | dict.fromkeys(TOKENS, "0" * 40), "login with wrong tokens"),
        (GOOD | dict.fromkeys(TOKENS, ""), "login with empty tokens"),
        ({name: GOOD[name] for name in GOOD if name not in TOKENS}, "login without tokens"),
        ({name: GOOD[name] for name in GOOD if name != "timestamp"}, "login without a time"),
    ],
)
def test_what_a_login_was(form: dict[str, str], what: str) -> None:
    assert login_moment(form, NOW, SALT, lived()) == what
    assert login_moment(form, NOW, SALT, None) == ""


def call(method: str, path: str, token: str = "", content: Any = None, answer: Any = None) -> Heard:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return Heard(method, path, headers, body, 200, json.dumps(answer).encode())


def test_calls_belong_to_a_resource_by_grant_token_and_path_and_to_its_making_until_it_is_made() -> None:
    first = exchange("POST", ORDER | {"oauth_grant": {"code": "code-1"}}, status=202)
    life = Life(UUID, ZOO, {UUID}, [Exchange("provision", first.request, first.answer, NOW)])
    made = call("POST", f"/addons/{UUID}/actions/provision", "a-1")
    mine = [
        call("POST", "/oauth/token", "", "code=code-1", {"access_token": "a-1", "refresh_token": "r-1"}),
        call("GET", "/apps", "a-1"),
        made,
        call("POST", "/oauth/token", "", "refresh_token=r-1", {"access_token": "a-2"}),
        call("PATCH", f"/addons/{UUID}/config", "a-2"),
        call("PATCH", f"/addons/{UUID}/config", "somebody's"),
    ]
    others = [call("POST", "/oauth/token", "", "code=code-2"), call("GET", "/apps", "b-1")]
    seen = seen_of(life, [life], [], [mine[0], others[0], mine[1], others[1], *mine[2:]])
    assert list(seen.facts[BACK]) == mine
    assert list(seen.facts[CALLED]) == mine[:3]


def _blind(_: Seen) -> Iterator[Found]:
    return iter(())


def _listens(seen: Seen) -> Iterator[Found]:
    return (call.path for call in seen.fact(BACK) if call.status > 999)


def _answers(seen: Seen) -> Iterator[Found]:
    return (each.moment for each in seen.exchanges.get("provision", ()) if each.status == 999)


@pytest.mark.parametrize(("looks", "touched"), [(_blind, 0), (_listens, 0), (_answers, 1)])
def test_a_rule_that_has_looked_at_nothing_was_not_touched(
    looks: Looks, touched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = RuleBook("provision", "-")
    book.rule("X01", MUST, "Nothing is wrong.", why="-", fix="-")(looks)
    monkeypatch.setattr("platform_sim.coverage.judged.RULES", book)
    life = lived()
    assert judge(seen_of(life, [life], [], []), ZOO).rules["X01"] == touched
