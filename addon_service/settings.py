"""Every setting once: its name in the environment, default, check and sentence.

The only room that reads `os.environ`. README.md shows the same table; a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from addon_service import setting_values as values
from addon_service.setting_values import HEROKU_POSTGRES, DatabasePlan

T = TypeVar("T")
DEFAULT_URL = "http://127.0.0.1:5200"
PRODUCTS = ("exceptions", "database")
HEROKU_PLANS = "essential-0=20:1000,essential-1=20:10000,standard-0=120:64000"
"""Of Heroku Postgres, as its price list has them: the CLI reads what a database can do off these names."""


class SettingError(Exception):
    """A setting has a value that cannot be used; the message names it and says what fits."""


def _setting(env: str, default: str, parse: Callable[[str], T], sentence: str) -> T:
    meta = {"env": env, "default": default, "parse": parse, "sentence": sentence}
    made: T = field(default_factory=lambda: parse(default), metadata=meta)
    return made


@dataclass(frozen=True)
class Product:
    """What one product is called and which of its secrets are given. `key` is its name in this program."""

    key: str
    slug: str
    name: str
    password: str = field(repr=False)
    sso_salt: str = field(repr=False)
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """The whole configuration of one run; `data` and `public_url` also come from the command line."""

    data: Path = field(default=Path(".addon-service"))
    slug: str = _setting(
        "ADDON_SLUG", "exceptions", values.slug, "Manifest id; also the Basic user name, and the config var's prefix."
    )
    name: str = _setting("ADDON_NAME", "Exceptions", values.text, "Display name in the manifest and on the pages.")
    password: str = _setting(
        "ADDON_PASSWORD", "", values.basic, "Manifest password; when empty one is made and kept in the data folder."
    )
    sso_salt: str = _setting(
        "ADDON_SSO_SALT", "", values.basic, "Manifest SSO salt; when empty one is made and kept in the data folder."
    )
    client_secret: str = _setting(
        "ADDON_CLIENT_SECRET",
        "",
        values.basic,
        "OAuth client secret; when empty, the file `client-secret` in the data folder is read at each use.",
    )
    key: str = _setting(
        "ADDON_KEY", "", values.basic, "Fernet key that encrypts stored secrets; when empty one is made and kept."
    )
    heroku_api_url: str = _setting(
        "HEROKU_API_URL", "http://localhost:5100", values.url, "Root of Heroku's Platform API."
    )
    heroku_id_url: str = _setting(
        "HEROKU_ID_URL", "", values.url, "Root of Heroku's token host; when empty, the same as HEROKU_API_URL."
    )
    public_url: str = _setting(
        "PUBLIC_URL", "", values.url, "Where Heroku, apps and browsers reach this service; when empty, the bound URL."
    )
    regions: tuple[str, ...] = _setting("ADDON_REGIONS", "us,eu", values.names, "Regions named in the manifest.")
    plan_limits: Mapping[str, int] = _setting(
        "ADDON_PLAN_LIMITS",
        "test=100,basic=1000,premium=10000",
        values.plans,
        "Plans, each with the number of exceptions it stores; beyond it the data API answers 402.",
    )
    rotation_overlap: int = _setting(
        "ADDON_ROTATION_OVERLAP",
        "3600",
        values.seconds,
        "Seconds a replaced credential keeps working after Heroku has taken the new one.",
    )
    sso_window: int = _setting("ADDON_SSO_WINDOW", "300", values.seconds, "Seconds an SSO form is good for.")
    sso_skew: int = _setting("ADDON_SSO_SKEW", "30", values.seconds, "Seconds an SSO timestamp may lie in the future.")
    sso_refuse_replay: bool = _setting(
        "ADDON_SSO_REFUSE_REPLAY", "true", values.switch, "Whether an SSO form that was used once is refused."
    )
    session_seconds: int = _setting(
        "ADDON_SESSION_SECONDS", "28800", values.positive, "Seconds a dashboard session lasts after SSO."
    )
    refresh_early: int = _setting(
        "ADDON_REFRESH_EARLY", "600", values.seconds, "Seconds before expiry at which an access token is refreshed."
    )
    http_timeout: int = _setting("ADDON_HTTP_TIMEOUT", "10", values.positive, "Seconds to wait for Heroku's answer.")
    retry_first: int = _setting(
        "ADDON_RETRY_FIRST", "1", values.positive, "Seconds before a failed duty is tried again; doubles each time."
    )
    retry_most: int = _setting(
        "ADDON_RETRY_MOST", "300", values.positive, "Longest pause between two tries, in seconds."
    )
    log_drain: bool = _setting(
        "ADDON_LOG_DRAIN",
        "true",
        values.switch,
        "Whether `exceptions` reads its apps' logs and shows the last lines (manifest flag `syslog_drain`).",
    )
    log_input: bool = _setting(
        "ADDON_LOG_INPUT",
        "true",
        values.switch,
        "Whether both add-ons write what they do into their apps' logs (manifest flag `log_input`).",
    )
    log_lines: int = _setting(
        "ADDON_LOG_LINES", "500", values.positive, "Lines of its apps' logs that are kept of each instance."
    )
    facts_fresh: int = _setting(
        "ADDON_FACTS_FRESH",
        "30",
        values.seconds,
        "Seconds for which a dashboard shows what Heroku said of apps and users without asking again.",
    )
    max_body: int = _setting(
        "ADDON_MAX_BODY", "262144", values.positive, "Largest request body in bytes; beyond it 413."
    )

    database_slug: str = _setting(
        "ADDON_DATABASE_SLUG",
        "database",
        values.slug,
        "The database's manifest id, Basic user name and config var's prefix; as `heroku-postgresql` it answers"
        " `heroku pg:*`.",
    )
    database_name: str = _setting("ADDON_DATABASE_NAME", "Database", values.text, "The database's display name.")
    database_password: str = _setting(
        "ADDON_DATABASE_PASSWORD",
        "",
        values.basic,
        "The database's manifest password; when empty one is made and kept.",
    )
    database_sso_salt: str = _setting(
        "ADDON_DATABASE_SSO_SALT", "", values.basic, "The database's SSO salt; when empty one is made and kept."
    )
    database_client_secret: str = _setting(
        "ADDON_DATABASE_CLIENT_SECRET",
        "",
        values.basic,
        "The database's OAuth client secret; when empty, the file `database-client-secret` is read at each use.",
    )
    database_plans: Mapping[str, DatabasePlan] = _setting(
        "ADDON_DATABASE_PLANS",
        "test=10:64,basic=20:256,premium=60:1024",
        values.database_plans,
        "Plans of the database, each with connections for each credential and megabytes stored; unset and called"
        " heroku-postgresql, it has Heroku's own (docs/pg-commands.md).",
    )
    database_rotation_overlap: int = _setting(
        "ADDON_DATABASE_ROTATION_OVERLAP", "3600", values.seconds, "The same as ADDON_ROTATION_OVERLAP, for logins."
    )
    database_give_up: int = _setting(
        "ADDON_DATABASE_GIVE_UP",
        "39600",
        values.positive,
        "Seconds after which a database that cannot be made is given up; Heroku waits 12 h.",
    )
    database_admin_url: str = _setting(
        "DATABASE_ADMIN_URL",
        "",
        values.admin_url,
        "Server that holds the databases, postgres:// or mysql:// with its administrator; when empty, the embedded"
        " PostgreSQL; `none`: the database is not sold.",
    )
    database_address: str = _setting(
        "DATABASE_ADDRESS",
        "",
        values.address,
        "Host, or host:port, at which apps reach that server; when empty, as in DATABASE_ADMIN_URL.",
    )

    @property
    def id_url(self) -> str:
        """Root of the token host."""
        return self.heroku_id_url or self.heroku_api_url

    @property
    def speaks_pg(self) -> bool:
        """Whether the database is called as Heroku's own, so that the CLI takes `pg:*` to it."""
        return self.database_slug == HEROKU_POSTGRES

    def product(self, key: str) -> Product:
        """What one of PRODUCTS is called, and its secrets."""
        if key == "exceptions":
            return Product(key, self.slug, self.name, self.password, self.sso_salt, self.client_secret)
        return Product(
            key,
            self.database_slug,
            self.database_name,
            self.database_password,
            self.database_sso_salt,
            self.database_client_secret,
        )


