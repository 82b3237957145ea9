"""The marketplace, regions, stacks and dyno sizes."""

from collections.abc import Iterable

from platform_sim.core.access import app_named
from platform_sim.core.actions import catalog, offers
from platform_sim.core.errors import NotFound
from platform_sim.core.model import places
from platform_sim.core.model.addons import AddonService
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


def list_sizes(call: Call, rows: Snapshot) -> Json:
    """GET /dyno-sizes."""
    return [public.dyno_size(each) for each in places.DYNO_SIZES]


def list_app_sizes(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/available-dyno-sizes."""
    app_named(rows, call.actor, call.path["app"])
    return list_sizes(call, rows)


def size_info(call: Call, rows: Snapshot) -> Json:
    """GET /dyno-sizes/:size (id or name, in any case)."""
    found = places.dyno_size(call.path["dyno-size"])
    if found is None:
        raise NotFound("dyno_size", "Couldn't find that dyno size.")
    return public.dyno_size(found)


def _capabilities(services: Iterable[AddonService], regions: Iterable[places.Region]) -> Json:
    """One for each region of each service: those of its manifest (partner-api §1.1)."""
    shown = list(regions)
    return [
        public.region_capability(service, region)
        for service in services
        for region in shown
        if {region.name, "*"} & set(service.manifest["api"].get("regions") or ())
    ]


def list_capabilities(call: Call, rows: Snapshot) -> Json:
    """GET /addon-region-capabilities: of the services that the caller sees in the marketplace."""
    strict = call.doors.database.rules.strict_marketplace
    return _capabilities(offers.listed_services(rows, call.actor, strict=strict), places.REGIONS)


def list_capabilities_of_service(call: Call, rows: Snapshot) -> Json:
    """GET /addon-services/:service/region-capabilities."""
    return _capabilities([catalog.service_named(rows, call.path["add-on-service"])], places.REGIONS)


def list_capabilities_of_region(call: Call, rows: Snapshot) -> Json:
    """GET /regions/:region/addon-region-capabilities."""
    found = places.region(call.path["region"])
    if found is None:
        raise NotFound("region")
    strict = call.doors.database.rules.strict_marketplace
    return _capabilities(offers.listed_services(rows, call.actor, strict=strict), [found])
