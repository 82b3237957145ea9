"""The SSO lab: experiments with a partner's single sign-on, in place of a browser (docs/dashboard.md).

A row says which experiment is wanted, never a token: the login is made of the rows when it is sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.sso import check_enters, entry_of, partners_id
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, as_called
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.model.sso import SALT, Entry, SsoTarget
from platform_sim.core.model.sso_lab import EXPERIMENTS, Experiment, fields, offered, subject_of
from platform_sim.core.store import Snapshot, Transaction

SSO_EXPERIMENT = "sso_experiment"
KEPT = 20
"""Results of an add-on; older ones go when the next is asked for."""
CLOSE = 60
"""Seconds that a good login is signed too early at most; then forms repeat themselves."""
LOOKED_AT = 20
"""Ended add-ons among which one is looked for that the partner has known."""

Targets = Callable[[dict[str, Any], str], SsoTarget | None]
"""Where a manifest wants browsers to sign in to the resource with this id of the partner's (`partners.manifest`)."""


@dataclass(frozen=True)
class Lab:
    """An add-on with which one experiments, and who enters it from where."""

    addon: Addon
    service: AddonService
    context_app: App
    target: SsoTarget
    salt: str
    entry: Entry
    deleted: Addon | None
    """Of the same service, one that is gone."""

    @property
    def offered(self) -> list[Experiment]:
        """What can be tried here."""
        return offered(self.target, has_deleted=self.deleted is not None)


@dataclass(frozen=True)
class Login:
    """What is sent."""

    target: SsoTarget
    fields: dict[str, str]
    secrets: frozenset[str]
    """What of it, and of the add-on, may be kept nowhere: the partner may repeat it."""


def lab_of(rows: Snapshot, actor: Actor, addon: Addon, context_app: App, targets: Targets) -> Lab:
    """The caller has checked that the actor may see the add-on. Forbidden for who may not enter it, InvalidParams for
    one whose partner has no single sign-on, or has not made the resource yet."""
    service = rows.get(AddonService, addon.service_id)
    target = targets(as_called(service), partners_id(addon))
    salt = check_enters(rows, actor, addon, context_app, target)
    assert target is not None, "checked"
    if addon.state != "provisioned":
        raise InvalidParams(f"{addon.name} is {addon.state}: there is nothing to sign in to now.")
    entry = entry_of(rows, actor.account, addon, context_app)
    return Lab(addon, service, context_app, target, salt, entry, _deleted(rows, addon))


def try_out(tx: Transaction, actor: Actor, lab: Lab, name: str) -> Job:
    """Write the wish for an experiment, as an event and as the job that does it; InvalidParams for one that is not
    offered."""
    experiment = next((each for each in lab.offered if each.name == name), None)
    if experiment is None:
        names = ", ".join(each.name for each in lab.offered)
        raise InvalidParams(f"{name[:40]!r} is no experiment that can be done with {lab.addon.name}: {names}.")
    subject = subject_of_jobs(lab.addon)
    before = tx.all(Job, subject_id=subject)
    for job in [each for each in before if each.state in ("done", "failed")][:-KEPT]:
        tx.delete(job)
    addon, app = lab.addon, lab.context_app
    told = {"name": addon.name, "experiment": experiment.label}
    tx.record("sso-experiment", "create", addon.id, actor.account, told, app_id=app.id, addon_id=addon.id)
    wish = {
        "addon_id": addon.id,
        "app_id": app.id,
        "user_id": actor.account.id,
        "experiment": experiment.name,
        "at": _moment(tx, before),
    }
    return tx.add_job(SSO_EXPERIMENT, subject, wish)


def _moment(tx: Transaction, before: list[Job]) -> int:
    """Unix seconds with which a login is signed: now, or where another was asked for in this very second (always, on a
    frozen clock) a little earlier, since two forms that are alike are a replay."""
    now = int(tx.now().timestamp())
    if not before or int(before[-1].created_at.timestamp()) != now:
        return now
    moments = [int(job.payload["at"]) for job in before]
    return min((at for at in moments if at > now - CLOSE), default=now + 1) - 1


def subject_of_jobs(addon: Addon) -> str:
    """Experiments with one add-on wait for each other, but not for a change of its plan."""
    return f"sso:{addon.id}"


def results(rows: Snapshot, actor: Actor, addon: Addon) -> list[Job]:
    """What this customer has tried with an add-on, the newest first."""
    found = rows.all(Job, kind=SSO_EXPERIMENT, subject_id=subject_of_jobs(addon), desc=True)
    return [job for job in found if job.payload["user_id"] == actor.account.id]


def experiment_of(job: Job) -> Experiment:
    """Which one a job is."""
    return next(each for each in EXPERIMENTS if each.name == job.payload["experiment"])


def login_of(rows: Snapshot, job: Job, targets: Targets) -> Login:
    """What the platform sends now. InvalidParams if what it takes is gone since it was asked for."""
    experiment, wish = experiment_of(job), job.payload
    addon = rows.get(Addon, wish["addon_id"])
    service = rows.get(AddonService, addon.service_id)
    user, app = rows.find(Account, id=wish["user_id"]), rows.find(App, id=wish["app_id"])
    if user is None or app is None:
        raise InvalidParams("The user or the app is gone.")
    entry = entry_of(rows, user, addon, app)
    another = _other(rows, addon) if experiment.resource == "other" else _deleted(rows, addon)
    other = entry_of(rows, user, another, rows.find(App, id=another.app_id)) if another else None
    target = targets(as_called(service), subject_of(experiment, entry, other).partners_id)
    salt = service.manifest.get("api", {}).get(SALT)
    if target is None or not salt:
        raise InvalidParams(f"The manifest of {service.human_name} has no sso_salt or sso_url any more.")
    made = fields(experiment, target, entry, other, salt, wish["at"])
    return Login(target, made, frozenset(_secrets(addon, service)))


def _secrets(addon: Addon, service: AddonService) -> set[str]:
    api = service.manifest.get("api", {})
    config = [addon.config, *addon.namespaces.values()]
    known = [api.get(SALT), api.get("password"), service.client_secret, *(v for each in config for v in each.values())]
    return {str(each) for each in known if each}


def _other(rows: Snapshot, addon: Addon) -> Addon | None:
    found = rows.all(Addon, service_id=addon.service_id, state="provisioned", limit=2)
    return next((each for each in found if each.id != addon.id), None)


def _deleted(rows: Snapshot, addon: Addon) -> Addon | None:
    ended = rows.all(Addon, service_id=addon.service_id, state="deprovisioned", desc=True, limit=LOOKED_AT)
    return next((each for each in ended if each.acknowledged_at), None)
