"""Public keys of people: kept and shown. Nothing is done with them, since git is served over http only."""

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import SshKey
from platform_sim.core.model.keys import KINDS, read_public_key
from platform_sim.core.store import Snapshot, Transaction


def keys_of(rows: Snapshot, actor: Actor) -> list[SshKey]:
    """The actor's own, oldest first."""
    customers_only(actor, "see keys")
    return rows.all(SshKey, account_id=actor.account.id)


def key_named(rows: Snapshot, actor: Actor, identity: str) -> SshKey:
    """One of them by id or fingerprint."""
    for key in keys_of(rows, actor):
        if identity in (key.id, key.fingerprint):
            return key
    raise NotFound("key")


def add_key(tx: Transaction, actor: Actor, line: str) -> SshKey:
    """InvalidParams for what is no public key, or one that somebody has added already."""
    customers_only(actor, "add a key")
    read = read_public_key(line)
    if read is None:
        raise InvalidParams(
            f"public_key is not the public key of OpenSSH (the contents of a file such as id_ed25519.pub): "
            f"it begins with one of {', '.join(KINDS)}."
        )
    if tx.find(SshKey, fingerprint=read.fingerprint) is not None:
        raise InvalidParams("Fingerprint already exists: this key has been added before.")
    now = tx.now()
    row_id = tx.uuid("key", actor.account.id)
    key = tx.insert(SshKey(row_id, actor.account.id, read.text, read.comment, read.fingerprint, now, now))
    tx.record("key", "create", key.id, actor.account, {"fingerprint": key.fingerprint})
    return key


def remove_key(tx: Transaction, actor: Actor, key: SshKey) -> None:
    """Forget a key."""
    tx.record("key", "destroy", key.id, actor.account, {"fingerprint": key.fingerprint})
    tx.delete(key)
