"""Questions to the rows that equality cannot ask: each has a name, its SQL stands here and nowhere else."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.records import Event, Exchange, Job

T = TypeVar("T")


@dataclass(frozen=True)
class Query(Generic[T]):
    """Rows of one noun; `tail` follows the list of columns and takes named values (`:name`)."""

    noun: type[T]
    tail: str


NEXT_JOB = Query(
    Job,
    """
    WHERE state = 'todo' AND kind IN (SELECT value FROM json_each(:kinds))
      AND NOT EXISTS (
        SELECT 1 FROM job AS earlier
        WHERE earlier.subject_id = job.subject_id AND earlier.rowid < job.rowid
          AND earlier.state IN ('todo', 'doing') AND earlier.kind IN (SELECT value FROM json_each(:kinds))
          AND earlier.kind NOT LIKE '%\\_deadline' ESCAPE '\\'
      )
    ORDER BY run_at, rowid LIMIT 1
    """,
)
"""The waiting job that is due first, of those that no earlier open job of their subject holds up. `kinds`: JSON."""

EVENTS_BEFORE = Query(Event, "WHERE app_id = :app AND number < :before ORDER BY number DESC LIMIT :limit")
"""An app's events, newest first, from some number on."""

EVENTS_AFTER = Query(Event, "WHERE app_id = :app AND number > :after ORDER BY number LIMIT :limit")
"""An app's events, oldest first, after some number."""

RELEASES_BEFORE = Query(Release, "WHERE app_id = :app AND version < :before ORDER BY version DESC LIMIT :limit")
"""An app's releases, newest first, from some version on."""

ADDONS_OF_SERVICE = Query(Addon, "WHERE service_id = :service ORDER BY rowid DESC LIMIT :limit OFFSET :offset")
"""A part of a service's add-ons, the ended ones too, the newest first."""

NEWEST_WITH_CODE = Query(
    App,
    """
    WHERE id IN (SELECT value FROM json_each(:ids))
    ORDER BY slug_size IS NULL, created_at DESC, name LIMIT 1
    """,
)
"""Of these apps the newest that has code; where none has, the newest. `ids`: JSON."""

NEWEST_EVENTS = Query(Event, "WHERE number > :since ORDER BY number DESC LIMIT :most")
NEWEST_EXCHANGES = Query(Exchange, "WHERE seq > :since ORDER BY seq DESC LIMIT :most")
"""What was written, or answered, after what somebody has seen; of more than `most` the newest."""
