"""What followed from what, as sequence diagrams, the newest first. `static/timeline.js` makes the newest live.

A step's headers, bodies and command are on a page of its own, which the script shows in place.
"""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from markupsafe import escape

from platform_sim.core.actions.timeline import (
    WINDOW,
    Wish,
    chosen,
    cursor_of,
    event_step,
    exchange_step,
    newest_steps,
    part,
    trees,
    wish_for,
)
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.curl import curl
from platform_sim.core.model.records import Event, Exchange
from platform_sim.core.model.steps import PARTIES, Step, Tree
from platform_sim.core.public import timeline as public
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import json_response
from platform_sim.web.dashboard.desk import Desk

FIRST = 300
"""Of the newest events, and exchanges: mostly enough for the newest page; for older ones, and where a filter leaves too
few, as many are looked at as the timeline has."""
STEPS = 50
"""Rows of one action on a page, and as many as fit of others."""
ROOM, ROW = 38_500, 330
"""Bytes for all rows of a page, and what one takes beside its words, so that the page stays below 50 kB."""
TITLE, SENTENCE = 120, 160
"""Characters of a row's words."""
EXPORTED = 1_000
"""Actions in a file."""
LONGEST = 3_500
"""Characters of a message on the page of a step; the files have it as it was kept."""
LONGEST_COMMAND = 12_000
"""Of the command, as it is escaped: part of it would do something else."""
BLANK: dict[str, object] = {
    "id": "",
    "sender": "",
    "receiver": "",
    "title": "",
    "sentence": "",
    "kind": "exchange",
    "details": {"status": 200},
}
"""A row that the script fills in for a step that comes."""
GONE = "That step is not kept any more, or never was: the timeline shows what is."


def timeline_pages(desk: Desk) -> Blueprint:
    """`/dashboard/timeline`, its steps and files; under the operator's pages it lay before."""
    blueprint = Blueprint("timeline", __name__, url_prefix="/dashboard")

    @blueprint.get("/operator/timeline")
    def moved() -> Response:
        query = request.query_string.decode("latin-1")
        answer = redirect(f"/dashboard/timeline{'?' if query else ''}{query}", 301)
        assert isinstance(answer, Response)
        return answer

    @blueprint.get("/timeline")
    def show() -> Response:
        wish, before, action = _wished(), request.args.get("before"), request.args.get("action")
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            of = wish_for(rows, wish.get("app"), wish.get("addon"), wish.get("party"))
            windows = (WINDOW,) if before or action else (FIRST,) if of == Wish() else (FIRST, WINDOW)
            steps, found = _newest(rows, of, windows)
        if action:
            found = _one(found, action)
        # By ids: a name may be gone, or another's, when the stream is asked for again.
        live = {"since": public.cursor(cursor_of(steps)), "app": of.app_id, "addon": of.addon_id, "party": of.party}
        shown: dict[str, object] = {"wish": wish, "query": urlencode(wish)}
        shown |= _part_of_one(found[0]) if action else _part(_after(found, before) if before else found)
        if windows == (FIRST,) and len(steps) >= FIRST:
            shown["is_last"] = False  # there may be more than was looked at
        shown |= {"is_newest": not before and not action, "action": action, "live": _query(live)}
        return desk.page("timeline.html", actor, parties=PARTIES, blank=BLANK, longest=(TITLE, SENTENCE), **shown)

    @blueprint.get("/timeline/<step_id>")
    def one(step_id: str) -> Response:
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            exchange, event = rows.find(Exchange, id=step_id), rows.find(Event, id=step_id)
        step = exchange_step(exchange) if exchange else event_step(event) if event else None
        if step is None:
            raise NotFound("step", GONE)
        command = curl(step) or ""
        fits = len(escape(command)) <= LONGEST_COMMAND
        shown = {"step": step, "curl": command if fits else "", "is_long": not fits}
        return desk.page("step.html", actor, asked=_asked(step), answered=_answered(step), **shown)

    _add_files(blueprint, desk)
    return blueprint


