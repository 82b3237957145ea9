"""Steps and trees of the timeline as JSON, and exchanges as HAR 1.2, the format that browsers write and read."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from platform_sim.core.model.curl import curl
from platform_sim.core.model.masking import parts_of
from platform_sim.core.model.steps import Step, Tree

Json = dict[str, Any]
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 400: "Bad Request", 401: "Unauthorized"}
_REASONS |= {403: "Forbidden", 404: "Not Found", 410: "Gone", 422: "Unprocessable Entity", 429: "Too Many Requests"}
_REASONS |= {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


def cursor(place: tuple[int, int]) -> str:
    """How far a reader is, for `since` and `Last-Event-ID`: number of an event, change of an exchange."""
    return f"{place[0]}-{place[1]}"


def read_cursor(text: str | None) -> tuple[int, int] | None:
    """The same back; None for what is none."""
    first, _, second = (text or "").partition("-")
    both = (first, second)
    return (int(first), int(second)) if all(p.isascii() and p.isdigit() and len(p) < 16 for p in both) else None


def step(row: Step) -> Json:
    """One step; the details of an exchange hold a command that sends it again."""
    return {
        "id": row.id,
        "parent": row.parent,
        "kind": row.kind,
        "from": row.sender,
        "to": row.receiver,
        "title": row.title,
        "sentence": row.sentence,
        "section": row.section,
        "started": row.started.isoformat(),
        "milliseconds": row.milliseconds,
        "open": row.is_open,
        "app": row.app_id,
        "addon": row.addon_id,
        "details": row.details | ({"curl": curl(row)} if row.kind == "exchange" else {}),
    }


def tree(row: Tree) -> Json:
    """A step with what followed from it."""
    return step(row.step) | {"children": [tree(child) for child in row.children]}


def har(trees: Iterable[Tree], version: str) -> Json:
    """The exchanges of some trees as one log (HAR 1.2); secrets are not in the ledger, so they are not here."""
    found = sorted((s for each in trees for s in each.steps() if s.kind == "exchange"), key=lambda s: s.place)
    creator = {"name": "platform-sim", "version": version}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(each) for each in found]}}


def _entry(row: Step) -> Json:
    took = row.milliseconds or 0
    return {
        "startedDateTime": row.started.isoformat(),
        "time": took,
        "request": _request(row.details),
        "response": _response(row.details),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": f"{row.sender} to {row.receiver}: {row.sentence}",
        "_id": row.id,
        "_causedBy": row.parent,
    }


def _request(told: Json) -> Json:
    body = told["request_body"]
    request: Json = {
        "method": told["method"],
        "url": told["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(told["request_headers"]),
        "queryString": _pairs(dict(parse_qsl(parts_of(told["url"]).query, keep_blank_values=True))),
        "headersSize": -1,
        "bodySize": -1 if body else 0,
    }
    if body:
        request["postData"] = {"mimeType": _type(told["request_headers"]), "text": body}
    return request


def _response(told: Json) -> Json:
    status, body = told["status"] or 0, told["response_body"]
    response: Json = {
        "status": status,
        "statusText": _REASONS.get(status, told["problem"] or ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(told["response_headers"]),
        "content": {"size": len(body.encode()), "mimeType": _type(told["response_headers"]), "text": body},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
    return response


def _pairs(values: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _type(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "application/json")
