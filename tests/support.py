"""Small builders that the tests of several rooms share. Each makes one thing and says nothing about a room."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import create_account, issue_token, partner_account
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import acknowledge, finish_provisioning
from platform_sim.core.actions.app_setups import wake
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.builds import BuiltSlug, SourceBlob, create_build, finish_build
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.actions.notifications import notify
from platform_sim.core.actions.webhook_deliveries import fan_out
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Release
from platform_sim.core.public.webhooks import subject
from platform_sim.core.store import Database, Snapshot, Transaction
from platform_sim.core.store.tables import NOUNS
from platform_sim.settings import load

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""Where the frozen clock of a test stands first."""

AT = Addresses("http://localhost:5100")


def new_database(
    path: Path | None = None, *, seed: int | None = 1, at: datetime | None = START, **settings: Any
) -> Database:
    """A database in memory, or in the file `path`; clock frozen at `at` (None: running). Events reach webhooks
    and app setups. Close it."""
    database = Database(path, Clock(at), Chance(seed), load({}, **settings))
    database.on_record(notify)
    database.on_record(wake)
    database.on_record(partial(fan_out, show=partial(subject, at=AT)))
    return database


def new_customer(tx: Transaction, email: str = "user@example.com") -> Actor:
    """An account with a token, as the actor that this token makes."""
    account = create_account(tx, email)
    return Actor(account, issue_token(tx, account, "test").authorization_id)


def new_manifest(slug: str = "exceptions", *bare: str, requires: Sequence[str] = ()) -> dict[str, Any]:
    """A manifest that declares PREFIX_URL, or PREFIX_ + each of `bare`."""
    prefix = slug.upper().replace("-", "_")
    return {
        "id": slug,
        "name": slug.title(),
        "api": {
            "config_vars": [f"{prefix}_{each}" for each in bare or ("URL",)],
            "password": "partner-password",
            "sso_salt": "partner-salt",
            "regions": ["us", "eu"],
            "requires": list(requires),
            "production": {"base_url": "http://localhost:5200/r", "sso_url": "http://localhost:5200/sso"},
            "version": "3",
        },
    }


def new_service(
    tx: Transaction,
    slug: str = "exceptions",
    *bare: str,
    requires: Sequence[str] = (),
    owner: Account | None = None,
) -> AddonService:
    """A registered service with its plan `test`; client secret `SLUG-client-secret`."""
    operator = owner or partner_account(tx, "operator")
    manifest = new_manifest(slug, *bare, requires=requires)
    return register_manifest(tx, operator, manifest, client_secret=f"{slug}-client-secret")


def new_app(tx: Transaction, actor: Actor, name: str | None = None) -> App:
    """An app with its two first releases."""
    return create_app(tx, actor, name=name)


def new_addon(
    tx: Transaction,
    actor: Actor,
    app: App,
    service: str = "exceptions",
    config: Mapping[str, str] | None = None,
    **wishes: Any,
) -> Addon:
    """A provisioned add-on, as if its partner had answered 200 with `config` (default: its first declared var)."""
    addon, _ = create_addon(tx, actor, app, service, **wishes)
    if config is None:
        declared = tx.get(AddonService, addon.service_id).manifest["api"]["config_vars"]
        config = {declared[0]: f"http://{addon.name}.test/secret"}
    addon = acknowledge(tx, addon, f"provider-{addon.id}", None, asynchronous=False)
    return finish_provisioning(tx, addon, config, actor.account)


def new_pending_addon(tx: Transaction, actor: Actor, app: App, service: str = "exceptions") -> Addon:
    """An add-on whose partner has answered 202."""
    addon, _ = create_addon(tx, actor, app, service)
    return acknowledge(tx, addon, f"provider-{addon.id}", "Soon.", asynchronous=True)


def end_addon(tx: Transaction, actor: Actor, addon: Addon) -> Addon:
    """The customer destroys it and the partner acknowledges."""
    destroy_addon(tx, actor, addon)
    return finish_deprovisioning(tx, addon, actor.account)


def partner_of_addon(rows: Snapshot, addon: Addon) -> Actor:
    """The actor that a token of this instance makes."""
    service = rows.get(AddonService, addon.service_id)
    account = rows.find(Account, email=f"{service.name}@addons.heroku.com")
    authorization = rows.find(Authorization, addon_id=addon.id)
    assert account is not None
    assert authorization is not None
    return Actor(account, authorization.id, addon.id)


def attach(tx: Transaction, app: App, addon: Addon, name: str) -> Attachment:
    """A further attachment, as a row."""
    now = tx.now()
    return tx.insert(Attachment(tx.uuid("attachment", addon.id), app.id, addon.id, name, None, now, now))


def deploy(tx: Transaction, actor: Actor, app: App, commit: str = "409cdef5aa", **process_types: str) -> Release:
    """A build that has succeeded, and its release. Default process types: a web and a worker."""
    build = create_build(tx, actor, app, SourceBlob("http://localhost/source", version=commit))
    kinds = process_types or {"web": "serve", "worker": "work"}
    built = BuiltSlug(f"slugs/{commit}", kinds, "Python", ("heroku/python",), 1000, "SHA256:00")
    return finish_build(tx, build, built)[1]


def dump(rows: Snapshot, *, without: Sequence[type] = ()) -> dict[str, list[dict[str, Any]]]:
    """All rows of all nouns, to compare a before with an after. They are read for that, so nobody else has them."""
    kept: list[type[Any]] = [noun for noun in NOUNS if noun not in without]
    return {noun.__name__: [dict(vars(row)) for row in rows.all(noun)] for noun in kept}
