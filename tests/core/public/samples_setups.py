"""App setups in every state that they can have, shown."""

import json
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.app_setup_steps import advance, configure
from platform_sim.core.actions.app_setups import create_setup, fail
from platform_sim.core.actions.builds import BuiltSlug, SourceBlob, finish_build
from platform_sim.core.model.app_json import read_manifest
from platform_sim.core.model.apps import Build
from platform_sim.core.model.setups import AppSetup
from platform_sim.core.public import setups as public
from platform_sim.core.store import Transaction

from ...support import AT, new_app, new_customer

Bodies = dict[str, list[Any]]


def of_setups(tx: Transaction) -> Bodies:
    """All of them."""
    customer = new_customer(tx, "setups@example.com")
    _begun(tx, customer)
    _building(tx, customer)
    _built(tx, customer)
    fail(tx, _begun(tx, customer), "invalid app.json", ["config var FOO is required"])
    failed = tx.update(_built(tx, customer, "prepare"), postdeploy_exit=1)
    advance(tx, failed, lambda key: "no table")
    return {"app-setup": [public.app_setup(tx, row, AT) for row in tx.all(AppSetup)]}


def _begun(tx: Transaction, customer: Actor) -> AppSetup:
    return create_setup(tx, customer, new_app(tx, customer), SourceBlob("http://localhost/s"))


def _building(tx: Transaction, customer: Actor, postdeploy: str = "") -> AppSetup:
    manifest = {"success_url": "/welcome", "scripts": {"postdeploy": postdeploy or None}}
    setup = configure(tx, _begun(tx, customer), read_manifest(json.dumps(manifest).encode()))
    return advance(tx, setup, lambda key: "")


def _built(tx: Transaction, customer: Actor, postdeploy: str = "") -> AppSetup:
    setup = _building(tx, customer, postdeploy)
    built = BuiltSlug("slug", {"web": "serve"}, "Python", ("heroku/python",), 1, "SHA256:0")
    finish_build(tx, tx.get(Build, setup.build_id or ""), built)
    return advance(tx, setup, lambda key: "")
