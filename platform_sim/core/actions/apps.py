"""Apps: created with two releases, found by name or id, ended with everything they own."""

from dataclasses import asdict
from typing import Any

from platform_sim.core.access import LIVE, Actor, check_manages, customers_only
from platform_sim.core.actions.addon_logs import end_app_logs
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.attachments import detach
from platform_sim.core.actions.domains import add_default_domain, rename_default_domain
from platform_sim.core.actions.pipelines import forget_app
from platform_sim.core.actions.releases import make_release
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import (
    App,
    Build,
    ConfigSnapshot,
    Dyno,
    FeatureSwitch,
    Formation,
    LogSessionRow,
    Release,
    Slug,
)
from platform_sim.core.model.domains import Domain, SniEndpoint
from platform_sim.core.model.names import app_name
from platform_sim.core.model.notices import Favorite
from platform_sim.core.model.places import region as region_named
from platform_sim.core.model.places import stack as stack_named
from platform_sim.core.model.teams import AppTransfer, Collaborator
from platform_sim.core.model.values import APP_NAME
from platform_sim.core.store import Transaction

TELLABLE = ("name", "region", "stack", "maintenance")


def create_app(
    tx: Transaction,
    actor: Actor,
    *,
    name: str | None = None,
    region: str | None = None,
    stack: str | None = None,
    owner: Account | None = None,
) -> App:
    """A new app with its releases v1 and v2 (platform-api §5), of the actor or of `owner`, a team's account.

    InvalidParams for a bad or taken name.
    """
    customers_only(actor, "create an app")
    if name is None:
        name = _free_name(tx)
    _check_name(tx, name)
    now = tx.now()
    app_id = tx.uuid("app")
    app = tx.insert(
        App(
            id=app_id,
            name=name,
            owner_id=(owner or actor.account).id,
            region=_region(region or tx.rules.default_region),
            stack=_stack(stack or tx.rules.default_stack),
            maintenance=False,
            acm=False,
            buildpacks=[],
            buildpack_description=None,
            slug_size=None,
            repo_size=None,
            legacy_number=_free_number(tx, app_id),
            released_at=now,
            created_at=now,
            updated_at=now,
        )
    )
    add_default_domain(tx, app)
    tx.record("app", "create", app.id, actor.account, _told(app), app_id=app.id)
    make_release(tx, app, actor.account, "Initial release")
    make_release(tx, app, actor.account, "Enable Logplex")
    return app


def _free_name(tx: Transaction) -> str:
    dice = tx.dice("app-name")
    while True:
        name = app_name(dice)
        if tx.find(App, name=name) is None:
            return name


def _free_number(tx: Transaction, app_id: str) -> int:
    """Eight digits: no id of a partner holds them by accident, which kensa looks for (partner-api §9)."""
    dice = tx.dice("legacy-number", app_id)
    while True:
        number = dice.randrange(10_000_000, 100_000_000)
        if tx.find(App, legacy_number=number) is None:
            return number


def _check_name(tx: Transaction, name: str) -> None:
    limit = tx.rules.app_name_limit
    if len(name) > limit:
        raise InvalidParams(f"Name is too long (maximum is {limit} characters)")
    if len(name) < 3:
        raise InvalidParams("Name is too short (minimum is 3 characters)")
    if APP_NAME.fullmatch(name) is None:
        raise InvalidParams(
            "Name must start with a letter, end with a letter or digit and can only contain lowercase letters, "
            "digits, and dashes."
        )
    if tx.find(App, name=name) is not None:
        # heroku3 looks for exactly this text (platform-api §4.3).
        raise InvalidParams("Name is already taken")


def _region(identity: str) -> str:
    found = region_named(identity)
    if found is None:
        raise InvalidParams(f"Region {identity[:64]} is not available. See the list of regions.")
    return found.name


def _stack(identity: str) -> str:
    found = stack_named(identity)
    if found is None:
        raise InvalidParams(f"Stack {identity[:64]} is not available. See the list of stacks.")
    return found.name


def _told(app: App) -> dict[str, Any]:
    return {k: v for k, v in asdict(app).items() if k in TELLABLE}


def update_app(
    tx: Transaction,
    actor: Actor,
    app: App,
    *,
    name: str | None = None,
    maintenance: bool | None = None,
    build_stack: str | None = None,
) -> App:
    """Rename, switch maintenance mode, choose the stack of the next build. Nobody calls the partner for it.

    Forbidden for who may not rename the app.
    """
    customers_only(actor, "change an app")
    changes: dict[str, Any] = {}
    if name is not None and name != app.name:
        check_manages(tx, actor, app, "rename this app")
        _check_name(tx, name)
        changes["name"] = name
    if maintenance is not None:
        changes["maintenance"] = maintenance
    if build_stack is not None:
        changes["stack"] = _stack(build_stack)
    changes = {k: v for k, v in changes.items() if getattr(app, k) != v}
    if not changes:
        return app
    before = {k: getattr(app, k) for k in changes}
    app = tx.update(app, **changes)
    if "name" in changes:
        rename_default_domain(tx, app)
    tx.record("app", "update", app.id, actor.account, _told(app), app_id=app.id, previous=before)
    return app


def note_repository_size(tx: Transaction, app_id: str, size: int) -> None:
    """How many bytes an app's repository holds now; nothing for an app that is gone."""
    app = tx.find(App, id=app_id)
    if app is not None and app.repo_size != size:
        tx.update(app, repo_size=size)


def delete_app(tx: Transaction, actor: Actor, app: App) -> None:
    """End an app: its add-ons are deprovisioned, its dynos stop, its rows go (partner-api §2.11).

    Forbidden for who does not own or manage it.
    """
    customers_only(actor, "delete an app")
    check_manages(tx, actor, app, "delete this app")
    end_app(tx, actor, app)


def end_app(tx: Transaction, actor: Actor, app: App) -> None:
    """Delete an app for somebody who has been found to be allowed to."""
    for addon in tx.all(Addon, app_id=app.id, state=LIVE):
        destroy_addon(tx, actor, addon, force=True, release=False)
    for attachment in tx.all(Attachment, app_id=app.id):
        detach(tx, actor.account, app, attachment, tx.get(Addon, attachment.addon_id), release=False)
    end_app_logs(tx, actor.account, app)
    forget_app(tx, app)
    for noun in (Formation, LogSessionRow, Build, ConfigSnapshot, Release, Slug, Domain, SniEndpoint):
        tx.delete_where(noun, app_id=app.id)
    tx.delete_where(FeatureSwitch, owner_id=app.id)
    gone = tx.record("app", "destroy", app.id, actor.account, _told(app), app_id=app.id)
    for dyno in tx.all(Dyno, app_id=app.id):
        # The rows stay until the supervisor has ended the processes behind them.
        tx.update(dyno, wanted=False, cause_id=gone.id)
    for of_people in (Collaborator, AppTransfer, Favorite):
        tx.delete_where(of_people, app_id=app.id)
    tx.delete(app)


def owner_of(tx: Transaction, app: App) -> Account:
    """Whose app it is."""
    return tx.get(Account, app.owner_id)
