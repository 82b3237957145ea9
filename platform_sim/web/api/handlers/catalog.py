"""The marketplace, regions and stacks."""

from platform_sim.core.access import app_named
from platform_sim.core.actions import catalog, offers
from platform_sim.core.errors import NotFound
from platform_sim.core.model import places
from platform_sim.core.public import addons as public
from platform_sim.core.store import Snapshot
from platform_sim.web.api.call import Call, Json


def list_services(call: Call, rows: Snapshot) -> Json:
    """GET /addon-services."""
    strict = call.doors.database.rules.strict_marketplace
    return [public.service(each) for each in offers.listed_services(rows, call.actor, strict=strict)]


def service_info(call: Call, rows: Snapshot) -> Json:
    """GET /addon-services/:service."""
    return public.service(catalog.service_named(rows, call.path["add-on-service"]))


def list_plans(call: Call, rows: Snapshot) -> Json:
    """GET /addon-services/:service/plans: hidden ones are not listed, though they can be installed by name."""
    service = catalog.service_named(rows, call.path["add-on-service"])
    return [public.plan(each, service) for each in offers.listed_plans(rows, call.actor, service)]


def plan_info_by_service(call: Call, rows: Snapshot) -> Json:
    """GET /addon-services/:service/plans/:plan."""
    service = catalog.service_named(rows, call.path["add-on-service"])
    _, plan = catalog.plan_named(rows, call.path["plan"], service)
    return public.plan(plan, service)


def plan_info(call: Call, rows: Snapshot) -> Json:
    """GET /plans/:plan."""
    service, plan = catalog.plan_named(rows, call.path["plan"])
    return public.plan(plan, service)


def list_regions(call: Call, rows: Snapshot) -> Json:
    """GET /regions."""
    return [public.region(each) for each in places.REGIONS]


def region_info(call: Call, rows: Snapshot) -> Json:
    """GET /regions/:region."""
    found = places.region(call.path["region"])
    if found is None:
        raise NotFound("region")
    return public.region(found)


def list_stacks(call: Call, rows: Snapshot) -> Json:
    """GET /stacks."""
    return [public.stack(each) for each in places.STACKS]


def list_app_stacks(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/available-stacks."""
    app_named(rows, call.actor, call.path["app"])
    return list_stacks(call, rows)


def stack_info(call: Call, rows: Snapshot) -> Json:
    """GET /stacks/:stack."""
    found = places.stack(call.path["stack"])
    if found is None:
        raise NotFound("stack")
    return public.stack(found)
