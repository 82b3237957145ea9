"""What a watched platform has touched: by tests of somebody's partner, with the scripted one in its place."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from platform_sim.coverage.touched import Touched, added
from platform_sim.coverage.watch import HeardSend, Watch
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.faulty import STRIKES
from platform_sim.partners.struck import Strike, struck
from platform_sim.stand_ins.questions import basic
from platform_sim.testing import Cassette, Heroku, Partner, Refused


class World:
    """A watched Heroku with a scripted partner."""

    def __init__(self, watch: Watch, heroku: Heroku) -> None:
        self.watch, self.heroku, self.partner = watch, heroku, Partner("acme")
        heroku.register(self.partner.manifest, plans=("free", "pro"), partner=self.partner)
        self.app = heroku.app("shop")

    @property
    def found(self) -> Touched:
        """With what the scripted partner does."""
        return self.watch.touched(played=True)


@pytest.fixture
def world() -> Iterator[World]:
    watch = Watch()
    with Heroku(watch=watch, settings={"provision_attempts": 1}) as heroku:
        yield World(watch, heroku)


def test_a_manifest_is_judged_before_anything_happens(world: World) -> None:
    found = world.found
    assert {rule[0] for rule in found.rules} == {"M"}
    assert len(found.rules) > 40
    assert (found.states, found.asked, found.broken) == (Counter(), Counter(), {})


def test_a_synchronous_life_touches_the_rules_of_its_moments_and_no_others(world: World) -> None:
    addon = world.app.addons.create("acme:free")
    before = set(world.found.rules)
    assert {"P01", "P04", "C01", "H01", "V01", "T09"} <= before
    assert not {"L01", "D01", "S01", "G03", "B02", "I01", "T01", "P11"} & before
    assert "G02" not in before, "that no grant was exchanged yet is nothing that was seen"
    addon.change_plan("acme:pro")
    assert {"L01", "L02"} <= set(world.found.rules) - before
    addon.sign_in()
    assert {"S01", "V04"} <= set(world.found.rules) - before
    addon.destroy()
    found = world.found
    assert {"D01", "D02"} <= set(found.rules) - before
    assert set(found.broken) == {"S39", "S40"}, "the scripted partner's page is no more than a text"
    assert dict(found.states) == {"provisioning": 1, "provisioned": 2, "deprovisioning": 1, "deprovisioned": 1}
    assert dict(found.transitions) == {"ordered": 1, "made": 1, "changed": 1, "ended": 1, "gone": 1}
    assert dict(found.asked) == {"POST": 1, "PUT": 1, "login": 1, "DELETE": 1}
    assert {"POST /apps", "POST /apps/{app}/addons", "GET /addons/{add-on}/sso"} <= set(found.links)
    assert found.back == Counter()


def test_what_the_partner_calls_is_known_by_its_tokens(world: World) -> None:
    world.partner.answer("POST", 202)
    addon = world.app.addons.create("acme:free")
    world.partner.finish(addon.uuid)
    addon.wait()
    found = world.found
    assert {"G01", "G03", "G04", "B02", "B03", "P10"} <= set(found.rules)
    assert not {"C01", "P09"} & set(found.rules), "these are about who answers 200"
    assert dict(found.back) == {
        "POST /oauth/token (grant)": 1,
        "POST /oauth/token (refresh)": 1,
        "PATCH /addons/{add-on}/config": 1,
        "POST /addons/{add-on}/actions/provision": 1,
    }
    assert {"async", "back"} <= found.abilities
    assert "PATCH /addons/{add-on}/config" not in found.links


def test_a_rule_that_was_not_kept_is_told(world: World) -> None:
    world.partner.answer("POST", 200, {"message": ["Made."]})
    world.app.addons.create("acme:free")
    assert world.found.broken["P06"].endswith(": The answer's `message` is no string.")


def test_refusals_do_not_count_as_calls_and_a_failed_order_is_a_way(world: World) -> None:
    world.partner.answer("POST", 422, {"message": "No."})
    with pytest.raises(Refused):
        world.app.addons.create("acme:free")
    with pytest.raises(Refused):
        world.heroku.ask("GET", "/addons/none")
    found = world.found
    assert dict(found.transitions) == {"ordered": 1, "not made": 1}
    assert "GET /addons/{add-on}" not in found.links


def test_strangers_unknown_plans_and_repeats_are_moments_of_their_own(world: World) -> None:
    addon = world.app.addons.create("acme:free")
    ask = world.heroku.partner("acme").ask
    ask("PUT", f"/heroku/resources/{addon.uuid}", {"plan": "free"}, headers={"Authorization": ""})
    ask("PUT", f"/heroku/resources/{addon.uuid}", {"plan": "pro"}, headers={"Authorization": "Bearer x"})
    order = world.partner.resources[addon.uuid].order
    ask("POST", "/heroku/resources", order)
    assert {"I01", "I02", "I03"} <= set(world.found.rules)
    assert "T05" not in world.found.rules, "it is about four kinds of strangers"
    addon.destroy()
    ask("DELETE", f"/heroku/resources/{addon.uuid}")
    ask("POST", "/heroku/resources", order)
    assert {"D03", "D05"} <= set(world.found.rules)


def test_logins_are_told_apart_by_their_signature_and_time(world: World) -> None:
    addon = world.app.addons.create("acme:free")
    form = addon.sso_form()
    form.fields.update(dict.fromkeys(("user_scoped_resource_token", "resource_token", "token"), "0" * 40))
    addon.sign_in(form)
    assert "S06" not in world.found.rules, "it takes a good login too"
    addon.sign_in()
    assert "S06" in world.found.rules
    assert "S08" not in world.found.rules


def test_two_add_ons_are_compared(world: World) -> None:
    world.app.addons.create("acme:free")
    assert "I05" not in world.found.rules
    world.heroku.app("other").addons.create("acme:free")
    assert "I05" in world.found.rules


def test_many_lives_alike_are_judged_three_times_and_kept_no_longer_than_needed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform_sim.coverage.watch.MOST", 4)
    for _ in range(9):
        world.app.addons.create("acme:free").destroy()
    assert world.found.rules["P04"] <= 6
    assert len(world.watch._lives) <= 5
    assert world.found.asked["DELETE"] == 9


def test_two_services_of_one_partner_at_one_address_are_told_apart(world: World) -> None:
    """As those of the reference partner are."""
    other = Partner("other")
    other.manifest["api"]["test"] = world.partner.manifest["api"]["test"]

    def both(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        is_other = environ.get("HTTP_AUTHORIZATION") == basic("other", "password-of-other")
        return (other if is_other else world.partner)(environ, start_response)

    world.heroku.register(world.partner.manifest, plans=("free", "pro"), partner=both)
    world.heroku._ways.forget("acme")
    world.heroku.register(other.manifest, plans=("free",), partner=both)
    world.app.addons.create("acme:free")
    world.app.addons.create("other:free")
    assert {life.service.slug for life in world.watch._lives.values()} == {"acme", "other"}
    assert (world.watch._strays, "T02" in world.found.rules, len(other.resources)) == ([], False, 1)


def as_ones_own(partner: Partner) -> Any:
    """The same as an application of somebody's, whose answers do not say that the library plays it."""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return partner(environ, lambda status, headers: start_response(status, headers[:1]))

    return application


