"""The add-on `database`: one table, `notes`, on whatever server the URL names.

All the app is told about it is DATABASE_URL, which holds the credential: it is never shown, logged or part of an error.
Each operation opens a connection of its own and closes it again, so that there is none to go stale when credentials
roll or the server restarts; an app with more to do would keep a pool. The drivers are slow to import, and a dyno must
boot fast: the one that fits the URL is loaded when it is first needed.
"""

import importlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING or __package__:
    from sample_app.resource import DATABASE_VAR, ResourceFailed
else:  # pushed: the app's folder is the first on the import path
    from resource import DATABASE_VAR, ResourceFailed

QUERY = "SELECT * FROM notes"
_DRIVERS = {"postgres": "driver_postgres", "postgresql": "driver_postgres", "mysql": "driver_mysql"}
_MESSAGES = {
    "away": "The database cannot be reached; it may be back in a moment.",
    "retired": f"The database no longer takes this app's credential. A restart reads the current {DATABASE_VAR}; "
    "if it was set by hand, 'heroku config' shows it.",
    "full": "The database has no connection left for this app. A larger plan: heroku addons:upgrade",
    "missing": "The table is not there: the release phase makes it, with the next release.",
    "odd": "The database refused the statement.",
}


class Driver(Protocol):
    """What differs between PostgreSQL and MySQL; a module each."""

    Error: type[Exception]
    CREATE_TABLE: str

    def connect(self, url: str, timeout: int) -> Any:
        """A DB-API connection that commits each statement; `timeout` in seconds, to connect."""

    def insert(self, cursor: Any, author: str, text: str, written_at: str) -> int:
        """Add a row; its id."""

    def kind(self, error: Any) -> str:
        """What went wrong: one of the keys of _MESSAGES."""


class Notes:
    """The table behind `url`. Every method raises ResourceFailed."""

    def __init__(self, url: str, timeout: int = 3) -> None:
        self._url = url
        self._timeout = timeout

    def create(self) -> None:
        """Make the table if it is not there."""
        with self._cursor() as (driver, cursor):
            cursor.execute(driver.CREATE_TABLE)

    def add(self, author: str, text: str) -> int:
        """Add a row; its id."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._cursor() as (driver, cursor):
            return driver.insert(cursor, author, text, now)

    def latest(self, limit: int = 10) -> list[dict[str, Any]]:
        """The newest rows first: `id`, `author`, `text`, `written_at`."""
        with self._cursor() as (_, cursor):
            cursor.execute(f"{QUERY} ORDER BY id DESC LIMIT {int(limit)}")
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def forget(self, last: int) -> None:
        """Delete the oldest rows, up to this id."""
        with self._cursor() as (_, cursor):
            cursor.execute("DELETE FROM notes WHERE id <= %s", (last,))

    @contextmanager
    def _cursor(self) -> Iterator[tuple[Driver, Any]]:
        driver = _driver(self._url)
        try:
            with (
                closing(driver.connect(self._url, self._timeout)) as connection,
                closing(connection.cursor()) as cursor,
            ):
                yield driver, cursor
        except driver.Error as error:
            # The reason is left out: some of these errors hold the URL, and with it the credential.
            kind = driver.kind(error)
            raise ResourceFailed(kind, _MESSAGES[kind]) from None
        except ValueError:
            raise ResourceFailed("odd", f"{DATABASE_VAR} is no URL.") from None


def _driver(url: str) -> Driver:
    name = _DRIVERS.get(url.partition(":")[0])
    if name is None:
        raise ResourceFailed("odd", f"{DATABASE_VAR} is no postgres:// or mysql:// URL.")
    try:
        return cast(Driver, importlib.import_module(f"{__package__}.{name}" if __package__ else name))
    except ImportError as error:
        raise ResourceFailed("odd", f"The app lacks the driver {error.name}: add it to requirements.txt.") from None
