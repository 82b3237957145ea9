"""The database's history: each step once, in order, never edited after a release."""

import sqlite3
from collections.abc import Callable
from functools import cache

from sqlite_utils import Database as Rows

from platform_sim.core.store.schema import LATER, add_column, add_index, columns, create
from platform_sim.core.store.tables import TABLES

_NEW_UUID = " || '-' || ".join(
    f"{mark} lower(hex(randomblob({size})))"
    for mark, size in (("", 4), ("", 2), ("'4a' ||", 1), ("'8a' ||", 1), ("", 6))
)
"""An id made by SQLite, for rows that an old database gets."""


def first_tables(rows: Rows) -> None:
    """All nouns of the first release, straight from the dataclasses."""
    later = {name for names in LATER.values() for name in names}
    create(rows, [table.name for table in TABLES.values() if table.name not in later])


def drains(rows: Rows) -> None:
    """Log drains and log input."""
    create(rows, LATER["drains"])


def webhooks(rows: Rows) -> None:
    """Webhooks; an index of open jobs, since an ordered subscription has thousands that are done."""
    create(rows, LATER["webhooks"])
    rows.conn.execute("CREATE INDEX idx_job_open ON job (subject_id) WHERE state IN ('todo', 'doing')")


def abilities(rows: Rows) -> None:
    """What an operator has enabled for a service."""
    add_column(rows, "addon_service", "abilities", "[]")


def domains(rows: Rows) -> None:
    """Domains and certificates; apps that are there get their default domain."""
    create(rows, LATER["domains"])
    add_column(rows, "app", "acm", 0)
    rows.conn.execute(
        f"""
        INSERT INTO domain (id, app_id, hostname, kind, created_at, updated_at)
        SELECT {_NEW_UUID}, id, name || '.localhost', 'heroku', created_at, created_at FROM app
        """
    )


def pipelines(rows: Rows) -> None:
    """Pipelines, what is in them, and promotions."""
    create(rows, LATER["pipelines"])


def buildpacks(rows: Rows) -> None:
    """The buildpacks that an app names."""
    add_column(rows, "app", "buildpacks", "[]")


def features(rows: Rows) -> None:
    """What is switched for apps and accounts."""
    create(rows, LATER["features"])


def keys(rows: Rows) -> None:
    """Public keys of people."""
    create(rows, LATER["keys"])


def invitations(rows: Rows) -> None:
    """Invitations to teams; permissions that are given one by one; apps that are locked."""
    create(rows, LATER["invitations"])
    add_column(rows, "collaborator", "permissions", "[]")
    add_column(rows, "app", "locked", 0)


def setups(rows: Rows) -> None:
    """App setups, and review apps."""
    create(rows, LATER["setups"])


def notices(rows: Rows) -> None:
    """Notifications and favorites of people."""
    create(rows, LATER["notices"])


def logins(rows: Rows) -> None:
    """Passwords, second factors, sessions, and logins by browser."""
    create(rows, LATER["logins"])
    add_column(rows, "account", "two_factor", 0)


def incidents(rows: Rows) -> None:
    """What is wrong with the platform."""
    create(rows, LATER["incidents"])


def one_off_dynos(rows: Rows) -> None:
    """Commands inside a dyno; one-off dynos with a time to live."""
    add_column(rows, "dyno", "inside_id", None)
    add_column(rows, "dyno", "expires_at", None)


def attached_dynos(rows: Rows) -> None:
    """One-off dynos with a terminal."""
    add_column(rows, "dyno", "attach_secret", None)
    add_column(rows, "dyno", "tty", 0)


def catalog(rows: Rows) -> None:
    """Who owns a service and where it is called; who is offered a plan, which says more than `visible` did."""
    add_column(rows, "addon_service", "owner_id", "")
    add_column(rows, "addon_service", "local_url", "")
    add_column(rows, "plan", "passes", "[]")
    add_column(rows, "plan", "actions", "[]")
    rows.conn.execute("UPDATE plan SET state = 'public'")
    if "visible" in columns(rows, "plan"):
        rows.conn.execute("ALTER TABLE plan DROP COLUMN visible")


