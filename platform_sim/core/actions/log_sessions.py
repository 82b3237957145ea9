"""Log sessions: a secret URL at which an app's log can be read for a while (platform-api §7)."""

from datetime import timedelta

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.apps import App, LogSessionRow
from platform_sim.core.store import Transaction

MOST_LINES = 1500
"""What the buffer holds (platform-api §7)."""


def create_log_session(
    tx: Transaction,
    actor: Actor,
    app: App,
    *,
    lines: int = 100,
    tail: bool = False,
    dyno: str | None = None,
    source: str | None = None,
) -> LogSessionRow:
    """`dyno` is a name (`web.1`) or a process type (`web`); `source` is `app` or `heroku`."""
    customers_only(actor, "read logs")
    if lines < 0:
        raise InvalidParams("lines must be 0 or more.")
    now = tx.now()
    return tx.insert(
        LogSessionRow(
            id=tx.uuid("log-session", app.id),
            app_id=app.id,
            secret=tx.secret("log-session", app.id),
            lines=min(lines, MOST_LINES),
            tail=tail,
            dyno=dyno,
            source=source,
            expires_at=now + timedelta(seconds=tx.rules.log_session_life),
            created_at=now,
            updated_at=now,
        )
    )
