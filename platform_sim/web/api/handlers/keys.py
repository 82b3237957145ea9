"""Public keys of the caller; adding and removing is for clients, the published schema only reads (platform-api §3)."""

from platform_sim.core.actions import keys
from platform_sim.core.public import accounts as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import text
from platform_sim.web.api.call import Call, Json

ADD = {"public_key": text}


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /account/keys."""
    return [public.key(each, call.actor.account) for each in keys.keys_of(rows, call.actor)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /account/keys/:key (id or fingerprint)."""
    return public.key(keys.key_named(rows, call.actor, call.path["key"]), call.actor.account)


def add(call: Call, tx: Transaction) -> Json:
    """POST /account/keys."""
    return public.key(keys.add_key(tx, call.actor, call.body["public_key"]), call.actor.account)


def remove(call: Call, tx: Transaction) -> Json:
    """DELETE /account/keys/:key: the key as it was."""
    found = keys.key_named(tx, call.actor, call.path["key"])
    keys.remove_key(tx, call.actor, found)
    return public.key(found, call.actor.account)
