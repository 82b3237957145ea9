"""The database's history: each step once, in order, never edited after a release."""

from collections.abc import Callable, Iterable

from sqlite_utils import Database as Rows

from platform_sim.core.store.tables import SQL_TYPES, TABLES

UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {
    "account": (("email",),),
    "access_token": (("token",),),
    "app": (("name",), ("legacy_number",)),
    "release": (("app_id", "version"),),
    "formation": (("app_id", "type"),),
    "addon_service": (("name",),),
    "plan": (("service_id", "name"),),
    "attachment": (("app_id", "name"),),
    "log_session_row": (("secret",),),
    "source": (("secret",),),
    "log_drain": (("token",),),
    "log_input": (("token",), ("addon_id", "app_id")),
    "webhook_delivery": (("seq",),),
    "domain": (("hostname",),),
    "sni_endpoint": (("name",),),
    "pipeline": (("name",),),
    "pipeline_coupling": (("app_id",),),
    "stage_config": (("pipeline_id", "stage"),),
    "team": (("name",),),
    "team_member": (("team_id", "account_id"),),
    "collaborator": (("app_id", "account_id"),),
    "browser_session": (("link",), ("cookie",)),
    "feature_switch": (("owner_id", "name"),),
    "ssh_key": (("fingerprint",),),
    "team_invitation": (("token",), ("team_id", "account_id")),
    "review_app_config": (("pipeline_id",),),
    "favorite": (("account_id", "app_id"),),
    "oauth_session": (("authorization_id",),),
    "browser_login": (("page",), ("poll",)),
}
INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "authorization": (("addon_id",), ("account_id",), ("grant_code",), ("refresh_token",)),
    "app": (("owner_id",),),
    "config_snapshot": (("app_id",),),
    "slug": (("app_id",),),
    "build": (("app_id",),),
    "dyno": (("app_id",),),
    "addon": (("app_id",), ("name",), ("service_id",)),
    "attachment": (("addon_id",),),
    "manifest_version": (("service_id",),),
    "job": (("state", "run_at"), ("subject_id",)),
    "event": (("kind", "subject_id", "seq"), ("app_id",)),
    "exchange": (("addon_id",),),
    "log_drain": (("app_id",), ("addon_id",)),
    "log_input": (("app_id",),),
    "webhook": (("app_id",), ("addon_id",)),
    "webhook_delivery": (("webhook_id", "status"), ("event_id",)),
    "domain": (("app_id",), ("sni_endpoint_id",)),
    "sni_endpoint": (("app_id",),),
    "pipeline": (("owner_id",),),
    "pipeline_coupling": (("pipeline_id",),),
    "promotion": (("pipeline_id",), ("source_app_id",)),
    "promotion_target": (("promotion_id",), ("app_id",)),
    "ssh_key": (("account_id",),),
    "oauth_client": (("account_id",),),
    "team_member": (("account_id",),),
    "collaborator": (("account_id",),),
    "app_transfer": (("app_id",), ("owner_id",), ("recipient_id",)),
    "app_setup": (("app_id",), ("postdeploy_dyno_id",)),
    "review_app": (("pipeline_id",), ("app_id",)),
    "notification": (("account_id",),),
    "favorite": (("app_id",),),
    "oauth_session": (("account_id",),),
    "pre_authorization": (("authorization_id",),),
}
LATER: dict[str, tuple[str, ...]] = {
    "drains": ("log_drain", "log_input"),
    "webhooks": ("webhook", "webhook_delivery"),
    "domains": ("domain", "sni_endpoint"),
    "pipelines": ("pipeline", "pipeline_coupling", "promotion", "promotion_target", "stage_config"),
    "people": ("oauth_client", "browser_session", "team", "team_member", "collaborator", "app_transfer"),
    "features": ("feature_switch",),
    "keys": ("ssh_key",),
    "invitations": ("team_invitation",),
    "setups": ("app_setup", "review_app_config", "review_app"),
    "notices": ("notification", "favorite"),
    "logins": ("credentials", "oauth_session", "browser_login", "pre_authorization"),
    "incidents": ("incident",),
}
"""Tables that are made by a step of their own, by what they are for."""


def first_tables(rows: Rows) -> None:
    """All nouns of the first release, straight from the dataclasses."""
    later = {name for names in LATER.values() for name in names}
    _create(rows, [table.name for table in TABLES.values() if table.name not in later])


def drains(rows: Rows) -> None:
    """Log drains and log input."""
    _create(rows, LATER["drains"])


def webhooks(rows: Rows) -> None:
    """Webhooks; an index of open jobs, since an ordered subscription has thousands that are done."""
    _create(rows, LATER["webhooks"])
    rows.conn.execute("CREATE INDEX idx_job_open ON job (subject_id) WHERE state IN ('todo', 'doing')")


def abilities(rows: Rows) -> None:
    """What an operator has enabled for a service."""
    _column(rows, "addon_service", "abilities", "[]")


