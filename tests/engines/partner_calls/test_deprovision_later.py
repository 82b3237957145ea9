"""A partner that may finish a deprovisioning later (`async_deprovisioning`, partner-api §2.11)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.addon_config import partner_deprovisions, update_config
from platform_sim.core.actions.apps import create_app, delete_app
from platform_sim.core.actions.attachments import attach
from platform_sim.core.actions.oauth import exchange_grant, refresh
from platform_sim.core.actions.releases import app_config
from platform_sim.core.errors import Unauthorized
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.apps import App, Release
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import MANIFEST, URL, World, answer, lost

HALF_A_DAY = 12 * 3600.0
ATTACHABLE = {**MANIFEST, "api": {**MANIFEST["api"], "requires": ["attachable"]}}


@pytest.fixture
def world() -> Iterator[World]:
    """Its partner may finish later."""
    made = World(manifest=ATTACHABLE)
    made.allow("async_deprovisioning")
    yield made
    made.close()


def going(world: World) -> Addon:
    """Destroyed by the customer, its partner has answered 202."""
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [answer(202)]
    world.runner.run_until_idle()
    return world.addon(addon)


def finishes(world: World, addon: Addon) -> None:
    """`actions/deprovision`."""
    partner = world.partner_of(addon)
    with world.database.transaction() as tx:
        partner_deprovisions(tx, partner, addon.id)


def borrowed(world: World, addon: Addon) -> App:
    """Another app that it is attached to."""
    with world.database.transaction() as tx:
        other = create_app(tx, world.actor, name="other")
        attach(tx, world.actor, other, tx.get(Addon, addon.id), name="BORROWED")
    return other


def last_release(world: World, app: App) -> tuple[str, str]:
    with world.database.snapshot() as rows:
        newest = rows.all(Release, app_id=app.id, order_by="version")[-1]
    return newest.description, newest.actor_email


def config_of(world: World, app: App) -> dict[str, str]:
    with world.database.snapshot() as rows:
        return app_config(rows, rows.get(App, app.id))


def test_202_leaves_everything_until_the_partner_says_so(world: World) -> None:
    addon = world.created()
    other = borrowed(world, addon)
    with world.database.transaction() as tx:
        code = tx.all(Authorization, addon_id=addon.id)[0].grant_code or ""
        secret = tx.get(AddonService, addon.service_id).client_secret
        tokens = exchange_grant(tx, code, secret)
    before = world.descriptions()
    job = world.destroy(addon, force=True)
    world.partner.script = [answer(202)]
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.job(job).outcome["asynchronous"]) == ("deprovisioning", True)
    assert (world.config(), config_of(world, other)) == ({"ACME_URL": URL}, {"BORROWED_URL": URL})
    assert world.descriptions() == before
    with world.database.transaction() as tx:
        again = refresh(tx, tokens.refresh_token, secret)
        assert actor_for_token(tx, tokens.access.token).addon_id == addon.id
    finishes(world, addon)
    assert (world.addon(addon).state, world.addon(addon).config) == ("deprovisioned", {})
    assert (world.config(), config_of(world, other)) == ({}, {})
    by_partner = "acme@addons.heroku.com"
    assert last_release(world, world.app) == (f"Detach ACME (@ref:{addon.name})", by_partner)
    assert last_release(world, other) == (f"Detach BORROWED (@ref:{addon.name})", by_partner)
    with world.database.snapshot() as rows:
        assert rows.count(Attachment, addon_id=addon.id) == 0
        for token in (tokens.access.token, again.access.token):
            with pytest.raises(Unauthorized):
                actor_for_token(rows, token)
    releases = world.descriptions()
    world.settle()
    assert (world.partner.methods(), world.descriptions(), world.open_jobs()) == (["DELETE"], releases, [])


def test_what_is_never_finished_ends_after_twelve_hours(world: World) -> None:
    addon = going(world)
    world.clock.advance(timedelta(hours=12, seconds=-1))
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.config()) == ("deprovisioning", {"ACME_URL": URL})
    assert world.settle() == [1.0]
    assert (world.addon(addon).state, world.config()) == ("deprovisioned", {})
    assert last_release(world, world.app) == (f"Detach ACME (@ref:{addon.name})", "ada@example.com")
    with world.database.snapshot() as rows:
        assert rows.all(Authorization, addon_id=addon.id, revoked_at=None) == []


@pytest.mark.parametrize("status", [204, 200, 410, 404])
def test_it_may_just_as_well_be_done_at_once(world: World, status: int) -> None:
    addon = world.created()
    world.destroy(addon)
    assert world.config() == {"ACME_URL": URL}
    world.partner.script = [answer(status)]
    assert world.settle() == []
    assert (world.addon(addon).state, world.config()) == ("deprovisioned", {})
    assert world.descriptions()[-1] == f"Detach ACME (@ref:{addon.name})"


def test_a_partner_that_finishes_before_it_has_answered(world: World) -> None:
    addon = world.created()
    job = world.destroy(addon)

    def at_once(request: PartnerRequest) -> PartnerAnswer:
        finishes(world, addon)
        return answer(202)

    world.partner.script = [at_once]
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.job(job).state, world.open_jobs()) == ("deprovisioned", "done", [])


def test_a_partner_that_fails_first_is_asked_again_with_the_same_request(world: World) -> None:
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [answer(500), lost("timeout"), answer(202)]
    assert world.settle(until=world.clock.now() + timedelta(hours=1)) == [1.0, 2.0]
    assert (world.addon(addon).state, world.config()) == ("deprovisioning", {"ACME_URL": URL})
    assert len({(r.url, tuple(sorted(r.headers.items()))) for r in world.partner.requests}) == 1


@pytest.mark.parametrize(
    ("mark", "header", "query"),
    [("Prefer: respond-async", "respond-async", ""), ("?late=1", None, "?late=1"), ("", None, "")],
)
def test_the_request_says_that_later_is_allowed(mark: str, header: str | None, query: str) -> None:
    world = World(async_deprovision_mark=mark)
    world.allow("async_deprovisioning")
    addon = going(world)
    [request] = world.partner.requests
    assert request.headers.get("Prefer") == header
    assert request.url == f"https://acme.example/heroku/resources/{addon.id}{query}"
    world.close()


def test_only_partners_who_may_are_told_so(world: World) -> None:
    world.allow()
    addon = world.created()
    world.destroy(addon)
    world.settle()
    assert "Prefer" not in world.partner.requests[0].headers
    assert world.addon(addon).state == "deprovisioned"


def test_a_clean_up_has_nothing_to_finish_later(world: World) -> None:
    world.create()
    world.partner.script = [answer(200, b"?"), answer(202)]
    assert world.settle() == []
    assert [r.method for r in world.partner.requests if "Prefer" in r.headers] == []


def test_before_it_was_provisioned_there_is_nothing_to_stay_for(world: World) -> None:
    addon, _ = world.create()
    world.partner.script = [answer(202, {"id": "x"})]
    world.runner.run_until_idle()
    world.destroy(addon)
    with world.database.snapshot() as rows:
        assert rows.count(Attachment, addon_id=addon.id) == 0
    world.partner.script = [answer(202)]
    world.runner.run_until_idle()
    assert world.addon(addon).state == "deprovisioning", "but it may take its time all the same"
    finishes(world, addon)
    world.settle()
    assert (world.addon(addon).state, world.open_jobs()) == ("deprovisioned", [])


def test_config_that_it_changes_meanwhile_is_taken_away_with_the_rest(world: World) -> None:
    addon = going(world)
    partner = world.partner_of(addon)
    with world.database.transaction() as tx:
        update_config(tx, partner, addon.id, [("ACME_URL", "closing"), ("ACME_KEY", "late")])
    assert world.config() == {"ACME_URL": "closing", "ACME_KEY": "late"}
    assert world.descriptions()[-1] == "Update ACME by acme"
    finishes(world, addon)
    assert world.config() == {}


def test_an_app_that_goes_does_not_wait(world: World) -> None:
    addon = world.created()
    other = borrowed(world, addon)
    with world.database.transaction() as tx:
        delete_app(tx, world.actor, world.app)
    world.partner.script = [answer(202)]
    world.runner.run_until_idle()
    with world.database.snapshot() as rows:
        assert [each.app_id for each in rows.all(Attachment, addon_id=addon.id)] == [other.id]
    assert config_of(world, other) == {"BORROWED_URL": URL}
    assert world.settle() == [HALF_A_DAY]
    assert (world.addon(addon).state, config_of(world, other)) == ("deprovisioned", {})


def test_destroying_again_waits_for_the_same_end(world: World) -> None:
    addon = going(world)
    releases = world.descriptions()
    assert world.job(world.destroy(addon)).state == "done"
    world.runner.run_until_idle()
    assert (world.partner.methods(), world.descriptions()) == (["DELETE"], releases)
    assert world.open_jobs() == ["deprovision_deadline"]