def described() -> list[tuple[str, str, str]]:
    """Every setting as (name in the environment, default as text, sentence), in order."""
    return [(f.metadata["env"], f.metadata["default"], f.metadata["sentence"]) for f in _from_environment()]


def load(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment (the process's own when none is given); `given` wins over it.

    Raises SettingError naming the variable when a value does not fit.
    """
    environ = os.environ if environ is None else environ
    found: dict[str, Any] = {}
    for item in _from_environment():
        env = item.metadata["env"]
        raw = environ.get(env, item.metadata["default"])
        try:
            found[item.name] = item.metadata["parse"](raw)
        except ValueError as error:
            # The value itself is not shown: several of the settings are secrets.
            raise SettingError(f"cannot use {env}: it {error}; correct it or leave it unset") from None
    if found["database_slug"] == HEROKU_POSTGRES and "ADDON_DATABASE_PLANS" not in environ:
        found["database_plans"] = values.database_plans(HEROKU_PLANS)
    settings = Settings(**{**found, **given})
    _check_slugs(settings)
    return settings


def _check_slugs(settings: Settings) -> None:
    if settings.slug == settings.database_slug:
        # The slug in Basic auth says which product a request is about.
        raise SettingError("cannot use ADDON_DATABASE_SLUG: it is the same as ADDON_SLUG; choose another")
    if settings.speaks_pg and settings.database_admin_url.startswith("mysql:"):
        raise SettingError(
            f"cannot use ADDON_DATABASE_SLUG: {HEROKU_POSTGRES} is PostgreSQL, and DATABASE_ADMIN_URL names a MySQL; "
            "choose another slug, or a PostgreSQL"
        )


def _from_environment() -> list[Field[Any]]:
    return [item for item in fields(Settings) if "env" in item.metadata]