def domains(rows: Rows) -> None:
    """Domains and certificates; apps that are there get their default domain."""
    _create(rows, LATER["domains"])
    _column(rows, "app", "acm", 0)
    rows.conn.execute(
        f"""
        INSERT INTO domain (id, app_id, hostname, kind, created_at, updated_at)
        SELECT {_NEW_UUID}, id, name || '.localhost', 'heroku', created_at, created_at FROM app
        """
    )


def pipelines(rows: Rows) -> None:
    """Pipelines, what is in them, and promotions."""
    _create(rows, LATER["pipelines"])


def buildpacks(rows: Rows) -> None:
    """The buildpacks that an app names."""
    _column(rows, "app", "buildpacks", "[]")


def features(rows: Rows) -> None:
    """What is switched for apps and accounts."""
    _create(rows, LATER["features"])


def keys(rows: Rows) -> None:
    """Public keys of people."""
    _create(rows, LATER["keys"])


def invitations(rows: Rows) -> None:
    """Invitations to teams; permissions that are given one by one; apps that are locked."""
    _create(rows, LATER["invitations"])
    _column(rows, "collaborator", "permissions", "[]")
    _column(rows, "app", "locked", 0)


def setups(rows: Rows) -> None:
    """App setups, and review apps."""
    _create(rows, LATER["setups"])


def notices(rows: Rows) -> None:
    """Notifications and favorites of people."""
    _create(rows, LATER["notices"])


def logins(rows: Rows) -> None:
    """Passwords, second factors, sessions, and logins by browser."""
    _create(rows, LATER["logins"])
    _column(rows, "account", "two_factor", 0)


def incidents(rows: Rows) -> None:
    """What is wrong with the platform."""
    _create(rows, LATER["incidents"])


def one_off_dynos(rows: Rows) -> None:
    """Commands inside a dyno; one-off dynos with a time to live."""
    _column(rows, "dyno", "inside_id", None)
    _column(rows, "dyno", "expires_at", None)


_NEW_UUID = " || '-' || ".join(
    f"{mark} lower(hex(randomblob({size})))"
    for mark, size in (("", 4), ("", 2), ("'4a' ||", 1), ("'8a' ||", 1), ("", 6))
)
"""An id made by SQLite, for rows that an old database gets."""


def attached_dynos(rows: Rows) -> None:
    """One-off dynos with a terminal."""
    _column(rows, "dyno", "attach_secret", None)
    _column(rows, "dyno", "tty", 0)


def catalog(rows: Rows) -> None:
    """Who owns a service and where it is called; who is offered a plan, which says more than `visible` did."""
    _column(rows, "addon_service", "owner_id", "")
    _column(rows, "addon_service", "local_url", "")
    _column(rows, "plan", "passes", "[]")
    _column(rows, "plan", "actions", "[]")
    rows.conn.execute("UPDATE plan SET state = 'public'")
    if "visible" in _columns(rows, "plan"):
        rows.conn.execute("ALTER TABLE plan DROP COLUMN visible")


def namespaces(rows: Rows) -> None:
    """Config of attachments that do not show the add-on's usual one."""
    _column(rows, "addon", "namespaces", "{}")


def legacy_numbers(rows: Rows) -> None:
    """The number by which partners of version 1 know an app; apps of before get one that is too short for a new one."""
    _column(rows, "app", "legacy_number", 0)
    rows.conn.execute("UPDATE app SET legacy_number = rowid WHERE legacy_number = 0")
    _index(rows, "app", ("legacy_number",), "UNIQUE ")


def people(rows: Rows) -> None:
    """Several customers: collaborators, teams, transfers, OAuth clients, and browsers that are somebody."""
    _column(rows, "account", "allow_tracking", 0)
    _column(rows, "account", "beta", 0)
    _column(rows, "account", "suspended_at", None)
    _column(rows, "account", "delinquent_at", None)
    _column(rows, "authorization", "client_id", None)
    _create(rows, LATER["people"])


def _column(rows: Rows, table: str, name: str, default: str | int | None) -> None:
    """Add a column to a table of an earlier step; a new database has it already, from the dataclass."""
    if name not in _columns(rows, table):
        kind = "INTEGER" if isinstance(default, int) else "TEXT"
        shown = f"'{default}'" if isinstance(default, str) else default
        rest = "" if default is None else f" NOT NULL DEFAULT {shown}"
        rows.conn.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}{rest}')


def _columns(rows: Rows, table: str) -> set[str]:
    return {row[1] for row in rows.conn.execute(f'PRAGMA table_info("{table}")')}


def _create(rows: Rows, names: Iterable[str]) -> None:
    known = {table.name: table for table in TABLES.values()}
    for table in (known[name] for name in names):
        columns = {c: SQL_TYPES[t] for c, t in table.types.items()}
        rows.conn.execute(rows.create_table_sql(table.name, columns, pk=table.key))
        for unique in UNIQUE.get(table.name, ()):
            _index(rows, table.name, unique, "UNIQUE ")
        for plain in INDEXES.get(table.name, ()):
            _index(rows, table.name, plain, "")


def _index(rows: Rows, table: str, columns: tuple[str, ...], unique: str) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    rows.conn.execute(f'CREATE {unique}INDEX IF NOT EXISTS "idx_{table}_{"_".join(columns)}" ON "{table}" ({listed})')


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
