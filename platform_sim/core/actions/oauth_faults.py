"""What goes wrong on purpose where partners exchange grants and refresh tokens (docs/faults.md). Without faults: one
look at a set."""

from platform_sim.core.actions.exchanges import cause_of_call
from platform_sim.core.actions.fault_facts import facts_of_addon
from platform_sim.core.actions.faults import take
from platform_sim.core.actions.oauth import holder, is_open, refuse, spend
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.store import Database

REFRESH = "refresh-refused"
USED = "grant-used"
GRANTS = frozenset({"grant-expired", USED})
"""Before the partner comes, the grant has been exchanged or its time is over."""


def meet_exchange(database: Database, code: str, client_secret: str) -> None:
    """Spoil the grant that is about to be exchanged, if it is still good: what follows refuses it then. Raises what
    the exchange would for a wrong secret: who has none changes nothing (design §8 rule 17)."""
    if database.faults.isdisjoint(GRANTS):
        return
    with database.snapshot() as rows:
        found = rows.find(Authorization, grant_code=code)
        if found is None or not is_open(rows, found):
            return
        holder(rows, found, client_secret)
        facts = facts_of_addon(rows, found.addon_id)
    fault = take(database, GRANTS, facts, found.cause_id)
    if fault is not None:
        with database.transaction(found.cause_id) as tx:
            spend(tx, found, used=fault.kind == USED)


def meet_refresh(database: Database, refresh_token: str, client_secret: str) -> None:
    """Unauthorized, if a good token is to be refused this time; for a wrong secret as `meet_exchange`."""
    if REFRESH not in database.faults:
        return
    with database.snapshot() as rows:
        found = rows.find(Authorization, refresh_token=refresh_token, revoked_at=None)
        if found is None:
            return
        holder(rows, found, client_secret)
        facts, cause_id = facts_of_addon(rows, found.addon_id), cause_of_call(rows, found)
    if take(database, (REFRESH,), facts, cause_id):
        refuse()
