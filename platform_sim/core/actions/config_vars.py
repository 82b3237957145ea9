"""A customer's changes to config vars: each is a release and restarts the dynos (platform-api §5)."""

from collections.abc import Mapping, Sequence

from platform_sim.core.access import Actor
from platform_sim.core.actions.ownership import owned_vars
from platform_sim.core.actions.releases import app_config, make_release
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.apps import App
from platform_sim.core.model.values import CONFIG_VAR
from platform_sim.core.store import Transaction


def change_config_vars(tx: Transaction, actor: Actor, app: App, changes: Mapping[str, str | None]) -> dict[str, str]:
    """Merge `changes` (None removes) and return the whole set. Values equal to the present ones make no release
    unless the setting says so. Nothing is written when a name or the total size is not allowed, or where a setting
    keeps customers from the vars of add-ons."""
    if actor.is_partner:
        raise Forbidden(
            "A partner's token cannot read or change an app's config vars; it sees its own at /addons/:id/config."
        )
    before = app_config(tx, app)
    after = checked(before, changes)
    _check_owners(tx, app, [name for name in changes if before.get(name) != after.get(name)])
    if after == before and not tx.rules.unchanged_config_makes_release:
        return after
    make_release(tx, app, actor.account, describe(before, changes), config=after)
    return after


def checked(before: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Vars after changes of a customer's; InvalidParams for a name that is not allowed."""
    for name in changes:
        _check_name(name)
    return {k: v for k, v in {**before, **changes}.items() if v is not None}


def _check_owners(tx: Transaction, app: App, changed: Sequence[str]) -> None:
    if tx.rules.addon_vars_can_be_set:
        return
    theirs = sorted(set(changed) & owned_vars(tx, app).keys())
    if theirs:
        raise InvalidParams(
            f"Cannot overwrite attachment values {', '.join(theirs)}. Detach the add-on, or attach it under another "
            "name, and the name is yours."
        )


def _check_name(name: str) -> None:
    if CONFIG_VAR.fullmatch(name) is None or not name.isascii() or len(name) > 128:
        raise InvalidParams(f"{name[:128]!r} is not a config var name: use letters, digits and underscores.")
    if name.startswith("__") or name.startswith("HEROKU_"):
        raise InvalidParams(f"{name} cannot be set: names must not start with `__` or `HEROKU_` (reserved).")


def describe(before: Mapping[str, str], changes: Mapping[str, str | None]) -> str:
    """`Set A, B config vars` or `Remove C config vars`, as Heroku writes it (platform-api §5)."""
    changed = {k: v for k, v in changes.items() if before.get(k) != v} or dict(changes)
    chosen = [k for k, v in changed.items() if v is not None]
    verb = "Set" if chosen else "Remove"
    return f"{verb} {', '.join(chosen or changed)} config vars"
