"""The marketplace as operators see it: services, their plans and how many add-ons live on each."""

from collections import Counter
from typing import Any

from platform_sim.cli.client import Client, route

Json = dict[str, Any]


def services(client: Client, addons: list[Json]) -> list[Json]:
    """`[{"name", "state", "plans": [{"name", "cents"}], "live": n}]`; `addons` is the answer of `GET /addons`.

    Plans are named without their service; `cents` a month.
    """
    live = Counter(row["addon_service"]["name"] for row in addons if row["state"] != "deprovisioned")
    return [
        {
            "name": service["name"],
            "state": service["state"],
            "plans": plans(client, service["id"]),
            "live": live[service["name"]],
        }
        for service in client.get("/addon-services")
    ]


def plans(client: Client, service: str) -> list[Json]:
    """`[{"name", "cents"}]` of a service, the default plan first."""
    found = client.get(route("addon-services", service, "plans"))
    return [
        {"name": plan["name"].partition(":")[2], "cents": plan["price"]["cents"]}
        for plan in sorted(found, key=lambda plan: (not plan["default"], plan["price"]["cents"]))
    ]


def plan_words(plan: Json) -> str:
    """`test (free)` or `pro ($9/month)`."""
    cents = plan["cents"]
    price = "free" if cents == 0 else f"${cents / 100:.{0 if cents % 100 == 0 else 2}f}/month"
    return f"{plan['name']} ({price})"
