"""Every setting once: its name in the environment, default, check and sentence.

The only room that reads `os.environ`. README.md shows the same table; a test compares the two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
DEFAULT_URL = "http://127.0.0.1:5200"


class SettingError(Exception):
    """A setting has a value that cannot be used; the message names it and says what fits."""


def _setting(env: str, default: str, parse: Callable[[str], T], sentence: str) -> T:
    meta = {"env": env, "default": default, "parse": parse, "sentence": sentence}
    made: T = field(default_factory=lambda: parse(default), metadata=meta)
    return made


def _text(raw: str) -> str:
    return raw


def _slug(raw: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", raw):
        raise ValueError("must be lower-case letters, digits and dashes, beginning with a letter")
    return raw


def _basic(raw: str) -> str:
    if not raw.isprintable():
        raise ValueError("must be printable characters on one line")
    return raw


def _url(raw: str) -> str:
    if raw == "":
        return raw
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a full http or https URL such as http://localhost:5100")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be a plain URL without credentials, query or fragment")
    return raw.rstrip("/")


def _seconds(raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", raw):
        raise ValueError("must be a whole number of at most nine digits")
    return int(raw)


def _positive(raw: str) -> int:
    if _seconds(raw) == 0:
        raise ValueError("must be more than 0")
    return int(raw)


def _switch(raw: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False}
    words["off"] = False
    if raw.lower() not in words:
        raise ValueError("must be one of 1, true, yes, on, 0, false, no, off")
    return words[raw.lower()]


def _names(raw: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in raw.split(",") if name.strip())
    if not names:
        raise ValueError("must be names parted by commas, such as us,eu")
    return names


def _plans(raw: str) -> dict[str, int]:
    plans: dict[str, int] = {}
    for item in raw.split(","):
        name, _, limit = item.strip().partition("=")
        if not name or not re.fullmatch(r"[0-9]{1,9}", limit):
            raise ValueError("must look like test=100,basic=1000")
        plans[name] = int(limit)
    return plans


@dataclass(frozen=True)
class Settings:
    """The whole configuration of one run; `data` and `public_url` also come from the command line."""

    data: Path = field(default=Path(".addon-service"))
    slug: str = _setting(
        "ADDON_SLUG", "exceptions", _slug, "Manifest id; also the Basic user name, and the config var's prefix."
    )
    name: str = _setting("ADDON_NAME", "Exceptions", _text, "Display name in the manifest and on the pages.")
    password: str = _setting(
        "ADDON_PASSWORD", "", _basic, "Manifest password; when empty one is made and kept in the data folder."
    )
    sso_salt: str = _setting(
        "ADDON_SSO_SALT", "", _basic, "Manifest SSO salt; when empty one is made and kept in the data folder."
    )
    client_secret: str = _setting(
        "ADDON_CLIENT_SECRET",
        "",
        _basic,
        "OAuth client secret; when empty, the file `client-secret` in the data folder is read at each use.",
    )
    key: str = _setting(
        "ADDON_KEY", "", _basic, "Fernet key that encrypts stored secrets; when empty one is made and kept."
    )
    heroku_api_url: str = _setting("HEROKU_API_URL", "http://localhost:5100", _url, "Root of Heroku's Platform API.")
    heroku_id_url: str = _setting(
        "HEROKU_ID_URL", "", _url, "Root of Heroku's token host; when empty, the same as HEROKU_API_URL."
    )
    public_url: str = _setting(
        "PUBLIC_URL", "", _url, "Where Heroku, apps and browsers reach this service; when empty, the bound URL."
    )
    regions: tuple[str, ...] = _setting("ADDON_REGIONS", "us,eu", _names, "Regions named in the manifest.")
    plan_limits: Mapping[str, int] = _setting(
        "ADDON_PLAN_LIMITS",
        "test=100,basic=1000,premium=10000",
        _plans,
        "Plans, each with the number of exceptions it stores; beyond it the data API answers 402.",
    )
    rotation_overlap: int = _setting(
        "ADDON_ROTATION_OVERLAP",
        "3600",
        _seconds,
        "Seconds a replaced credential keeps working after Heroku has taken the new one.",
    )
    sso_window: int = _setting("ADDON_SSO_WINDOW", "300", _seconds, "Seconds an SSO form is good for.")
    sso_skew: int = _setting("ADDON_SSO_SKEW", "30", _seconds, "Seconds an SSO timestamp may lie in the future.")
    sso_refuse_replay: bool = _setting(
        "ADDON_SSO_REFUSE_REPLAY", "true", _switch, "Whether an SSO form that was used once is refused."
    )
    session_seconds: int = _setting(
        "ADDON_SESSION_SECONDS", "28800", _positive, "Seconds a dashboard session lasts after SSO."
    )
    refresh_early: int = _setting(
        "ADDON_REFRESH_EARLY", "600", _seconds, "Seconds before expiry at which an access token is refreshed."
    )
    http_timeout: int = _setting("ADDON_HTTP_TIMEOUT", "10", _positive, "Seconds to wait for Heroku's answer.")
    retry_first: int = _setting(
        "ADDON_RETRY_FIRST", "1", _positive, "Seconds before a failed duty is tried again; doubles each time."
    )
    retry_most: int = _setting("ADDON_RETRY_MOST", "300", _positive, "Longest pause between two tries, in seconds.")
    max_body: int = _setting("ADDON_MAX_BODY", "262144", _positive, "Largest request body in bytes; beyond it 413.")

    @property
    def id_url(self) -> str:
        """Root of the token host."""
        return self.heroku_id_url or self.heroku_api_url


def described() -> list[tuple[str, str, str]]:
    """Every setting as (name in the environment, default as text, sentence), in order."""
    return [(f.metadata["env"], f.metadata["default"], f.metadata["sentence"]) for f in _from_environment()]


def load(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment (the process's own when none is given); `given` wins over it.

    Raises SettingError naming the variable when a value does not fit.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for item in _from_environment():
        env = item.metadata["env"]
        raw = environ.get(env, item.metadata["default"])
        try:
            values[item.name] = item.metadata["parse"](raw)
        except ValueError as error:
            # The value itself is not shown: three of the settings are secrets.
            raise SettingError(f"cannot use {env}: it {error}; correct it or leave it unset") from None
    return Settings(**{**values, **given})


def _from_environment() -> list[Field[Any]]:
    return [item for item in fields(Settings) if "env" in item.metadata]
