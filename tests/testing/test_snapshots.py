"""A Heroku that is put back, begun with, and forked."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import create_app
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.testing import Heroku, Partner

MOST_CPU = 1.0
"""Seconds of a fork of 1,000 apps; measured 0.15 to 0.25."""


def with_partner(heroku: Heroku) -> Partner:
    partner = Partner("acme")
    heroku.register(partner.manifest, plans=("free", "pro=900"), partner=partner)
    return partner


def test_invariant_20_a_platform_is_put_back_and_taken_again(tmp_path: Path) -> None:
    with Heroku(seed=7) as heroku:
        partner = with_partner(heroku)
        app = heroku.app("shop")
        addon = app.addons.create("acme:free")
        app.set_config(WORD="before")
        plain, whole = heroku.snapshot(), heroku.snapshot(secrets=True)
        app.set_config(WORD="after")
        heroku.app("other")
        addon.destroy()
        heroku.restore(whole)
        assert (addon.state, app.config["WORD"]) == ("provisioned", "before")
        assert [each["name"] for each in heroku.ask("GET", "/apps")] == ["shop"]
        assert heroku.snapshot(secrets=True) == whole
        heroku.restore(plain)
        assert heroku.snapshot() == plain
        assert app.config["WORD"].startswith("left-out-")
        heroku.restore(whole)
        partner.resources.clear()
    (tmp_path / "file").write_bytes(whole)
    with Heroku(snapshot=tmp_path / "file") as other:
        assert (other.app("shop").config["WORD"], other.token) == ("before", heroku.token)
        assert other.snapshot(secrets=True) == whole


def test_what_was_being_done_is_done_anew() -> None:
    """Of a platform that asks a partner when the snapshot is taken: it asks again when that is put back."""
    asked, go_on = threading.Event(), threading.Event()
    with Heroku(seed=7) as heroku, ThreadPoolExecutor(1) as somebody:
        partner = Partner("acme")

        def slow(environ: dict[str, Any], start: Any) -> Any:
            asked.set()
            assert go_on.wait(30)
            return partner(environ, start)

        secret = heroku.register(partner.manifest, partner=slow)
        partner.joins(heroku.doors, secret)
        app = heroku.app("shop")
        order = somebody.submit(app.addons.create, "acme:free")
        assert asked.wait(30)
        during = heroku.snapshot(secrets=True)
        go_on.set()
        addon = order.result(30)
        heroku.restore(during)
        addon.wait()
        posts = [each.body["uuid"] for each in partner.requests if each.method == "POST"]
        assert posts == [addon.uuid, addon.uuid]
        assert [each.name for each in app.addons] == [addon.name]


def test_a_fork_shares_nothing() -> None:
    with Heroku(seed=7) as heroku:
        partner = with_partner(heroku)
        addon = heroku.app("shop").addons.create("acme:free")
        with heroku.fork() as fork:
            assert (fork.url != heroku.url, fork.token, fork.leaks()) == (True, heroku.token, [])
            [copy] = fork.app("shop").addons
            copy.change_plan("acme:pro")
            fork.app("second")
            fork.clock.advance(hours=9)
            assert (copy.plan, addon.plan) == ("acme:pro", "acme:free")
            assert [each["name"] for each in heroku.ask("GET", "/apps")] == ["shop"]
            assert (fork.clock.now() - heroku.clock.now()).total_seconds() > 8 * 3600
            heroku.app("third")
            copy.destroy()
            assert (copy.state, addon.state, fork.leaks(), heroku.leaks()) == ("gone", "provisioned", [], [])
            assert [each.method for each in partner.requests] == ["POST"]


def test_a_fork_of_a_thousand_apps_takes_less_than_a_second() -> None:
    with Heroku() as heroku:
        platform = heroku._platform
        with platform.database.transaction() as tx:
            customer = Actor(tx.get(Account, platform.customer_id), "test")
            for number in range(1000):
                create_app(tx, customer, name=f"app-{number}")
        begun = time.process_time()
        with heroku.fork() as fork:
            took = time.process_time() - begun
            assert fork.ask("GET", "/apps/app-999")["name"] == "app-999"
    assert took < MOST_CPU


def test_what_is_no_snapshot_is_refused_and_changes_nothing() -> None:
    with Heroku() as heroku:
        heroku.app("shop")
        with pytest.raises(BadSnapshot, match="no snapshot"):
            heroku.restore(b"PK" + bytes(100))
        assert [each["name"] for each in heroku.ask("GET", "/apps")] == ["shop"]
    with pytest.raises(BadSnapshot):
        Heroku(snapshot=b"")
