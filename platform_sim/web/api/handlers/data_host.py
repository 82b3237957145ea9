"""The host for data, `api.data.heroku.com`: what `heroku pg:*` asks (heroku-cli §8, §15; docs/pg-commands.md)."""

from collections.abc import Callable
from typing import Any, Never
from urllib.parse import quote

from platform_sim.core import errors
from platform_sim.core.actions import data_calls
from platform_sim.core.model.records import Job
from platform_sim.web.api.call import Answer, Call, Json

NOT_YET = "The add-on's provider has not answered yet. What was asked for may still be done: look again in a moment."


def asking(method: str, path: str = "") -> Callable[[Call], Json]:
    """A handler that passes the question on to the add-on's partner. `path`: below its `/data`, with the variables of
    the row in braces."""

    def handler(call: Call) -> Json:
        named = {name: _segment(value) for name, value in call.path.items()}
        body = dict(call.body) if method != "GET" else None
        with call.doors.database.transaction() as tx:
            job = data_calls.ask(tx, call.actor, call.path["database"], method, path.format(**named), body)
        told = _fetch(call, job)
        return Answer(told["body"], told["status"])

    return handler


def _segment(value: str) -> str:
    """As it stands in a URL. Dots alone would lead somewhere else there."""
    if not value.strip("."):
        raise errors.NotFound("credential")
    return quote(value, safe="")


def transfers(call: Call) -> Json:
    """GET /client/v11/apps/:app/transfers: backups, restores and copies of all its databases."""
    with call.doors.database.transaction() as tx:
        asked = data_calls.ask_of_app(tx, call.actor, call.path["app"], "/transfers")
    found: list[Any] = []
    for job in asked:
        body = _fetch(call, job)["body"]
        if not isinstance(body, list):
            raise errors.Unavailable("The add-on's provider returned something else than a list of transfers.")
        found += body
    return found


def _fetch(call: Call, job: Job) -> dict[str, Any]:
    """The partner's answer, which is then no longer kept; its refusal as an error of ours."""
    job = call.doors.job_settled(job.id)
    if job.state not in ("done", "failed"):
        raise errors.Unavailable(NOT_YET)
    with call.doors.database.transaction() as tx:
        data_calls.forget(tx, job)
    if job.state == "failed":
        _refuse(int(job.outcome["status"]), str(job.outcome["message"]))
    return job.outcome


def _refuse(status: int, message: str) -> Never:
    if status in (404, 410):
        raise errors.NotFound("database", message)
    if status == 409:
        raise errors.Conflict(message)
    if status == 503:
        raise errors.Unavailable(message)
    raise errors.InvalidParams(message)
