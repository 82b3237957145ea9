"""The machine's rules can fail: a life in which much happens holds all of them, and breaks the named one on a platform
that is broken in one place."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from platform_sim.core import access
from platform_sim.core.actions import (
    addon_config,
    addon_logs,
    addons_end,
    addons_outcome,
    config_vars,
    jobs,
    oauth,
    releases,
)
from platform_sim.core.errors import Unauthorized
from platform_sim.core.model import sso as sso_model
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.core.store.queries import Query
from platform_sim.engines.partner_calls import deprovision, provision
from platform_sim.partners import wire

from .acts import Act, meanwhile
from .at_rest import check_at_the_end, rest
from .behaviour import Behaviour, Violation
from .snooping import FOREIGN, WRITES
from .world import World


def act(verb: str, **details: object) -> Act:
    """One step of a life."""
    return Act(verb, details)


def create(slug: str, *script: Behaviour, name: str | None = None) -> Act:
    """An add-on of `acme`."""
    return act("create", app="acme", slug=slug, plan="test", name=name, script=list(script))


def life() -> Iterator[Act]:
    """Add-ons that come about in all ways, are used, spied upon and destroyed."""
    yield act("subscribe", app="acme", moods=["500", "500"])
    yield create("beta", Behaviour("no 422"))
    yield act("rest")
    yield create("beta", Behaviour(road="lost"), Behaviour("no 422"))
    yield act("rest")
    yield create("alpha", Behaviour("500 echo"), Behaviour(road="lost"))
    yield act("rest")
    yield from _come_about_late()
    yield from _use()
    yield from (act("snoop", addon=0, other=1, which=n) for n in range(len(FOREIGN)))
    yield from (act("intrude", addon=0, who="nobody", which=n) for n in range(len(WRITES)))
    yield from _end()


def _come_about_late() -> Iterator[Act]:
    yield create("alpha", Behaviour("202", prompt=False), name="MAIN")
    yield act("work", which=0)
    yield act("exchange", addon=1, secret="other's")
    yield act("exchange", addon=1, secret="right")
    yield act("exchange", addon=1, secret="right")
    yield act("set_config", addon=1, which=0, how="set")
    yield act("say_provisioned", addon=1)
    yield act("attach", addon=1, app="other", name=None, confirm=False)


def _use() -> Iterator[Act]:
    yield act("set_config", addon=1, which=0, how="undeclared")
    yield act("refresh", addon=1, secret="other's")
    yield act("deploy", app="acme", release_phase=False)
    yield act("set_config", addon=0, which=1, how="set")
    yield act("set_config", addon=0, which=1, how="remove")
    yield act("roll_back", app="acme", steps=2)
    yield act("set_config", addon=0, which=1, how="set")
    yield act("set_var", app="acme", which=3)
    yield act("set_var", app="acme", which=0)
    yield act("set_config", addon=0, which=1, how="remove")
    yield act("sso", addon=0)
    yield act("change_plan", addon=0, plan="big", script=[])
    yield act("rest")


def _end() -> Iterator[Act]:
    yield create("beta", Behaviour(road="killed after", before=("give up",)))
    yield act("destroy", addon=1, force=True, script=[Behaviour(road="killed after")])
    yield from [act("work", which=0)] * 6
    yield act("destroy", addon=0, force=True, script=[Behaviour("500"), Behaviour("202")])
    yield act("destroy", addon=0, force=True, script=[])
    yield create("alpha")


def live() -> None:
    """All of it. Raises the Violation."""
    world = World(meanwhile)
    try:
        for each in life():
            each.do(world)
            world.check()
        rest(world)
        check_at_the_end(world)
    finally:
        world.close()


Break = Callable[[pytest.MonkeyPatch], None]


def breaks(place: object, name: str, broken: object) -> Break:
    """A function of the platform, replaced."""
    return lambda patch: patch.setattr(place, name, broken)


def sets_what_it_likes(patch: pytest.MonkeyPatch) -> None:
    """Both places that look at the manifest are blind."""
    for place in (addon_config, addons_outcome):
        patch.setattr(place, "check_declared", lambda *_: None)


def takes_a_grant_twice(patch: pytest.MonkeyPatch) -> None:
    """The use of a code is not written down."""
    used = oauth.exchange_grant

    def exchange(tx: Transaction, code: str, secret: str) -> oauth.Tokens:
        tokens = used(tx, code, secret)
        tx.update(tokens.authorization, grant_used_at=None)
        return tokens

    patch.setattr(oauth, "exchange_grant", exchange)


def refreshes_for_anybody(patch: pytest.MonkeyPatch) -> None:
    """Whatever secret is given."""
    checked = oauth.refresh

    def refresh(tx: Transaction, token: str, _: str) -> oauth.Tokens:
        authorization = tx.find(Authorization, refresh_token=token)
        assert authorization is not None
        addon = tx.get(Addon, authorization.addon_id or "")
        return checked(tx, token, tx.get(AddonService, addon.service_id).client_secret)

    patch.setattr(oauth, "refresh", refresh)


def removes_without_looking(
    current: dict[str, str], changes: dict[str, str | None], before: dict[str, str]
) -> dict[str, str]:
    """`merged`, but for the look at whose value it is."""
    return {k: v for k, v in {**current, **changes}.items() if v is not None}


def takes_customers_values(patch: pytest.MonkeyPatch) -> None:
    """Whoever removes a var removes it."""
    patch.setattr(addons_outcome, "merged", removes_without_looking)


def forgets(*_: object, **__: object) -> None:
    """Does nothing."""


def refuses(*_: object) -> None:
    """Says who may not, after something was written."""
    raise Unauthorized("no")


COUNT = itertools.count()
UNORDERED = Query(
    Job,
    "WHERE state = 'todo' AND kind IN (SELECT value FROM json_each(:kinds)) ORDER BY run_at, rowid LIMIT 1",
)
BROKEN: dict[str, Break] = {
    "0 no_handler_breaks": breaks(addons_outcome, "partner_of", refuses),
    "0 no_door_breaks": breaks(config_vars, "describe", lambda *_: 1 / 0),
    "1 no_orphan_no_ghost": breaks(addons_outcome, "tell_to_delete", forgets),
    "1 no_orphan_no_ghost: ghosts": breaks(deprovision, "deprovision_outcome", lambda *_, **__: deprovision.Gone()),
    "5 nothing_is_left_in_the_middle": breaks(jobs, "take_again", lambda *_: 0),
    "6 a_clear_refusal_leaves_nothing": breaks(provision, "_may_have_reached", lambda job: True),
    "8 app_config_is_the_fold_of_its_releases": breaks(
        releases, "_config_to_restore", lambda tx, app, then: releases.config_of(tx, then)
    ),
    "10 only_declared_vars_are_set": sets_what_it_likes,
    "10 an_undeclared_var_is_refused_whole": sets_what_it_likes,
    "10 a_customers_own_value_is_only_replaced_never_removed": takes_customers_values,
    "13 a_grant_works_once_in_time_with_its_secret": takes_a_grant_twice,
    "14 a_token_reaches_nothing_foreign": breaks(access, "_may_see_addon", lambda *_: True),
    "15 refresh_works_while_the_add_on_lives": refreshes_for_anybody,
    "15 no_token_outlives_its_add_on": breaks(addons_end, "revoke_authorization", forgets),
    "16 sso_is_for_one_id_now": breaks(sso_model, "user_scoped_token", lambda *_: "0" * 64),
    "18 a_repeat_is_the_same_bytes": breaks(addon_logs, "drain_token_of", lambda *_: f"d.{next(COUNT)}"),
    "18 ordered_subscriptions_never_overtake": breaks(jobs, "NEXT_JOB", UNORDERED),
    "22 no_secret_is_kept_or_told": breaks(wire, "_credentials", lambda request: set()),
}


def test_nothing_is_broken() -> None:
    live()


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BROKEN[what](monkeypatch)
    with pytest.raises(Violation, match=what):
        live()
