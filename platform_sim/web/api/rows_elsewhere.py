"""Rows of the API's table about what there is at Heroku and cannot be here."""

from platform_sim.web.api.handlers import elsewhere
from platform_sim.web.api.specs import Key, Spec, get, listing, write

ELSEWHERE: dict[Key, Spec] = {
    ("GET", "/enterprise-accounts"): listing(elsewhere.nobodys, "name"),
    ("GET", "/account/credits"): listing(elsewhere.nobodys),
    ("GET", "/account/invoices"): listing(elsewhere.nobodys),
    ("GET", "/spaces/{space}"): get(elsewhere.space_info),
    ("GET", "/apps/{app}/telemetry-drains"): listing(elsewhere.list_telemetry_drains),
    ("POST", "/telemetry-drains"): write(elsewhere.add_telemetry_drain, 201),
    ("GET", "/telemetry-drains/{telemetry-drain}"): get(elsewhere.no_telemetry_drain),
    ("PATCH", "/telemetry-drains/{telemetry-drain}"): write(elsewhere.no_telemetry_drain),
    ("DELETE", "/telemetry-drains/{telemetry-drain}"): write(elsewhere.no_telemetry_drain),
    ("GET", "/generations"): listing(elsewhere.list_generations, "name"),
    ("GET", "/generations/{stack}"): get(elsewhere.generation_info),
    ("GET", "/teams/{team}/available-generations"): listing(elsewhere.list_team_generations, "name"),
    ("GET", "/apps/{app}/usage"): get(elsewhere.app_usage),
    ("GET", "/teams/{team}/apps/{app}/usage"): get(elsewhere.team_app_usage),
    ("GET", "/teams/{team}/usage"): get(elsewhere.team_usage),
}
