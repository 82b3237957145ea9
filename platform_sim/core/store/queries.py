"""Questions to the rows that equality cannot ask: each has a name, its SQL stands here and nowhere else."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from platform_sim.core.model.records import Job

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