def lived(heroku: Heroku, slug: str) -> None:
    """A whole life, with calls of the partner."""
    addon = heroku.app("shop").addons.create(f"{slug}:free")
    made = heroku.ask("GET", f"/addons/{addon.uuid}")
    assert made["state"] == "provisioned"
    addon.destroy()


def test_partners_that_the_library_plays_do_not_count_unless_they_are_asked_for() -> None:
    watch = Watch()
    with Heroku(watch=watch) as heroku:
        scripted, own = Partner("acme"), Partner("mine")
        heroku.register(scripted.manifest, partner=scripted)
        addon = heroku.app("shop").addons.create("acme")
        scripted.set_config(addon.uuid, {"ACME_URL": "other"})
        addon.destroy()
        recorded = heroku.cassette("acme")
        assert dict(watch.touched().states) == dict(watch.touched().back) == dict(watch.touched().rules) == {}
        assert watch.touched().played == {"acme"}
        heroku.register(scripted.manifest, partner=Cassette.load(recorded))
        lived(heroku, "acme")
        heroku.register(own.manifest, partner=as_ones_own(own))
        lived(heroku, "mine")
        found, whole = watch.touched(), watch.touched(played=True)
        assert "acme" in heroku.ask("GET", "/sim/coverage")["left_out"][0]
    assert (found.asked["POST"], whole.asked["POST"], found.played, whole.played) == (1, 3, {"acme"}, set())
    assert (found.states["deprovisioned"], whole.states["deprovisioned"], found.back) == (1, 3, Counter())
    assert whole.back["PATCH /addons/{add-on}/config"] >= 1


