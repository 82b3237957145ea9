"""What is there before a scenario outlives it as it was: a service is refused, or used as it is, or put back."""

import copy
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from platform_sim.scenarios.document import parse
from platform_sim.scenarios.http import Remote
from platform_sim.scenarios.play import Outcome, Player
from platform_sim.testing import Heroku, Partner, Served, Service, on_private

DEAD = "http://localhost:9"
LATER = "apps: {late: }\nsteps:\n- create app: %s\n"


@pytest.fixture(scope="module")
def heroku() -> Iterator[Heroku]:
    """One that runs, for all tests here; each has services of its own."""
    with Heroku() as made:
        yield made


def there(heroku: Heroku, slug: str, plans: tuple[str, ...] = ("free", "pro=900"), listens: bool = False) -> Partner:
    """A service of somebody who operates the platform. Its partner listens, or nobody does."""
    partner = Partner(slug)
    heroku.register(partner.manifest, plans=plans, partner=Served(partner) if listens else DEAD)
    return partner


def shown(heroku: Heroku, slug: str) -> Any:
    service = heroku.ask("GET", f"/sim/services/{slug}")
    secret = heroku.ask("GET", f"/sim/services/{slug}/client-secret")
    manifests = heroku.ask("GET", f"/sim/services/{slug}/manifests")
    return {name: value for name, value in service.items() if name != "updated_at"}, secret, manifests


def played(heroku: Heroku, text: str) -> list[Outcome]:
    """On that platform, by its address, as `run --on running` and the browser do."""
    remote = Remote(heroku.url, heroku.token)
    with closing(remote), Player(parse(text, "f.yaml"), remote, {}) as player:
        return list(player.play())


@pytest.mark.parametrize(
    ("slug", "wish", "why"),
    [
        ("one", "{partner: scripted, manifest: OTHER}", "another manifest"),
        ("two", "{partner: scripted, plans: [free, max]}", "no plan max"),
        ("three", "{partner: scripted, plans: [free, pro=1]}", "another plan pro"),
        ("four", "{partner: scripted, plans: [pro]}", "another plan pro"),
        ("five", "{partner: scripted, plans: [pro=900]}", "another plan as the default"),
        ("six", "{partner: scripted, client_secret: mine}", "another client secret"),
        ("seven", "{partner: scripted, state: ga}", "the state alpha"),
        ("eight", "{partner: scripted, abilities: [fresh_grants]}", "other abilities"),
        ("nine", "{partner: {url: 'http://localhost:1'}, manifest: SAME, plans: [max]}", "no plan max"),
    ],
)
def test_a_service_that_is_another_is_refused_before_anything_is_done(
    heroku: Heroku, slug: str, wish: str, why: str
) -> None:
    manifest = there(heroku, slug).manifest
    other = copy.deepcopy(manifest)
    other["api"]["password"] = "another one entirely"
    wish = wish.replace("OTHER", json.dumps(other)).replace("SAME", json.dumps(manifest))
    before = shown(heroku, slug)
    head = f"users: {{{slug}@example.com: }}\nservices:\n  {slug}:\n    {wish}\n"
    given, *rest = played(heroku, head + LATER % f"never-{slug}")
    assert (given.state, given.place.line) == ("failed", 4)
    assert given.problem.startswith(f"f.yaml:4:5: {slug} is there already, with {why}. A scenario leaves"), given
    assert [each.state for each in rest] == ["not played"]
    assert shown(heroku, slug) == before
    assert f"{slug}@example.com" not in {each["email"] for each in heroku.ask("GET", "/sim/users")}
    assert heroku.ask("GET", "/apps") == []


def test_a_partner_that_listens_keeps_its_place(heroku: Heroku) -> None:
    there(heroku, "busy", listens=True)
    before = shown(heroku, "busy")
    given, *_ = played(heroku, "services: {busy: {partner: scripted}}\n" + LATER % "never")
    assert "busy is there already, with another partner, at http://127.0.0.1:" in given.problem
    assert shown(heroku, "busy") == before


def test_add_ons_that_live_keep_their_partner() -> None:
    with Heroku() as heroku:
        partner = there(heroku, "kept", listens=True)
        heroku.app("mine").addons.create("kept:free")
        heroku.ask("PUT", "/sim/services/kept", {"local": DEAD})
        before = shown(heroku, "kept")
        given, *_ = played(heroku, "services: {kept: {partner: scripted}}\n" + LATER % "never")
        assert f"kept is there already, and 1 add-on of it lives with its partner at {DEAD}. A" in given.problem
        assert shown(heroku, "kept") == before
        # Whoever asks for that very partner, or for no other, does not disturb it.
        same = f"services: {{kept: {{manifest: {json.dumps(partner.manifest)}, partner: {{url: '{DEAD}'}}}}}}\n"
        for text in (same, same.replace(f", partner: {{url: '{DEAD}'}}", "")):
            assert played(heroku, text)[0].problem == ""
        assert shown(heroku, "kept") == before


