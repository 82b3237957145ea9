"""Every public resource against the published JSON schema, its own keyword strictProperties included."""

from typing import Any

import pytest

from platform_sim.core.public import addons as public_addons
from platform_sim.core.store import Transaction

from ...support import AT, new_addon, new_app, new_customer, new_database, new_service
from .published import needs_schema, problems
from .samples import samples
from .test_keys import KEYS

pytestmark = needs_schema()

LENIENT = {
    "build",
    "pipeline",
    "pipeline-coupling",
    "pipeline-stack",
    "review-app-config",
    "team-app",
    "team-app-permission",
}
"""Resources without strictProperties: the schema takes more and less of them."""


@pytest.fixture(scope="module")
def bodies() -> dict[str, list[Any]]:
    database = new_database()
    with database.transaction() as tx:
        made = samples(tx)
    database.close()
    return made


@pytest.mark.parametrize("resource", KEYS)
def test_a_resource_is_what_the_schema_says(bodies: dict[str, list[Any]], resource: str) -> None:
    assert bodies[resource], "nothing to look at proves nothing"
    for body in bodies[resource]:
        assert problems(resource, body) == []


@pytest.mark.parametrize("resource", KEYS)
def test_the_judge_notices_a_missing_a_foreign_and_a_wrong_property(
    bodies: dict[str, list[Any]], resource: str
) -> None:
    body = bodies[resource][0]
    first = sorted(body)[0]
    if resource not in LENIENT:
        assert problems(resource, {k: v for k, v in body.items() if k != first}), "missing"
        assert problems(resource, body | {"surprise": 1}), "foreign"
    assert problems(resource, body | dict.fromkeys(body, object)), "wrong"


def test_expanded_references_are_whole_resources(tx: Transaction) -> None:
    new_service(tx)
    customer = new_customer(tx)
    addon = new_addon(tx, customer, new_app(tx, customer))
    body: Any = public_addons.addon(tx, addon, AT, expand=frozenset({"plan", "addon_service"}))
    assert problems("plan", body["plan"]) == []
    assert problems("add-on-service", body["addon_service"]) == []
    assert problems("add-on", body | {name: {"id": addon.id, "name": "x"} for name in ("plan", "addon_service")}) == []
