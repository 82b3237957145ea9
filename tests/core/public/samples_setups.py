"""App setups and review apps in every state that they can have, shown."""

import json
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.app_setup_steps import advance, configure
from platform_sim.core.actions.app_setups import create_setup, fail
from platform_sim.core.actions.builds import BuiltSlug, SourceBlob, finish_build
from platform_sim.core.actions.pipelines import create_pipeline
from platform_sim.core.actions.review_app_config import enable
from platform_sim.core.actions.review_apps import begin_ending, create_review_app, finish_ending
from platform_sim.core.model.app_json import read_manifest
from platform_sim.core.model.apps import Build
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.setups import AppSetup, ReviewApp, ReviewAppConfig
from platform_sim.core.public import setups as public
from platform_sim.core.store import Transaction

from ...support import AT, new_app, new_customer

Bodies = dict[str, list[Any]]
BLOB = SourceBlob("http://localhost/s", version="0a1b2c")


def of_setups(tx: Transaction) -> Bodies:
    """All of them."""
    customer = new_customer(tx, "setups@example.com")
    _begun(tx, customer)
    _building(tx, customer)
    _built(tx, customer)
    fail(tx, _begun(tx, customer), "invalid app.json", ["config var FOO is required"])
    failed = tx.update(_built(tx, customer, "prepare"), postdeploy_exit=1)
    advance(tx, failed, lambda key: "no table")
    return {
        "app-setup": [public.app_setup(tx, row, AT) for row in tx.all(AppSetup)],
        "review-app-config": _configs(tx, customer),
        "review-app": _review_apps(tx, customer),
    }


def _configs(tx: Transaction, customer: Actor) -> list[Any]:
    bare, full = create_pipeline(tx, customer, "bare"), create_pipeline(tx, customer, "full")
    enable(tx, customer, bare, {})
    target = {"id": "eu", "type": "region"}
    enable(tx, customer, full, {"repo": "me/full", "base_name": "full", "deploy_target": target, "stale_days": 9})
    return [public.review_app_config(row) for row in tx.all(ReviewAppConfig)]


def _review_apps(tx: Transaction, customer: Actor) -> list[Any]:
    [pipeline] = tx.all(Pipeline, name="full")
    shown = []
    for number in range(6):
        row = create_review_app(
            tx, customer, pipeline, f"topic-{number}", BLOB, pr_number=number or None, fork_repo_id=number or None
        )
        setup = tx.get(AppSetup, row.setup_id)
        if number in (1, 2):
            setup = configure(tx, setup, read_manifest(b"{}"))
        if number == 2:
            tx.update(setup, status="succeeded")
        if number == 3:
            fail(tx, setup, "invalid app.json", ["config var FOO is required"])
        if number >= 4:
            row = begin_ending(tx, row, customer.account)
        if number == 5:
            finish_ending(tx, row.id, customer.account.id)
        shown.append(public.review_app(tx, tx.get(ReviewApp, row.id)))
    assert [each["status"] for each in shown] == ["pending", "creating", "created", "errored", "deleting", "deleted"]
    return shown


def _begun(tx: Transaction, customer: Actor) -> AppSetup:
    return create_setup(tx, customer, new_app(tx, customer), BLOB)


def _building(tx: Transaction, customer: Actor, postdeploy: str = "") -> AppSetup:
    manifest = {"success_url": "/welcome", "scripts": {"postdeploy": postdeploy or None}}
    setup = configure(tx, _begun(tx, customer), read_manifest(json.dumps(manifest).encode()))
    return advance(tx, setup, lambda key: "")


def _built(tx: Transaction, customer: Actor, postdeploy: str = "") -> AppSetup:
    setup = _building(tx, customer, postdeploy)
    built = BuiltSlug("slug", {"web": "serve"}, "Python", ("heroku/python",), 1, "SHA256:0")
    finish_build(tx, tx.get(Build, setup.build_id or ""), built)
    return advance(tx, setup, lambda key: "")
