"""What a table has beside the fields of its dataclass: indexes, the step that makes it; and how it is made."""

from collections.abc import Iterable

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
    "exchange": (("addon_id",), ("seq",)),
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
    "clock": ("clock_state",),
    "faults": ("fault",),
}
"""Tables that are made by a step of their own, by what they are for."""


def add_column(rows: Rows, table: str, name: str, default: str | int | None) -> None:
    """Add a column to a table of an earlier step; a new database has it already, from the dataclass."""
    if name not in columns(rows, table):
        kind = "INTEGER" if isinstance(default, int) else "TEXT"
        shown = f"'{default}'" if isinstance(default, str) else default
        rest = "" if default is None else f" NOT NULL DEFAULT {shown}"
        rows.conn.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}{rest}')


def columns(rows: Rows, table: str) -> set[str]:
    """The columns that a table has now."""
    return {row[1] for row in rows.conn.execute(f'PRAGMA table_info("{table}")')}


def create(rows: Rows, names: Iterable[str]) -> None:
    """Make tables as their dataclasses now are, with their indexes."""
    known = {table.name: table for table in TABLES.values()}
    for table in (known[name] for name in names):
        columns = {c: SQL_TYPES[t] for c, t in table.types.items()}
        rows.conn.execute(rows.create_table_sql(table.name, columns, pk=table.key))
        for unique in UNIQUE.get(table.name, ()):
            add_index(rows, table.name, unique, "UNIQUE ")
        for plain in INDEXES.get(table.name, ()):
            add_index(rows, table.name, plain, "")


def add_index(rows: Rows, table: str, columns: tuple[str, ...], unique: str) -> None:
    """Make an index, if it is not there. `unique`: `UNIQUE ` or nothing."""
    listed = ", ".join(f'"{column}"' for column in columns)
    rows.conn.execute(f'CREATE {unique}INDEX IF NOT EXISTS "idx_{table}_{"_".join(columns)}" ON "{table}" ({listed})')
