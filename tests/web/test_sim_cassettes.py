"""`/sim/services/SLUG/cassette`: what it holds, from when on, and what is no longer there."""

from datetime import timedelta

import pytest

from platform_sim.testing import Heroku, Partner, Refused


def test_since_limits_it_and_what_was_dropped_is_said() -> None:
    with Heroku(settings={"exchanges_kept": 20}) as heroku:
        partner = Partner("acme")
        heroku.register(partner.manifest, plans=("free", "pro"), partner=partner)
        addon = heroku.app("shop").addons.create("acme:free")
        heroku.clock.advance(hours=1)
        since = heroku.clock.now()
        addon.change_plan("acme:pro")
        later = heroku.cassette("acme", since=since)
        assert [each["request"]["method"] for each in later["exchanges"]] == ["PUT"]
        whole = heroku.cassette("acme")
        assert ([each["request"]["method"] for each in whole["exchanges"]], whole["missing"]) == (["POST", "PUT"], None)
        for number in range(14):
            addon.change_plan(f"acme:{('free', 'pro')[number % 2]}")
        rest = heroku.cassette("acme")
        assert 0 < len(rest["exchanges"]) < 16
        assert rest["missing"].startswith("exchanges from before ")
        assert rest["missing"].endswith("keeps about the newest 20 of all (PLATFORM_SIM_EXCHANGES_KEPT)")
        assert heroku.cassette("acme", since=heroku.clock.now() + timedelta(days=1))["missing"] is None


def test_one_add_on_alone_can_be_taken_by_its_name_or_id() -> None:
    with Heroku() as heroku:
        partner = Partner("acme")
        heroku.register(partner.manifest, partner=partner)
        one, other = (heroku.app(name).addons.create("acme") for name in ("shop", "other"))
        one.destroy()
        for name in (one.uuid, heroku.ask("GET", f"/addons/{other.uuid}")["name"]):
            found = heroku.ask("GET", f"/sim/services/acme/cassette?addon={name}")
            assert {each["addon"] for each in found["exchanges"]} == {one.uuid if name == one.uuid else other.uuid}
        with pytest.raises(Refused, match="acme has no add-on, and had none, of the name or id 'none'"):
            heroku.ask("GET", "/sim/services/acme/cassette?addon=none")


def test_what_cannot_be_understood_is_refused() -> None:
    with Heroku() as heroku:
        partner = Partner("acme")
        heroku.register(partner.manifest, partner=partner)
        with pytest.raises(Refused, match="since: 'noon' is no time"):
            heroku.ask("GET", "/sim/services/acme/cassette?since=noon")
        with pytest.raises(Refused, match="add-on service"):
            heroku.cassette("none")
        assert heroku.cassette("acme")["exchanges"] == []


def test_a_snapshot_without_secrets_has_no_marks_of_them_either() -> None:
    with Heroku() as heroku:
        partner = Partner("acme")
        heroku.register(partner.manifest, partner=partner)
        heroku.app("shop").addons.create("acme:free")
        before, taken = heroku.cassette("acme"), heroku.snapshot()
    with Heroku(snapshot=taken) as heroku:
        after = heroku.cassette("acme")
    first, second = (each["exchanges"][0] for each in (before, after))
    assert (first["request"]["body"]["oauth_grant"]["code"], second["request"]["body"]["oauth_grant"]["code"]) == (
        "{{code 1}}",
        "{{hidden}}",
    )
    assert second["answer"]["body"]["config"] == {"ACME_URL": "{{hidden}}"}
    assert second["request"]["body"] | {"oauth_grant": None} == first["request"]["body"] | {"oauth_grant": None}
