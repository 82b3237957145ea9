"""A platform that is watched: what of the contract it touches is heard at its doors, its calls and its commits."""

from dataclasses import replace
from functools import partial
from typing import Any

from platform_sim.core.model.addons import AddonService, Plan, as_called
from platform_sim.core.model.seams import Registered
from platform_sim.core.store import Database
from platform_sim.options import Options
from platform_sim.partners.http_send import HttpSend
from platform_sim.web.context import Doors


def watched(options: Options, database: Database, doors: Doors, application: Any) -> tuple[Options, Any]:
    """Options and application, heard if `Options.watch` is given; else as they are."""
    watch = options.watch
    if watch is None:
        return options, application
    watch.registered = partial(_registered, database)
    database.on_commit(watch.committed)
    doors.coverage = watch.report
    if options.send is None:
        options = replace(options, send=watch.send(HttpSend(database.rules.partner_answer_limit)))
    return options, watch.around(application)


def _registered(database: Database) -> list[Registered]:
    with database.snapshot() as rows:
        plans = rows.all(Plan)
        return [
            (as_called(each), each.client_secret, tuple(p.name for p in plans if p.service_id == each.id))
            for each in rows.all(AddonService)
        ]
