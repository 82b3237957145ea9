"""Rows of the table that are neither published nor simulated, and that commands of the CLI ask all the same (heroku-cli
§16): without a row they would be told that there is no such endpoint, which is not what is so."""

from platform_sim.web.api.specs import Key, Spec

MAINTENANCES = "/data/maintenances/v1"
ADVANCED = "/data/postgres/v1"


def _no(method: str, path: str, command: str) -> dict[Key, Spec]:
    return {(method, path): {"title": f"Of {command}"}}


BEYOND: dict[Key, Spec] = {
    **_no("GET", "/spaces/{space}/dynos", "spaces:ps"),
    **_no("GET", "/spaces/{space}/hosts", "spaces:hosts"),
    **_no("GET", "/spaces/{space}/log-drain", "spaces:drains:get"),
    **_no("PUT", "/spaces/{space}/log-drain", "spaces:drains:set"),
    **_no("GET", MAINTENANCES + "/apps/{app}", "data:maintenances"),
    **_no("GET", MAINTENANCES + "/{database}", "data:maintenances:info"),
    **_no("GET", MAINTENANCES + "/{database}/history", "data:maintenances:history"),
    **_no("POST", MAINTENANCES + "/{database}/schedule", "data:maintenances:schedule"),
    **_no("POST", MAINTENANCES + "/{database}/run", "data:maintenances:run"),
    **_no("GET", MAINTENANCES + "/{database}/window", "data:maintenances:window"),
    **_no("POST", MAINTENANCES + "/{database}/window", "data:maintenances:window:update"),
    **_no("GET", ADVANCED + "/pricing", "data:pg:create"),
    **_no("GET", ADVANCED + "/levels/advanced", "data:pg:levels"),
    **_no("GET", ADVANCED + "/{database}/info", "data:pg:info"),
    **_no("GET", ADVANCED + "/{database}/credentials", "data:pg:credentials"),
    **_no("GET", ADVANCED + "/{database}/quotas", "data:pg:quotas"),
    **_no("GET", ADVANCED + "/{database}/settings", "data:pg:settings"),
    **_no("GET", ADVANCED + "/{database}/wait_status", "data:pg:wait"),
    **_no("PATCH", "/redis/v0/databases/{database}/config", "redis:maxmemory"),
    **_no("GET", "/redis/v0/databases/{database}/wait", "redis:wait"),
}
