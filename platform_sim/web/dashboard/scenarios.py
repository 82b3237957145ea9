"""Scenario files on the operator's pages: one is loaded, its mistakes are shown with their lines, its steps watched."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions import scenarios
from platform_sim.core.public import scenarios as public
from platform_sim.core.public.exported import exported
from platform_sim.web.dashboard.desk import Desk, whole_field
from platform_sim.web.dashboard.desk import field as given

HERE = "/dashboard/operator/scenarios"
UNNAMED = "pasted.yaml"
YAML = "application/yaml"


@dataclass(frozen=True)
class File:
    """What stands in the form. `problems`: all mistakes, once somebody has asked."""

    text: str = field(default="", repr=False)
    name: str = ""
    problems: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""


def scenario_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator/scenarios`."""
    blueprint = Blueprint("scenarios", __name__, url_prefix=HERE)

    @blueprint.get("")
    def show() -> Response:
        return _page(desk, _story(desk, request.args.get("story", "")))

    @blueprint.post("/load")
    def load_file() -> Response:
        text, name = _file()
        title, problems = desk.doors.scenarios.read(text, name)
        if problems or given("act") == "check":
            answer = _page(desk, File(text, name, problems, title))
            answer.status_code = 422 if problems else 200
            return answer
        with desk.doors.database.transaction() as tx:
            job = scenarios.load(tx, desk.actor(tx), text, name, title)
        return desk.go(f"{HERE}/{job.id}", "The scenario is loaded.")

    @blueprint.get("/export")
    def export_file() -> Response:
        with desk.doors.database.snapshot() as rows:
            desk.actor(rows)
            found = exported(rows, desk.doors.customer_id, scripted="scripted" in request.args)
        answer = Response(desk.doors.scenarios.write(found), mimetype=YAML)
        answer.headers["Content-Disposition"] = "attachment; filename=platform.scenario.yaml"
        return answer

    _add_plays(blueprint, desk)
    return blueprint


def _add_plays(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/<play>")
    def one(play: str) -> Response:
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            shown = public.play(scenarios.play_named(rows, actor, play))
        waits = shown["state"] in ("waiting", "playing")
        return desk.page(
            "scenario.html", actor, view="scenarios", play=shown, waits=waits, failed=_failed(shown), here=HERE
        )

    @blueprint.post("/<play>/stop")
    def stop(play: str) -> Response:
        with desk.doors.database.transaction() as tx:
            actor = desk.actor(tx)
            scenarios.stop(tx, scenarios.play_named(tx, actor, play))
        return desk.go(f"{HERE}/{play}", "It ends before its next step.")


def _failed(play: dict[str, Any]) -> int:
    """Expectations that were not met: a line of a step's problem is one."""
    told = "\n".join(each["problem"] for each in play["steps"] if each["state"] == "failed")
    return told.count(": expected that ")


def _page(desk: Desk, file: File) -> Response:
    with desk.doors.database.snapshot() as rows:
        actor = desk.actor(rows)
        plays = [public.play(each) for each in scenarios.plays(rows, actor)]
    shown = {"plays": plays, "file": file, "stories": desk.doors.scenarios.stories(), "here": HERE}
    return desk.page("scenarios.html", actor, view="scenarios", **shown)


def _story(desk: Desk, name: str) -> File:
    """A file that comes with the package."""
    if not name:
        return File()
    try:
        return File(desk.doors.scenarios.story(name), name)
    except LookupError:
        raise errors.NotFound("scenario", f"No scenario {name[:60]!r} comes with the package.") from None


def _file() -> tuple[str, str]:
    """What was uploaded, else what stands in the form; and its name."""
    uploaded = request.files.get("file")
    if uploaded is None or not uploaded.filename:
        return whole_field("text"), given("name") or UNNAMED
    try:
        return uploaded.read().decode("utf-8-sig"), uploaded.filename[:100]
    except ValueError:
        raise errors.InvalidParams("The file is not text in UTF-8. Nothing was played.") from None
