"""Writes that come over the API go into the ledger, so that what they cause can name them. Reads do not, nor what is
refused at once: they cause nothing, and would drive out what does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from platform_sim.core.actions.exchanges import CUSTOMER, PARTNER, Incoming
from platform_sim.core.errors import Internal, PlatformError
from platform_sim.core.model.outlines import outlined_body, outlined_headers, outlined_path
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import dump
from platform_sim.web.api.bodies import read_json
from platform_sim.web.api.call import Call
from platform_sim.web.api.routes import Route


def incoming(call: Call, route: Route, raw: bytes, elapsed: Callable[[], int], rows: Snapshot) -> Incoming:
    """What the ledger may hold of a call, secrets left out."""
    limit, only_names = call.doors.database.rules.body_size_limit, "config-vars" in route.path
    partner = call.actor if call.actor and call.actor.is_partner else None
    entry = Incoming(
        party=PARTNER if partner else CUSTOMER,
        method=route.method,
        url=call.at.base + outlined_path(route.path, call.path),
        headers=outlined_headers(call.headers.get),
        body=lambda: outlined_body(read_json(raw, limit), only_names=only_names),
        marked_body=lambda mark: outlined_body(read_json(raw, limit), only_names=only_names, mark=mark),
        elapsed=elapsed,
        actor_email=call.actor.account.email if call.actor else None,
        authorization_id=partner.authorization_id if partner else None,
        addon_id=partner.addon_id if partner else None,
        app=call.path.get("app"),
    )
    entry.begins(rows)
    return entry


@contextmanager
def recorded(call: Call, entry: Incoming) -> Iterator[None]:
    """What is written in the block is caused by this call. An answer that comes after that is written on its own."""
    database = call.doors.database
    try:
        with database.on_behalf_of(entry):
            yield
    except PlatformError as problem:
        entry.answered(problem.status, dump(problem.body()).decode())
        raise
    except Exception:
        entry.answered(Internal.status)
        raise
    finally:
        if entry.is_known and not entry.is_complete:
            with database.transaction(entry.cause_id) as tx:
                entry.write(tx)
