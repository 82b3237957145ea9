"""`/sim/scenarios`: scenario files are read and loaded, and their playing is looked at; `/sim/export` makes one."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.access import Actor
from platform_sim.core.actions import scenarios
from platform_sim.core.errors import InvalidParams
from platform_sim.core.public import scenarios as public
from platform_sim.core.public.exported import exported
from platform_sim.web.answers import asking_customer, json_response, read_body
from platform_sim.web.api.bodies import check, read_json, text
from platform_sim.web.context import Doors

SCHEMA = "/sim/scenario.schema.json"
FILE = {"text": text, "name": text}
UNNAMED = "scenario.yaml"
YES = ("true", "1", "yes")


def add_scenario_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    def actor() -> Actor:
        return asking_customer(doors, "operate the simulator")

    @blueprint.get(SCHEMA.removeprefix("/sim"))
    def scenario_schema() -> Response:
        return json_response(doors.scenarios.schema())

    @blueprint.get("/export")
    def export_scenario() -> Response:
        secrets = request.args.get("secrets", "") in YES
        scripted = request.args.get("partners", "") == "scripted"
        with doors.database.snapshot() as rows:
            return json_response(exported(rows, doors.customer_id, secrets=secrets, scripted=scripted))

    @blueprint.get("/scenarios")
    def all_plays() -> Response:
        who = actor()
        with doors.database.snapshot() as rows:
            return json_response([public.play(each) for each in scenarios.plays(rows, who)])

    @blueprint.post("/scenarios")
    def load_scenario() -> Response:
        who, (content, name) = actor(), _file(doors)
        title = readable(doors, content, name)
        with doors.database.transaction() as tx:
            return json_response(public.play(scenarios.load(tx, who, content, name, title)), 202)

    @blueprint.post("/scenarios/check")
    def check_scenario() -> Response:
        title, problems = doors.scenarios.read(*_file(doors))
        return json_response({"title": title, "problems": problems})

    @blueprint.get("/scenarios/<play>")
    def one_play(play: str) -> Response:
        who = actor()
        with doors.database.snapshot() as rows:
            return json_response(public.play(scenarios.play_named(rows, who, play)))

    @blueprint.post("/scenarios/<play>/stop")
    def stop_play(play: str) -> Response:
        who = actor()
        with doors.database.transaction() as tx:
            return json_response(public.play(scenarios.stop(tx, scenarios.play_named(tx, who, play))))


def readable(doors: Doors, content: str, name: str) -> str:
    """The title of a file that can be played; InvalidParams with all its mistakes."""
    title, problems = doors.scenarios.read(content, name)
    if problems:
        raise InvalidParams("\n".join(f"{name}:{e['line']}:{e['column']}: {e['problem']}" for e in problems))
    return title


def _file(doors: Doors) -> tuple[str, str]:
    limit = doors.database.rules.body_size_limit
    given: dict[str, Any] = check(read_json(read_body(request, limit), limit), FILE, ("text",))
    return given["text"], given.get("name", UNNAMED)