@pytest.mark.parametrize("fails", [False, True])
def test_what_nobody_uses_is_borrowed_and_put_back(heroku: Heroku, fails: bool) -> None:
    slug = f"lent-{fails}".lower()
    there(heroku, slug)
    before = shown(heroku, slug)
    order = f"services: {{{slug}: {{partner: scripted, plans: [free]}}}}\nsteps:\n"
    order += f"- create app: {slug}\n- create addon: {{app: {slug}, plan: {slug}, name: {slug}-1}}\n"
    order += f"- rotate config: {{addon: {slug}-1, config: {{{slug.upper().replace('-', '_')}_URL: x}}}}\n"
    order += f"- destroy app: {slug}\n  expect: {{leaks: none{', status: 418' if fails else ''}}}\n"
    outcomes = played(heroku, order)
    assert [each.state for each in outcomes] == ["ok"] * 4 + ["failed" if fails else "ok"], outcomes
    assert shown(heroku, slug) == before


def test_what_a_scenario_has_made_can_be_made_again_and_is_called_nowhere(heroku: Heroku) -> None:
    text = "services: {again: {partner: scripted, plans: [free]}}\n"
    assert played(heroku, text)[0].state == "ok"
    first = shown(heroku, "again")
    assert first[0]["local"] is None, "its manifest leads to nobody; the port of a playing may be anybody's later"
    assert played(heroku, text)[0].state == "ok"
    assert shown(heroku, "again") == first


def test_what_leaks_is_of_the_scenario_alone() -> None:
    with Heroku(settings={"customer_patience": 1}) as heroku:
        heroku.clock.freeze()
        partner = Partner("older")
        heroku.register(partner.manifest, partner=partner)
        addon = heroku.app("mine").addons.create("older:free")
        partner.answer("DELETE", 500, times=99)
        heroku.ask("DELETE", f"/apps/mine/addons/{addon.name}")
        assert heroku.leaks()
        text = "services: {mine: {partner: scripted}}\nsteps:\n- create app: shop\n  expect: {leaks: none}\n"
        assert [each.problem for each in played(heroku, text)] == ["", ""]


FAR = Partner("far").manifest
FAR["api"].pop("test")


@pytest.mark.parametrize(
    ("wish", "place"),
    [("", "https://far.example"), (", partner: {url: 'http://other.example:80'}", "http://other.example:80")],
)
def test_a_partner_on_another_machine_is_refused_before_anything_is_sent(wish: str, place: str) -> None:
    head = f"apps: {{shop: {{addons: {{a1: far}}}}}}\nservices:\n  far: {{manifest: {json.dumps(FAR)}{wish}}}\n"
    with on_private(parse(head, "f.yaml")) as (player, heroku):
        [given] = player.play()
        assert given.problem.startswith(f"f.yaml:3:8: the partner of far is at {place}, which is not this machine")
        assert (heroku.ask("GET", "/addon-services"), heroku.ask("GET", "/apps")) == ([], [])
        [given] = played(heroku, head)
        assert "is not this machine" in given.problem
        heroku.register(FAR)
        [given] = played(heroku, head.replace(wish, "") if wish else head)
        assert "the partner of far is at https://far.example, which is not this machine" in given.problem
    said = head.replace("apps: {shop: {addons: {a1: far}}}", "apps: {shop: }")
    with on_private(parse(said.replace("}\n}", "}\n").removesuffix("}\n") + ", elsewhere: true}\n")) as (player, _):
        assert [each.problem for each in player.play()] == [""]


def test_a_step_registers_none_on_another_machine() -> None:
    text = f"services:\n  far: {{manifest: {json.dumps(FAR)}}}\nsteps:\n- register service: far\n"
    with on_private(parse(text)) as (player, _):
        given, *_ = player.play()
    assert "is not this machine" in given.problem


def test_a_projects_own_partner_counts_where_the_file_names_none() -> None:
    partner, unasked = Partner("far"), Service(Partner("unasked").manifest, Partner("unasked"))
    steps = "steps:\n- create app: shop\n- create addon: {app: shop, plan: far, name: a1}\n  expect: {leaks: none}\n"
    for head in ("uses: {services: [far]}\n", f"services: {{far: {{manifest: {json.dumps(FAR)}, plans: [free]}}}}\n"):
        with on_private(parse(head + steps), services=[Service(FAR, partner), unasked]) as (player, heroku):
            assert [each.problem for each in player.play()] == [""] * 3
            assert [each["name"] for each in heroku.ask("GET", "/addon-services")] == ["far"]
            partner.resources.clear()
            assert "holds nothing for it" in [each.problem for each in again(player)][-1]
    assert [each.method for each in partner.requests] == ["POST", "POST"]
    with on_private(parse(head + steps), services=[Service(FAR)]) as (player, _):
        assert "is not this machine" in next(player.play()).problem


def again(player: Player) -> Iterator[Outcome]:
    """The leaks are looked for once more."""
    text = "steps:\n- ask: GET /apps\n  expect: {leaks: none}\n"
    with Player(parse(text), player.scene.platform, {}, brought=player.scene.held) as other:
        yield from other.play()
