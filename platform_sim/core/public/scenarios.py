"""A playing of a scenario as its customer sees it."""

from typing import Any

from platform_sim.core.model.records import Job
from platform_sim.core.model.values import iso

Json = dict[str, Any]
STATES = {"todo": "waiting", "doing": "playing", "done": "passed", "failed": "failed"}
"""Of a job -> of a playing."""


def play(job: Job) -> Json:
    """With its steps so far. `problem`: what has kept it from its end."""
    steps = job.outcome.get("steps", [])
    return {
        "checks": sum(len(each["checks"]) for each in steps),
        "created_at": iso(job.created_at),
        "id": job.id,
        "name": job.payload["name"],
        "problem": job.outcome.get("problem", ""),
        "state": STATES[job.state],
        "steps": steps,
        "stopping": job.payload["stop"],
        "title": job.payload["title"],
        "updated_at": iso(job.updated_at),
    }