def _add_files(blueprint: Blueprint, desk: Desk) -> None:
    """What the page's filters choose, to be kept; the same as `/sim/timeline`, for a browser, which has no token."""

    def file(name: str, shape: Callable[[list[Step], list[Tree]], object]) -> Response:
        wish = _wished()
        with desk.doors.database.snapshot() as rows:
            desk.actor(rows)
            of = wish_for(rows, wish.get("app"), wish.get("addon"), wish.get("party"))
            steps = newest_steps(rows)
        answer = json_response(shape(steps, chosen(trees(steps), of, EXPORTED)))
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @blueprint.get("/timeline.json")
    def as_json() -> Response:
        return file("timeline.json", _json)

    @blueprint.get("/timeline.har")
    def as_har() -> Response:
        return file("timeline.har", lambda steps, found: public.har(found, desk.doors.version))


def _json(steps: list[Step], found: list[Tree]) -> object:
    return {"cursor": public.cursor(cursor_of(steps)), "trees": [public.tree(each) for each in found]}


def _wished() -> dict[str, str]:
    """The filters that are set."""
    given = {name: request.args.get(name, "").strip() for name in ("app", "addon", "party")}
    return {name: value for name, value in given.items() if value}


def _query(values: Mapping[str, str | None]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _newest(rows: Snapshot, of: Wish, windows: tuple[int, ...]) -> tuple[list[Step], list[Tree]]:
    """Steps, and the actions in which they are, the newest first; of the first window with which a page is full."""
    for window in windows:
        steps = newest_steps(rows, window)
        found = chosen(trees(steps), of)[::-1]
        if len(steps) < window or not _part(found)["is_last"]:
            break
    return steps, found


def _one(found: list[Tree], step_id: str) -> list[Tree]:
    """The action that a step belongs to."""
    for tree in found:
        if any(step.id == step_id for step in tree.steps()):
            return [tree]
    raise NotFound("step", GONE)


def _after(found: list[Tree], before: str) -> list[Tree]:
    """Those that are older than the one that begins with this step. One whose beginning lay beyond what the newest page
    looks at comes again, whole."""
    for place, tree in enumerate(found):
        if tree.step.id == before:
            return found[place + 1 :]
        if any(step.id == before for step in tree.steps()):
            return found[place:]
    raise NotFound("step", GONE)


def _part(found: list[Tree]) -> dict[str, object]:
    """As many as there is room for, of long ones the beginning, with how many steps more there are of each."""
    kept: list[tuple[Tree, int]] = []
    room = ROOM
    for tree in found:
        shown, most, taken = _fitting(tree, 0)
        room -= taken
        if kept and room < 0:
            break
        kept.append((shown, max(0, len(tree.steps()) - most)))
    last = kept[-1][0].step.id if kept else ""
    return {"trees": kept, "older": last, "is_last": len(kept) == len(found), "start": 0, "next": 0}


def _part_of_one(tree: Tree) -> dict[str, object]:
    """The steps of one action from `from` on."""
    text = request.args.get("from", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidParams(f"from is {text[:20]!r}: use the number of a step, 0 for the beginning.")
    start = int(text)
    shown, most, _ = _fitting(tree, start)
    further = start + most if start + most < len(tree.steps()) else 0
    return {"trees": [(shown, 0)], "is_last": True, "start": start, "next": further}


def _fitting(tree: Tree, start: int) -> tuple[Tree, int, int]:
    """The steps of an action from `start` on for which there is room, how many that are at most, and their bytes."""
    most = STEPS
    while (taken := _bytes(shown := part(tree, start, most))) > ROOM and most > 1:
        most //= 2
    return shown, most, taken


def _bytes(tree: Tree) -> int:
    """About what its rows take: quotes that others wrote are five times as long in a page."""
    return sum(
        ROW + len(escape(step.title[:TITLE]).encode()) + len(escape(step.sentence[:SENTENCE]).encode())
        for step in tree.steps()
    )


def _asked(step: Step) -> str:
    """The request as one text, cut where it is longer than a page should be."""
    told = step.details
    if step.kind == "event":
        return _cut(json.dumps({"data": told["data"], "previous": told["previous"]}, indent=2, ensure_ascii=False))
    return _message(f"{told['method']} {told['url']}", told["request_headers"], told["request_body"])


def _answered(step: Step) -> str:
    told = step.details
    if step.kind == "event" or step.is_open:
        return ""
    return _message(str(told["status"] or told["problem"]), told["response_headers"], told["response_body"])


def _message(first: str, headers: Mapping[str, str], body: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    return _cut("\n".join(lines) + (f"\n\n{body}" if body else ""))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n... (cut here, {len(text)} characters in all)"
