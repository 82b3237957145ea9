"""From what a customer types to one add-on or attachment, by the API's resolvers (heroku-cli §7). Reads only."""

from typing import Any

from platform_sim.cli.client import Client
from platform_sim.cli.failures import ApiError, Failure

Json = dict[str, Any]


def resolve_addon(client: Client, name: str, app: str | None, *, null_app: bool = True) -> Json:
    """The add-on called `name` (its name, id, attachment or service); an add-on elsewhere if the app has none.

    Without an app `app: null` is sent, or nothing if `null_app` is False, as `addons:destroy` does.
    """
    body = {"addon": name, "app": app} if app or null_app else {"addon": name}
    return _one(_asked(client, "/actions/addons/resolve", body, accept_expansion="addon_service,plan"), "add-ons")


def resolve_attachment(client: Client, name: str, app: str | None) -> Json | None:
    """The attachment called `name`, or None if there is none."""
    body = {"addon_attachment": name, "app": app}
    try:
        found = _asked(client, "/actions/addon-attachments/resolve", body, accept_inclusion="addon:plan,config_vars")
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return _one(found, "attachments") if found else None


def _asked(client: Client, path: str, body: Json, **headers: str) -> list[Json]:
    try:
        found: list[Json] = client.post(path, body, variant="sdk", **headers)
    except ApiError as error:
        if error.status != 404 or body.get("app") is None or error.body.get("resource") == "app":
            raise
        found = client.post(path, {**body, "app": None}, variant="sdk", **headers)
    return found


def _one(found: list[Json], what: str) -> Json:
    if len(found) > 1:
        found = [row for row in found if row.get("namespace") is None] or found
    if len(found) > 1:
        names = ", ".join(sorted(str(row["name"]) for row in found))
        raise Failure(f"Ambiguous identifier; multiple matching {what} found: {names}.")
    if not found:
        raise ApiError("Couldn't find that add-on.", status=404, id="not_found")
    return found[0]
