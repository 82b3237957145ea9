"""The table as Flask rules. Two links of one method and path (create and rollback of releases) are one rule."""

from flask import Blueprint, Response, request

from platform_sim.web.api.dispatch import Dispatch
from platform_sim.web.api.routes import Route, table
from platform_sim.web.context import Doors


def flask_rule(path: str) -> str:
    """`/apps/{app}/addons/{add-on}` as Flask writes it; variable names keep their meaning, not their dashes."""
    return "/".join(f"<p{index}>" if part.startswith("{") else part for index, part in enumerate(path.split("/")))


def variables(path: str) -> dict[str, str]:
    """Flask's variable -> the name in the table."""
    parts = enumerate(path.split("/"))
    return {f"p{index}": part.strip("{}") for index, part in parts if part.startswith("{")}


def api_blueprint(doors: Doors) -> Blueprint:
    """All rows of the table."""
    blueprint = Blueprint("api", __name__)
    rows: dict[tuple[str, str], Route] = {}
    for route in table():
        key = (flask_rule(route.path), route.method)
        if key not in rows or not rows[key].simulated:
            rows[key] = route
    dispatch = Dispatch(doors, {rule: route for (rule, method), route in rows.items() if method == "GET"})
    for (rule, method), route in rows.items():
        blueprint.add_url_rule(rule, f"{method} {rule}", _view(dispatch, route), methods=[method])
    return blueprint


def _view(dispatch: Dispatch, route: Route):  # type: ignore[no-untyped-def]
    names = variables(route.path)

    def view(**values: str) -> Response:
        return dispatch.run(route, request, {names[key]: value for key, value in values.items()})

    return view
