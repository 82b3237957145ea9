"""What a customer asks of the host for data, `heroku pg:*` above all (heroku-cli §8; docs/pg-commands.md).

On Heroku that host belongs to the partner and is given the customer's own token. Here it is one of the platform's: it
knows the customer, and a job asks the partner with the credentials of its manifest. No partner sees a customer's token.
"""

from typing import Any

from platform_sim.core.access import (
    Actor,
    addon_named,
    app_named,
    check_buys,
    check_reads_config,
    customers_only,
    service_of,
    visible_addons,
)
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.addons import Addon, AddonService, has_data_api
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

DATA_CALL = "data_call"
KEPT = 20
"""Answers of an add-on that nobody has fetched: a client that went away, a platform that was killed."""


def ask(
    tx: Transaction, actor: Actor, identity: str, method: str, path: str, body: dict[str, Any] | None = None
) -> Job:
    """Write the job that asks the partner of an add-on. `path`: below the resource's `/data`.

    InvalidParams for an add-on whose partner has no such paths, NotFound while it is not there yet, Forbidden for who
    may not read its config, since the answers hold the same, and for a change by somebody who only borrows it.
    """
    customers_only(actor, "use the data API")
    addon = addon_named(tx, actor, identity)
    service = service_of(tx, addon)
    if not has_data_api(service.manifest):
        raise InvalidParams(
            f"{addon.name} is not Heroku Postgres here: the manifest of {service.human_name} ({service.name}) does not "
            "say data_api, so nobody answers this. Its dashboard may do what you want: heroku addons:open."
        )
    if addon.state != "provisioned":
        raise NotFound("add_on", f"{addon.name} is {addon.state}: there is no database to ask. See heroku addons:wait.")
    check_reads_config(tx, actor, addon)
    if method != "GET":
        check_buys(tx, actor, tx.get(App, addon.app_id))
    return _write(tx, addon, method, path, body)


def ask_of_app(tx: Transaction, actor: Actor, identity: str, path: str) -> list[Job]:
    """The same question about every add-on of an app that can be asked, its own or attached; NotFound if none can."""
    customers_only(actor, "use the data API")
    app = app_named(tx, actor, identity)
    found = [a for a in visible_addons(tx, actor, app) if a.state == "provisioned" and _answers(tx, a)]
    if not found:
        raise NotFound("add_on", f"{app.name} has no Heroku Postgres database, so there is nothing to ask for.")
    return [_write(tx, addon, "GET", path, None) for addon in found]


def _answers(tx: Transaction, addon: Addon) -> bool:
    return has_data_api(tx.get(AddonService, addon.service_id).manifest)


def _write(tx: Transaction, addon: Addon, method: str, path: str, body: dict[str, Any] | None) -> Job:
    """Calls about one add-on wait for each other, but not for a change of its plan, which may take long."""
    subject = f"data:{addon.id}"
    settled = tx.all(Job, subject_id=subject, state=("done", "failed"))
    for job in settled[:-KEPT]:
        tx.delete(job)
    return tx.add_job(DATA_CALL, subject, {"addon_id": addon.id, "method": method, "path": path, "body": body})


def forget(tx: Transaction, job: Job) -> None:
    """The answer was fetched: it may hold credentials, so it is not kept."""
    tx.delete(job)
