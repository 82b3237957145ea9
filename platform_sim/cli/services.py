"""The marketplace as operators see it: services, their plans and how many add-ons live on each."""

from typing import Any

from platform_sim.cli.client import Client

Json = dict[str, Any]


def services(client: Client) -> list[Json]:
    """`[{"name", "state", "plans": [...], "live": n}]`; of plans what `brief_plans` says."""
    return [
        {
            "name": service["name"],
            "state": service["state"],
            "plans": brief_plans(service),
            "live": service["addons"],
        }
        for service in client.get("/sim/services")
    ]


def brief_plans(service: Json) -> list[Json]:
    """`[{"name", "cents", "state"}]` of a service as `/sim/services` shows it, the default plan first."""
    return [{name: plan[name] for name in ("name", "cents", "state")} for plan in service["plans"]]


def plan_words(plan: Json) -> str:
    """`test (free)`, `pro ($9/month)` or `vip (free, hidden)`."""
    offered = "" if plan["state"] == "public" else f", {plan['state']}"
    return f"{plan['name']} ({price_words(plan['cents'])}{offered})"


def price_words(cents: int) -> str:
    """`free` or `$9/month`."""
    return "free" if cents == 0 else f"${cents / 100:.{0 if cents % 100 == 0 else 2}f}/month"
