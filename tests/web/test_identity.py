"""The id host: grants for tokens, tokens for tokens, in every way partners send them (partner-api §3)."""

import base64
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon

from .. import support
from .world import World, new_world, playing, provisions

SECRET = "exceptions-client-secret"
INVALID = {"id": "unauthorized", "message": "OAuth authorization invalid."}


@pytest.fixture
def addon(world: World) -> Addon:
    """Just asked for: its partner has the grant code and nothing else."""
    return make_addon(world)


def make_addon(world: World) -> Addon:
    with world.database.transaction() as tx:
        support.new_service(tx)
        return create_addon(tx, world.customer, support.new_app(tx, world.customer, "acme"), "exceptions")[0]


def code_of(world: World, addon: Addon) -> str:
    with world.database.snapshot() as rows:
        found = rows.find(Authorization, addon_id=addon.id)
    assert found is not None
    assert found.grant_code is not None
    return found.grant_code


def post(world: World, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
    return world.client.post("/oauth/token", headers=headers, **more)


def basic(secret: str, user: str = "exceptions") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def exchange(world: World, addon: Addon) -> dict[str, Any]:
    answer = post(world, data={"code": code_of(world, addon), "client_secret": SECRET})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


WAYS: dict[str, Any] = {
    "form": lambda code: {"data": {"grant_type": "authorization_code", "code": code, "client_secret": SECRET}},
    "form without type": lambda code: {"data": {"code": code, "client_secret": SECRET}},
    "query, empty body": lambda code: {"query_string": {"code": code, "client_secret": SECRET}},
    "query, JSON type, empty body": lambda code: {
        "query_string": {"code": code, "client_secret": SECRET},
        "content_type": "application/json",
    },
    "JSON": lambda code: {"json": {"grant_type": "authorization_code", "code": code, "client_secret": SECRET}},
    "Basic": lambda code: {"data": {"code": code}, "headers": basic(SECRET)},
    "Basic, no user": lambda code: {"data": {"code": code}, "headers": basic(SECRET, "")},
    "Basic and query": lambda code: {"query_string": {"code": code}, "headers": basic(SECRET)},
    "extra parameters": lambda code: {"data": {"code": code, "client_secret": SECRET, "client_id": "x", "scope": "y"}},
    "multipart": lambda code: {
        "data": {"code": code, "client_secret": SECRET},
        "content_type": "multipart/form-data",
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_a_grant_is_exchanged(way: str, world: World, addon: Addon) -> None:
    answer = post(world, **WAYS[way](code_of(world, addon)))
    assert answer.status_code == 200, answer.text
    tokens = answer.get_json()
    assert set(tokens) == {"access_token", "refresh_token", "expires_in", "token_type", "user_id", "session_nonce"}
    assert (tokens["expires_in"], tokens["token_type"], tokens["session_nonce"]) == (28800, "Bearer", None)
    assert tokens["access_token"].startswith("HRKU-")
    seen = world.call("GET", f"/addons/{addon.id}", token=tokens["access_token"])
    assert (seen.status_code, seen.json["id"]) == (200, addon.id)


def test_a_code_works_once(world: World, addon: Addon) -> None:
    code = code_of(world, addon)
    exchange(world, addon)
    with world.nothing_written():
        again = post(world, data={"code": code, "client_secret": SECRET})
    assert (again.status_code, again.get_json()) == (401, INVALID)


def test_many_at_once_get_one_pair_of_tokens(world: World, addon: Addon) -> None:
    code, start, codes = code_of(world, addon), threading.Barrier(8), []

    def act() -> None:
        client = world.client.application.test_client()
        start.wait()
        codes.append(client.post("/oauth/token", data={"code": code, "client_secret": SECRET}).status_code)

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [401] * 7


def test_a_code_expires_on_the_platforms_clock(world: World, addon: Addon) -> None:
    world.database.clock.advance(timedelta(seconds=world.database.rules.grant_life - 1))
    other = code_of(world, addon)
    world.database.clock.advance(timedelta(seconds=1))
    answer = post(world, data={"code": other, "client_secret": SECRET})
    assert (answer.status_code, answer.get_json()) == (401, INVALID)


def test_the_last_second_is_good(world: World, addon: Addon) -> None:
    world.database.clock.advance(timedelta(seconds=world.database.rules.grant_life - 1))
    assert exchange(world, addon)


@pytest.mark.parametrize("code", ["01234567-89ab-cdef-0123-456789abcdef", "x" * 100_000, "'", "%00", "💥"])
def test_an_unknown_code_is_invalid(code: str, world: World, addon: Addon) -> None:
    with world.nothing_written():
        for kind in ("code", "refresh_token"):
            grant = {"grant_type": "refresh_token"} if kind == "refresh_token" else {}
            answer = post(world, data={kind: code, "client_secret": SECRET} | grant)
            assert (answer.status_code, answer.get_json()) == (401, INVALID)


@pytest.mark.parametrize("secret", ["wrong", "EXCEPTIONS-CLIENT-SECRET", "é", "x" * 100_000, "other-client-secret"])
def test_a_wrong_secret_is_401_and_spends_nothing(secret: str, world: World, addon: Addon) -> None:
    """Neither the code nor the refresh token is used up by it."""
    with world.database.transaction() as tx:
        support.new_service(tx, "other")
    code = code_of(world, addon)
    for sent in ({"data": {"code": code, "client_secret": secret}}, {"data": {"code": code}, "headers": basic(secret)}):
        with world.nothing_written():
            answer = post(world, **sent)
        assert (answer.status_code, answer.get_json()["id"]) == (401, "unauthorized")
        assert SECRET not in answer.text
        assert secret not in answer.text
    tokens = exchange(world, addon)
    with world.nothing_written():
        refused = post(
            world,
            data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_secret": secret},
        )
    assert refused.status_code == 401


def refresh(world: World, token: str) -> Any:
    return post(world, data={"grant_type": "refresh_token", "refresh_token": token, "client_secret": SECRET})


def test_refresh_keeps_the_refresh_token_and_the_old_access_token(world: World, addon: Addon) -> None:
    first = exchange(world, addon)
    second = refresh(world, first["refresh_token"]).get_json()
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    for tokens in (first, second):
        assert world.call("GET", f"/addons/{addon.id}", token=tokens["access_token"]).status_code == 200
    world.database.clock.advance(timedelta(hours=8))
    assert world.call("GET", f"/addons/{addon.id}", token=second["access_token"]).status_code == 401
    third = refresh(world, first["refresh_token"]).get_json()
    assert world.call("GET", f"/addons/{addon.id}", token=third["access_token"]).status_code == 200


def test_strict_mode_rotates(tmp_path: Path) -> None:
    world = new_world(tmp_path, refresh_token_rotates=True)
    first = exchange(world, make_addon(world))
    second = refresh(world, first["refresh_token"]).get_json()
    assert second["refresh_token"] != first["refresh_token"]
    old = refresh(world, first["refresh_token"])
    assert (old.status_code, old.get_json()) == (401, INVALID)
    assert refresh(world, second["refresh_token"]).status_code == 200
    world.database.close()


def test_nothing_works_after_the_add_on_is_gone(world: World, addon: Addon) -> None:
    code, tokens = code_of(world, addon), exchange(world, addon)
    with world.database.transaction() as tx:
        destroy_addon(tx, world.customer, addon)
        finish_deprovisioning(tx, addon, None)
    for answer in (refresh(world, tokens["refresh_token"]), post(world, data={"code": code, "client_secret": SECRET})):
        assert (answer.status_code, answer.get_json()) == (401, INVALID)
    assert world.call("GET", f"/addons/{addon.id}", token=tokens["access_token"]).error == (401, "unauthorized")


MISSING: dict[str, Any] = {
    "nothing": {},
    "no code": {"data": {"client_secret": SECRET}},
    "an empty code": {"data": {"code": "", "client_secret": SECRET}},
    "no refresh token": {"data": {"grant_type": "refresh_token", "code": "x", "client_secret": SECRET}},
    "JSON of other types": {"json": {"code": ["x"], "client_secret": {"a": 1}}},
}


@pytest.mark.parametrize("case", MISSING)
def test_a_missing_parameter_is_named(case: str, world: World, addon: Addon) -> None:
    with world.nothing_written():
        answer = post(world, **MISSING[case])
    assert (answer.status_code, answer.get_json()["id"]) == (422, "invalid_params")
    assert "Missing parameter" in answer.get_json()["message"]


def test_a_missing_secret_is_named_and_spends_nothing(world: World, addon: Addon) -> None:
    for headers in ({}, basic(""), {"Authorization": "Bearer x"}):
        with world.nothing_written():
            answer = post(world, data={"code": code_of(world, addon)}, headers=headers)
        assert (answer.status_code, answer.get_json()["id"]) == (422, "invalid_params")
        assert "client_secret" in answer.get_json()["message"]


def test_a_suspended_partner_gets_no_tokens_and_loses_no_code(world: World, addon: Addon) -> None:
    """partner-api §3.1."""
    code = code_of(world, addon)
    with world.database.transaction() as tx:
        account = tx.find(Account, email="exceptions@addons.heroku.com")
        assert account is not None
        tx.update(account, suspended_at=tx.now())
    with world.nothing_written():
        answer = post(world, data={"code": code, "client_secret": SECRET})
    assert (answer.status_code, answer.get_json()["id"]) == (403, "suspended")
    with world.database.transaction() as tx:
        tx.update(tx.get(Account, account.id), suspended_at=None)
    assert exchange(world, addon)


def test_both_statuses_that_nobody_is_sure_of_can_be_set(tmp_path: Path) -> None:
    """partner-api §14: as a reader of RFC 6749 expects them."""
    world = new_world(tmp_path, oauth_refusal_status=400, oauth_missing_status=400)
    code = code_of(world, make_addon(world))
    for sent in (
        {"code": "unknown", "client_secret": SECRET},
        {"code": code, "client_secret": "wrong"},
        {"code": code},
    ):
        with world.nothing_written():
            answer = post(world, data=sent)
        assert (answer.status_code, answer.get_json()["id"]) == (400, "bad_request")
        assert len(answer.get_json()["message"]) > 20
    assert post(world, data={"code": code, "client_secret": SECRET}).status_code == 200
    world.database.close()


def test_an_unknown_grant_type_is_a_bad_request(world: World, addon: Addon) -> None:
    answer = post(world, data={"grant_type": "password" * 20, "code": "x", "client_secret": SECRET})
    assert (answer.status_code, answer.get_json()["id"]) == (400, "bad_request")
    assert len(answer.text) < 300


FORM = "application/x-www-form-urlencoded"
HOSTILE: dict[str, Any] = {
    "broken JSON": {"data": b"{", "content_type": "application/json"},
    "deep JSON": {"data": b'{"a":' * 5000 + b"1" + b"}" * 5000, "content_type": "application/json"},
    "half a character": {"data": b'{"code": "\\ud800"}', "content_type": "application/json"},
    "half a secret": {"data": b'{"code": "c", "client_secret": "\\udfff"}', "content_type": "application/json"},
    "a list": {"json": []},
    "NUL": {"json": {"code": "\x00", "client_secret": SECRET}},
    "NUL in a form": {"data": {"code": "a\x00", "client_secret": SECRET}},
    "bad UTF-8 in a form": {"data": b"code=%ff%fe&client_secret=x", "content_type": FORM},
    "bad UTF-8 in the query": {"query_string": "code=%ff%fe&client_secret=x"},
    "bad base64": {"data": {"code": "x"}, "headers": {"Authorization": "Basic %%%"}},
    "base64 of no text": {"data": {"code": "x"}, "headers": {"Authorization": "Basic /w=="}},
    "a long JSON body": {"data": b'"' + b"x" * 2_000_000 + b'"', "content_type": "application/json"},
    "a long form": {"data": {"code": "x" * 2_000_000}},
    "many parameters": {"data": "&".join(f"a{n}=1" for n in range(5000)), "content_type": "multipart/form-data"},
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_requests_are_refused_in_our_shape(case: str, world: World, addon: Addon) -> None:
    with world.nothing_written():
        answer = post(world, **HOSTILE[case])
    assert answer.status_code in (400, 401, 413, 422), answer.text
    assert set(answer.get_json()) == {"id", "message"}
    assert len(answer.text) < 500


def test_only_posts(world: World) -> None:
    assert world.call("GET", "/oauth/token").error == (404, "not_found")


def appeared(world: World) -> Addon:
    """The add-on, as soon as a request has written it."""
    while True:
        seen = world.database.version
        with world.database.snapshot() as rows:
            found = rows.find(Addon)
        if found is not None:
            return found
        assert world.database.wait_for_change(seen, 10) != seen


def test_it_answers_while_the_customer_waits_for_the_partner(tmp_path: Path) -> None:
    """A platform that held a lock here would deadlock with a partner that exchanges during its request (design §9)."""
    world = new_world(tmp_path, customer_patience=30.0)
    with world.database.transaction() as tx:
        support.new_service(tx)
        support.new_app(tx, world.customer, "acme")
    answers: list[Any] = []
    customer = threading.Thread(
        target=lambda: answers.append(world.call("POST", "/apps/acme/addons", {"plan": "exceptions"}))
    )
    customer.start()
    addon = appeared(world)
    tokens = exchange(world, addon)
    config = {"config": [{"name": "EXCEPTIONS_URL", "value": "http://x"}]}
    set_now = world.call("PATCH", f"/addons/{addon.id}/config", config, token=tokens["access_token"])
    assert (set_now.status_code, customer.is_alive()) == (200, True)
    with playing(world, provision=provisions({"EXCEPTIONS_URL": "http://x"})):
        customer.join(30)
    assert answers[0].status_code == 201
    with world.database.snapshot() as rows:
        assert rows.count(AccessToken, token=tokens["access_token"]) == 1
    world.database.close()
