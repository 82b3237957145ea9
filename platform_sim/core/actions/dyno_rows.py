"""New dyno rows; the supervisor turns them into processes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from platform_sim.core.model.apps import Dyno, Release
from platform_sim.core.store import Transaction


def new_dyno(
    tx: Transaction,
    release: Release,
    kind: Literal["formation", "run", "release"],
    name: str,
    command: str,
    *,
    size: str = "Basic",
    env: Mapping[str, str] | None = None,
    attach: Literal["tty", "pipe"] | None = None,
    inside_id: str | None = None,
    expires_at: datetime | None = None,
    cause_id: str | None = None,
) -> Dyno:
    """A dyno that is wanted and not yet running. The type is the part of `name` before the dot.

    `attach`: a customer's terminal, or plain input and output, instead of the log.
    """
    now = tx.now()
    return tx.insert(
        Dyno(
            id=tx.uuid("dyno", f"{release.app_id}:{name}"),
            app_id=release.app_id,
            release_id=release.id,
            name=name,
            type=name.split(".")[0],
            kind=kind,
            command=command,
            size=size,
            env=dict(env or {}),
            state="starting",
            wanted=True,
            crashes=0,
            retry_at=None,
            pid=None,
            pid_started=None,
            port=None,
            boot_id=None,
            exit_status=None,
            attach_secret=tx.secret("attach", f"{release.app_id}:{name}") if attach else None,
            tty=attach == "tty",
            created_at=now,
            updated_at=now,
            inside_id=inside_id,
            expires_at=expires_at,
            cause_id=cause_id,
        )
    )


def one_off_name(tx: Transaction, app_id: str, kind: str) -> str:
    """`run.1234`: four digits that no dyno of the app has (platform-api §6)."""
    dice = tx.dice("dyno-name", app_id)
    taken = {d.name for d in tx.all(Dyno, app_id=app_id)}
    while True:
        name = f"{kind}.{dice.randrange(1000, 10_000)}"
        if name not in taken:
            return name