def namespaces(rows: Rows) -> None:
    """Config of attachments that do not show the add-on's usual one."""
    add_column(rows, "addon", "namespaces", "{}")


def legacy_numbers(rows: Rows) -> None:
    """The number by which partners of version 1 know an app; apps of before get one that is too short for a new one."""
    add_column(rows, "app", "legacy_number", 0)
    rows.conn.execute("UPDATE app SET legacy_number = rowid WHERE legacy_number = 0")
    add_index(rows, "app", ("legacy_number",), "UNIQUE ")


def people(rows: Rows) -> None:
    """Several customers: collaborators, teams, transfers, OAuth clients, and browsers that are somebody."""
    add_column(rows, "account", "allow_tracking", 0)
    add_column(rows, "account", "beta", 0)
    add_column(rows, "account", "suspended_at", None)
    add_column(rows, "account", "delinquent_at", None)
    add_column(rows, "authorization", "client_id", None)
    create(rows, LATER["people"])


def causes(rows: Rows) -> None:
    """What caused what: calls that come in beside those that go out, in one order with the events."""
    add_column(rows, "exchange", "inbound", 0)
    add_column(rows, "exchange", "app_id", None)
    add_column(rows, "exchange", "actor_email", None)
    add_column(rows, "exchange", "seq", 0)
    add_column(rows, "exchange", "after_event", 0)
    rows.conn.execute("UPDATE exchange SET seq = rowid WHERE seq = 0")
    add_index(rows, "exchange", ("seq",), "")
    add_column(rows, "authorization", "cause_id", None)
    add_column(rows, "dyno", "cause_id", None)


def clock(rows: Rows) -> None:
    """Where the clock stands."""
    create(rows, LATER["clock"])


def faults(rows: Rows) -> None:
    """What is to go wrong on purpose."""
    create(rows, LATER["faults"])


def marks(rows: Rows) -> None:
    """Which of the secrets that are hidden in an exchange are the same."""
    add_column(rows, "exchange", "marked", "{}")


STEPS: tuple[Callable[[Rows], None], ...] = (
    first_tables,
    drains,
    webhooks,
    abilities,
    domains,
    attached_dynos,
    catalog,
    namespaces,
    legacy_numbers,
    pipelines,
    buildpacks,
    people,
    features,
    keys,
    invitations,
    setups,
    notices,
    logins,
    incidents,
    one_off_dynos,
    causes,
    clock,
    faults,
    marks,
)


def migrate(rows: Rows) -> None:
    """Bring a database to the newest step; RuntimeError if it is newer than this program."""
    done = rows.conn.execute("PRAGMA user_version").fetchone()[0]
    if done > len(STEPS):
        raise RuntimeError(
            f"the data folder was written by a newer version (step {done}, this program knows {len(STEPS)}): "
            "use that version, or another --data folder"
        )
    for number in range(done, len(STEPS)):
        # A step and its mark are one transaction: a platform killed in the middle takes the whole step again.
        # So steps only run SQL on `rows.conn`: some versions of sqlite-utils commit in what they do by themselves.
        rows.conn.execute("BEGIN IMMEDIATE")
        try:
            STEPS[number](rows)
            rows.conn.execute(f"PRAGMA user_version = {number + 1}")
            rows.conn.execute("COMMIT")
        except BaseException:
            rows.conn.execute("ROLLBACK")
            raise


PAGE, SMALL_PAGE = 4096, 1024
"""Bytes of a page: of files as SQLite has it, and of what is in memory."""


@cache
def ready_image(page_size: int = PAGE) -> bytes:
    """A migrated empty database: copied for each new platform, much quicker than creating its tables.

    Each table and index takes a page, most of them stay empty: in memory small ones are a fifth of the bytes.
    """
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA page_size = {page_size}")
    migrate(Rows(connection))
    image = connection.serialize()
    connection.close()
    return image