def test_a_cassette_alone_does_not_count(world: World) -> None:
    world.app.addons.create("acme:free")
    watch = Watch()
    with Heroku(watch=watch) as heroku:
        heroku.register(world.partner.manifest, partner=Cassette.load(world.heroku.cassette("acme")))
        heroku.app("shop").addons.create("acme:free")
        assert (watch.touched().asked, watch.touched().played) == (Counter(), {"acme"})


def test_what_a_fault_has_done_is_not_judged_and_what_was_before_is(world: World) -> None:
    addon = world.app.addons.create("acme:free")
    world.heroku.clock.freeze()  # so that it is not tried again
    world.heroku.fail("partner-cut-before", method="DELETE")
    addon.destroy()
    world.heroku.fail("partner-cut-after", method="POST")
    with pytest.raises(Refused, match="closed the connection"):
        world.heroku.app("other").addons.create("acme:free")
    found = world.found
    assert (found.broken, "P01" in found.rules, "D01" in found.rules) == ({}, True, False)
    assert found.states["provisioning"] == 2, "ways and states count, whoever brought them about"
    assert found.asked["POST"] == 1


def test_who_has_not_kept_a_rule_is_told_with_the_first_test_or_the_time() -> None:
    tests = iter(["tests/test_a.py::test_one", "tests/test_a.py::test_two"])
    for watch, where in ((Watch(test=lambda: next(tests)), "in tests/test_a.py::test_one"), (Watch(), "at 20")):
        with Heroku(watch=watch) as heroku:
            partner = Partner("acme")
            heroku.register(partner.manifest, partner=partner)
            for app in ("shop", "other"):
                partner.answer("POST", 200, {"message": ["Made."]})
                heroku.app(app).addons.create("acme")
            found = watch.touched(played=True).broken["P06"]
        assert found.startswith(f"by acme, first {where}")
        assert found.endswith(": The answer's `message` is no string.")


def test_what_was_touched_is_added_up_and_carried() -> None:
    one = Touched(Counter(P01=2), broken={"P01": "a"}, abilities={"sso"})
    other = Touched(Counter(P01=1, P02=1), Counter(provisioned=1), broken={"P01": "b", "P02": "c"})
    other.played.add("acme")
    whole = added([one, Touched.from_json(other.as_json())])
    assert whole.played == {"acme"}
    assert (dict(whole.rules), dict(whole.states)) == ({"P01": 3, "P02": 1}, {"provisioned": 1})
    assert (whole.broken, whole.abilities) == ({"P01": "a", "P02": "c"}, {"sso"})


def test_nothing_is_heard_where_nobody_watches() -> None:
    with Heroku() as heroku:
        assert heroku._ways.told is None
        with pytest.raises(Refused, match="up --coverage") as told:
            heroku.ask("GET", "/sim/coverage")
    assert told.value.status == 422


def test_the_report_by_http(world: World) -> None:
    world.app.addons.create("acme:free")
    found: dict[str, Any] = world.heroku.ask("GET", "/sim/coverage?scripted=true")
    assert [each["name"] for each in found["groups"]] == ["rules", "manifest", "states", "transitions", "asked", "back"]
    whole = world.heroku.ask("GET", "/sim/coverage?api=true")
    assert whole["groups"][-1]["of"] > 250
    assert 0 < found["percent"] < 100


class Strikable:
    """A way to a partner over a connection that things can happen to."""

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        return PartnerAnswer(200, {}, b"whole", 1)

    def struck(self, request: PartnerRequest, strike: Strike) -> PartnerAnswer:
        return PartnerAnswer(200, {}, b"struck", 1, "cut")


def test_a_connection_that_is_struck_is_heard_too() -> None:
    heard: list[bytes] = []
    send = HeardSend(Strikable(), lambda _, answer: heard.append(answer.body))
    request = PartnerRequest("POST", "http://p/x", {}, None, 25)
    assert send(request).body == b"whole"
    assert struck(send, request, STRIKES["partner-cut-before"](0.0)).problem == "cut"
    assert heard == [b"whole", b"struck"]
