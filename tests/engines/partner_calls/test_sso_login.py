"""Experiments of the SSO lab: what is sent, what is kept of the answer, and that no secret is."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from platform_sim.core.actions import sso_lab
from platform_sim.core.actions.catalog import service_named
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.sso import resource_token
from platform_sim.core.model.sso_lab import NOBODYS
from platform_sim.core.model.step_words import of_exchange
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem
from platform_sim.partners.manifest import sso_target

from .world import MANIFEST, URL, World, answer, lost

LOCAL = {"base_url": "http://localhost:5200/heroku/resources", "sso_url": "http://localhost:5200/sso"}
SESSION = "session-value-0815"
COOKIE = f"sid={SESSION}; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT, theme=dark-theme; SameSite=Lax"


def page(status: int, body: str | bytes = b"", problem: Problem | None = None, **headers: str) -> PartnerAnswer:
    content = body.encode() if isinstance(body, str) else body
    given = {"content-type": "text/html"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return PartnerAnswer(status, given, content, 9, problem)


def attempt(world: World, addon: Addon, name: str) -> Job:
    with world.database.transaction() as tx:
        found = sso_lab.lab_of(tx, world.actor, tx.get(Addon, addon.id), world.app, sso_target)
        return sso_lab.try_out(tx, world.actor, found, name)


def outcome(world: World, name: str, *script: Any, addon: Addon | None = None) -> Any:
    """What came of an experiment with a partner that answers so."""
    found = addon or world.created()
    world.partner.requests.clear()
    job = attempt(world, found, name)
    world.partner.script = list(script)
    world.runner.run_until_idle()
    done = world.job(job)
    assert done.state == "done", done
    return done.outcome


def sent(request: PartnerRequest) -> dict[str, str]:
    return dict(parse_qsl((request.body or b"").decode(), strict_parsing=True, keep_blank_values=True))


@pytest.fixture
def local(world: World) -> World:
    """The partner is a program of this machine."""
    with world.database.transaction() as tx:
        service = service_named(tx, "acme")
        api = MANIFEST["api"] | {"test": LOCAL}
        tx.update(service, manifest=MANIFEST | {"api": api})
    return world


def test_a_good_login_is_what_the_gateway_sends(world: World) -> None:
    addon = world.created()
    told = outcome(world, "valid", page(302, location="/dash"), addon=addon)
    [request] = world.partner.requests
    form = sent(request)
    assert (request.method, request.url) == ("POST", "https://acme.example/sso")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers
    assert form["resource_token"] == resource_token(addon.id, "salt-of-acme", form["timestamp"])
    assert (form["email"], form["context_app"]) == ("ada@example.com", "shop")
    assert told["verdict"] == "right"
    assert told["answers"][0]["why_not"].startswith("Not followed")


def test_on_this_machine_a_redirect_is_followed_once_with_the_cookies(local: World) -> None:
    first = page(302, location="/dash?login=s3cr3t-login", set_cookie=COOKIE)
    told = outcome(local, "valid", first, page(302, location="/further"))
    _, look = local.partner.requests
    assert (look.method, look.url) == ("GET", "http://localhost:5200/dash?login=s3cr3t-login")
    assert look.headers["Cookie"] == f"sid={SESSION}; theme=dark-theme"
    assert (told["answers"][0]["landed"], told["verdict"]) == (302, "right")
    assert told["answers"][0]["location"] == "/dash?login=[hidden]"
    assert told["answers"][0]["cookies"] == [
        {
            "name": "sid",
            "flags": "Path=/, HttpOnly, Expires=Wed, 21 Oct 2026 07:28:00 GMT",
            "lacks": "Secure, SameSite",
        },
        {"name": "theme", "flags": "SameSite=Lax", "lacks": "HttpOnly, Secure"},
    ]


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/", "//evil.example/x", "http://localhost.evil.example/", "ftp://localhost/x"],
)
def test_nothing_elsewhere_is_followed(location: str, local: World) -> None:
    told = outcome(local, "valid", page(302, location=location))
    assert len(local.partner.requests) == 1
    assert "from this machine to this machine" in told["answers"][0]["why_not"]


@pytest.mark.parametrize("location", ["http://[", ""])
def test_a_redirect_to_nowhere_is_no_trouble(location: str, local: World) -> None:
    assert outcome(local, "valid", page(302, location=location))["answers"][0]["status"] == 302
    assert len(local.partner.requests) == 1


def test_a_replay_is_the_very_same_form_twice(world: World) -> None:
    told = outcome(world, "replay", page(302), page(403))
    first, second = world.partner.requests
    assert first.body == second.body
    assert [each["status"] for each in told["answers"]] == [302, 403]
    assert told["verdict"] == "right"


def test_two_experiments_are_never_the_same_form(world: World) -> None:
    """The clock stands still here; a partner that keeps a list would take the second for a replay."""
    addon, bodies = world.created(), set()
    for _ in range(30):
        outcome(world, "valid", page(302), addon=addon)
        bodies.add(world.partner.requests[0].body)
    assert len(bodies) == 30
    with world.database.snapshot() as rows:
        assert rows.count(Job, kind=sso_lab.SSO_EXPERIMENT) == sso_lab.KEPT + 1


def test_the_deleted_and_the_other_resource_are_of_the_same_service(world: World) -> None:
    gone = world.created()
    world.destroy(gone)
    world.runner.run_until_idle()
    addon = world.created()
    told = outcome(world, "deleted", page(410), addon=addon)
    form = sent(world.partner.requests[0])
    assert form["resource_id"] == gone.id
    assert form["resource_token"] == resource_token(gone.id, "salt-of-acme", form["timestamp"])
    assert told["verdict"] == "right"
    outcome(world, "resource", page(403), addon=addon)
    form = sent(world.partner.requests[0])
    assert form["resource_id"] != addon.id
    assert form["resource_token"] == resource_token(addon.id, "salt-of-acme", form["timestamp"])


def test_the_oldest_partners_are_asked_with_get(world: World) -> None:
    addon = world.created()
    with world.database.transaction() as tx:
        api = {name: value for name, value in MANIFEST["api"].items() if name != "production"}
        tx.update(service_named(tx, "acme"), manifest=MANIFEST | {"api": api | {"production": "https://acme.example"}})
    told = outcome(world, "resource", page(404), addon=addon)
    [request] = world.partner.requests
    parts = urlsplit(request.url)
    assert (request.method, request.body, told["method"]) == ("GET", None, "GET")
    assert parts.path == f"/heroku/resources/{NOBODYS}"
    token = dict(parse_qsl(parts.query))["token"]
    assert token not in str(world.exchanges()[-1])


def everything_kept(world: World) -> str:
    with world.database.snapshot() as rows:
        return json.dumps([str(each) for noun in (Job, Event) for each in rows.all(noun)]) + str(world.exchanges())


def test_no_secret_is_kept_whatever_the_partner_repeats(local: World) -> None:
    with local.database.snapshot() as rows:
        client_secret = service_named(rows, "acme").client_secret

    def parrot(request: PartnerRequest) -> PartnerAnswer:
        form = sent(request)
        tokens = " ".join(value for name, value in form.items() if name.endswith("token"))
        body = f"salt-of-acme pass-of-acme {client_secret} {tokens} {URL} {SESSION} <input name=c value=csrf-4711>"
        return page(
            302,
            body,
            location=f"http://me:pw-0816@localhost:5200/d?s={form['token']}#frag-4712",
            set_cookie=COOKIE,
            x_echo=tokens + " salt-of-acme",
        )

    told = outcome(local, "valid", parrot, page(200, f"dashboard with {URL} and dash-secret-4713"))
    form = sent(local.partner.requests[0])
    kept = everything_kept(local)
    secrets = [value for name, value in form.items() if name.endswith("token")]
    secrets += [
        client_secret,
        "salt-of-acme",
        "pass-of-acme",
        URL,
        SESSION,
        "csrf-4711",
        "pw-0816",
        "frag-4712",
        "dash-secret-4713",
    ]
    assert [secret for secret in secrets if secret in kept] == []
    assert "email=ada@example.com" in kept
    assert told["answers"][0]["body"].count("[hidden]") >= 7


def test_nor_while_the_partner_is_still_asked(local: World) -> None:
    seen = []

    def slow(request: PartnerRequest) -> PartnerAnswer:
        seen.append(str(local.exchanges()))
        return page(200)

    outcome(local, "valid", page(302, location="/dash?login=s3cr3t-login"), slow)
    assert "/dash?login=[hidden]" in seen[0]
    assert "s3cr3t-login" not in seen[0]


def test_one_that_the_partner_never_knew_is_not_a_deleted_one(world: World) -> None:
    world.partner.script = [answer(422, {"message": "no"})]
    world.create()
    world.runner.run_until_idle()
    with pytest.raises(InvalidParams, match="no experiment"):
        attempt(world, world.created(), "deleted")


def test_the_ledger_tells_what_the_click_has_caused(local: World) -> None:
    outcome(local, "valid", page(302, location="/dash"), page(200, "x" * 100))
    login, look = local.exchanges()[-2:]
    with local.database.snapshot() as rows:
        [event] = rows.all(Event, kind="sso-experiment")
    assert {login.cause_id, look.cause_id} == {event.cause_id}
    assert (login.status, look.status, look.response_body) == (302, 200, "(a page of 100 bytes, not kept)")
    assert "in place of a browser" in of_exchange(login).sentence
    assert event.data == {"name": event.data["name"], "experiment": "Valid login"}


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("refused connection", "nothing listens"),
        ("timeout", "did not answer in time"),
        ("cut", "closed the connection"),
        ("garbled", "not HTTP"),
        ("unknown host", "host name has no address"),
    ],
)
def test_a_partner_that_is_away_hangs_or_babbles_is_told_in_words(problem: Problem, words: str, world: World) -> None:
    told = outcome(world, "replay", lost(problem))
    assert told["verdict"] == "none"
    assert words in told["answers"][0]["problem"]
    assert len(world.partner.requests) == 1


def test_a_flood_is_cut_and_judged_by_its_status(world: World) -> None:
    told = outcome(world, "stale", page(200, b"\x1b[31m<script>" + b"x" * 1_048_563, "too_large"))
    [answer] = told["answers"]
    assert "sent more than the 1048576 bytes" in answer["problem"]
    assert (len(answer["body"]), answer["is_cut"], told["verdict"]) == (1500, True, "wrong")


def test_one_that_a_death_cut_off_is_not_sent_again(world: World) -> None:
    job = attempt(world, world.created(), "valid")

    def die(request: object) -> Any:
        raise SystemExit

    world.partner.script = [die]
    with pytest.raises(SystemExit):
        world.runner.run_until_idle()
    later = world.boot("boot-2")
    later.recover()
    later.run_until_idle()
    assert len(world.partner.requests) == 1
    done = world.job(job)
    assert (done.state, done.outcome["verdict"]) == ("failed", "none")
    assert "Press the button again" in done.outcome["message"]


def test_a_sign_on_that_is_gone_since_is_told(world: World) -> None:
    job = attempt(world, world.created(), "valid")
    with world.database.transaction() as tx:
        bare = {name: value for name, value in MANIFEST["api"].items() if name != "sso_salt"}
        tx.update(service_named(tx, "acme"), manifest=MANIFEST | {"api": bare})
    world.runner.run_until_idle()
    assert "no sso_salt" in world.job(job).outcome["message"]
    assert world.partner.requests == []


def test_what_cannot_be_tried_is_not_asked_for(world: World) -> None:
    addon, _ = world.create()
    with pytest.raises(InvalidParams, match="is provisioning"):
        attempt(world, addon, "valid")
    world.runner.run_until_idle()
    for name in ("nothing", "deleted", ""):
        with pytest.raises(InvalidParams, match="no experiment"):
            attempt(world, addon, name)
